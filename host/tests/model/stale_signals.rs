//! Signals of a refresh interval: what is reported when, and what the router sees of it.

use pointsman::policy::{Router, baseline};

use crate::policies;
use crate::support::{Lab, Tier, at, cluster};

fn refreshed(instances: u32, interval_us: u64) -> Lab {
    let mut lab = Lab::new(cluster(instances));
    lab.settings.refresh_interval_us = interval_us;
    lab
}

#[test]
fn instances_report_at_even_distances() {
    let mut lab = refreshed(3, 1000);
    lab.add([332, 333, 665, 666, 999, 1000].map(|us| at(us, 1, 1)));
    let run = lab.run();
    let ages = |id| run.seen(id).rows.iter().map(|row| row.age_us).collect::<Vec<_>>();
    // First at floor(i * 1000 / 3) = 0, 333, 666; before that the initial state, of tick 0.
    assert_eq!(ages(0), [332, 332, 332]);
    assert_eq!(ages(1), [333, 0, 333]);
    assert_eq!(ages(2), [665, 332, 665]);
    assert_eq!(ages(3), [666, 333, 0]);
    assert_eq!(ages(4), [999, 666, 333]);
    assert_eq!(ages(5), [0, 667, 334]);
}

#[test]
fn reports_are_old_and_router_signals_current() {
    let mut lab = refreshed(3, 1000);
    // 0 runs on instance 1: 2010, 3011, 4012.
    lab.add([at(10, 100, 3).to(1)]).add([332, 333, 4020, 4332, 4333].map(|us| at(us, 1, 1)));
    let run = lab.run();
    let row = |id| &run.seen(id).rows[1];
    // Reports at 333, ..., 3333, 4333.
    assert_eq!([1, 2, 3, 4, 5].map(|id| row(id).batch_size), [0, 1, 1, 1, 0]);
    assert_eq!([1, 2, 3, 4, 5].map(|id| row(id).free_kv_blocks), [1000, 993, 993, 993, 1000]);
    assert_eq!([1, 2, 3, 4, 5].map(|id| row(id).inflight_requests), [1, 1, 0, 0, 0]);
    assert_eq!([1, 2, 3, 4, 5].map(|id| row(id).router_age_us), [0; 5]);
}

#[test]
fn a_report_comes_after_a_step_end_and_before_a_start() {
    let mut lab = refreshed(2, 2000);
    // 0: 0 to 2000. 1 starts at 2000. Instance 0 reports at 2000, between the two.
    lab.add([at(0, 100, 1), at(2000, 100, 1), at(2500, 1, 1).to(1), at(4000, 1, 1).to(1)]);
    let run = lab.run();
    assert_eq!((run.seen(2).rows[0].batch_size, run.seen(2).rows[0].age_us), (0, 500));
    // 1 ends at 4000, with the next report.
    assert_eq!((run.seen(3).rows[0].batch_size, run.seen(3).rows[0].age_us), (0, 0));
}

#[test]
fn a_report_comes_before_the_arrivals_of_its_tick() {
    let mut lab = refreshed(2, 1000);
    lab.add([at(10, 100, 1), at(1000, 1, 1).to(1)]);
    assert_eq!(lab.run().seen(1).rows[0].batch_size, 1);
}

#[test]
fn cached_prefix_blocks_is_on_the_cache_of_the_report() {
    let mut lab = refreshed(2, 10_000);
    lab.settings.kv.blocks = 3;
    // a b is cached at 0, after the report of that tick, and gone from 11000 on: three blocks go
    // to another. Reports at 0, 10000, 20000.
    lab.add([at(0, 32, 1).holds("a b")]);
    let probe = |us| at(us, 33, 1).holds("a b").to(1);
    lab.add([probe(9999), probe(10_000), at(11_000, 48, 1), probe(19_999), probe(20_000)]);
    let run = lab.run();
    let prefix = |id| run.seen(id).rows[0].cached_prefix_blocks;
    assert_eq!([1, 2, 4, 5].map(prefix), [0, 2, 2, 0]);
}

#[test]
fn a_pending_transfer_is_as_it_was_reported() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 8 });
    lab.settings.refresh_interval_us = 1000;
    // As in `reload`: 200 ticks of transfers from 2931 on. Instance 0 reports at 3000.
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 4).add([at(2000, 33, 1).holds("a b")]);
    lab.add([at(3120, 1, 1).to(1)]);
    let run = lab.run();
    let row = &run.seen(7).rows[0];
    assert_eq!((row.pending_transfer_latency, row.age_us), (131, 120));
}

#[test]
fn load_is_old_reports_and_current_pending_requests() {
    let mut lab = refreshed(2, 1000);
    lab.router =
        Some(Router::with_picker(policies::picker::<baseline::LeastLoaded>(r#"{"tie_break": "first"}"#)));
    // 0 is in instance 0's batch, which nobody was told: so is 1. At one tick, 2 is pending when 3
    // is routed. At 1000 instance 0 reports three.
    lab.add([at(1, 16, 9), at(2, 16, 9), at(3, 16, 9), at(3, 16, 9), at(1000, 16, 1)]);
    let instances: Vec<_> = lab.run().instances().into_iter().flatten().collect();
    // At 500 instance 1 reported one.
    assert_eq!(instances, [0, 0, 0, 1, 1]);
}
