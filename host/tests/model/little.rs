//! Law L11, Little's: the time-average number of requests in the system is their arrival rate
//! times their mean time in it; exactly, for a run that starts and ends empty.

use pointsman::engine::LatencyModel;

use crate::support::{Lab, Req, Run, at, cluster};

/// A busy run on little memory, at one tick per token and five per step, with so many ticks on
/// which a request is routed that can never fit: it sees the state of the tick and leaves.
fn lab(probes: u64) -> (Run, Vec<u64>) {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency = LatencyModel::linear([0.0; 3], [5.0, 1.0, 1.0], None);
    lab.settings.kv.blocks = 6;
    lab.settings.engine.max_num_batched_tokens = 24;
    lab.settings.engine.max_num_seqs = 3;
    let mut all: Vec<(u64, bool, Req)> =
        (0..12).map(|i| (i * 17, false, at(i * 17, 10 + 7 * (i % 4), 1 + 5 * (i % 5)))).collect();
    // After the others of its tick.
    all.extend((0..probes).map(|us| (us, true, at(us, 200, 1))));
    all.sort_by_key(|&(us, probe, _)| (us, probe));
    let is_probe: Vec<bool> = all.iter().map(|&(_, probe, _)| probe).collect();
    lab.add(all.into_iter().map(|(.., request)| request));
    let run = lab.run();
    let in_system: Vec<u64> = (0..)
        .zip(&is_probe)
        .filter(|(_, probe)| **probe)
        .map(|(id, _)| run.seen(id).rows[0].inflight_requests)
        .collect();
    (run, in_system)
}

#[test]
fn number_in_system_over_time_is_time_in_system_over_requests() {
    let (alone, _) = lab(0);
    let end_us = alone.totals.end_us;
    assert!(alone.totals.instances[0].preemptions > 0, "it should be a busy run");
    let (run, in_system) = lab(end_us + 1);
    // The watchers changed nothing.
    let times = |run: &Run| run.records.iter().filter_map(|record| record.e2e_us).collect::<Vec<_>>();
    assert_eq!(times(&run), times(&alone));
    assert_eq!(times(&run).len(), 12);
    // It ends empty. L = sum(in system)/T, lambda = n/T, W = sum(times)/n: with T and n cancelled,
    // both sums are equal.
    assert_eq!(in_system.last(), Some(&0));
    assert_eq!(in_system.iter().sum::<u64>(), times(&run).iter().sum::<u64>());
}
