//! What holds for every run: checked on small, cramped clusters of all kinds. Debug assertions are
//! on, so that every event checks the laws of `engine/laws.rs` as well.

use pointsman::engine::{
    ClusterSettings, EngineSettings, KvSettings, LatencyModel, Preemption, Reload, RequestRecord, State,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::support::{Lab, Req, Run, at, cluster};

const CLASSES: [&str; 4] = ["critical", "standard", "batch", "background"];
/// Equal prefixes: the first blocks of some requests.
const PREFIXES: [&str; 3] = ["p*9", "q*9", "p*3 s*6"];

fn kv() -> impl Strategy<Value = KvSettings> {
    let tier = (0u32..10, prop::sample::select(vec![0.0, 0.3, 0.6, 0.9]), 1u64..9, 0u64..300);
    (3u32..14, tier, any::<bool>()).prop_map(|(blocks, (cpu_blocks, threshold, bandwidth, base), waits)| {
        KvSettings {
            blocks,
            block_size: 4,
            cpu_blocks,
            offload_threshold: threshold,
            transfer_bandwidth: bandwidth,
            transfer_base_latency_us: base,
            reload: if waits { Reload::Blocking } else { Reload::Async },
            thrash_window_us: 500,
        }
    })
}

prop_compose! {
    fn settings()(
        instances in 1u32..4,
        kv in kv(),
        (seats, budget, long) in (1u64..5, 1u64..40, prop::sample::select(vec![0u64, 1, 5, 12])),
        by_priority in any::<bool>(),
        (refresh, admission, routing) in (prop::sample::select(vec![0u64, 1, 333]), 0u64..50, 0u64..50),
        horizon_us in prop::option::of(1u64..20_000),
    ) -> ClusterSettings {
        let mut settings = cluster(instances);
        settings.kv = kv;
        settings.engine = EngineSettings {
            max_num_seqs: seats,
            max_num_batched_tokens: budget,
            long_prefill_token_threshold: long,
            preemption: if by_priority { Preemption::Priority } else { Preemption::Tail },
            async_scheduling: false,
        };
        settings.latency = LatencyModel::linear([3.0, 0.5, 7.0], [20.0, 3.0, 1.5], Some(0.01));
        settings.refresh_interval_us = refresh;
        settings.admission_latency_us = admission;
        settings.routing_latency_us = routing;
        settings.horizon_us = horizon_us;
        settings
    }
}

/// A request as plain numbers: arrival, N, M, class, instance, prefix.
type Plain = (u64, u64, u64, usize, u32, usize);

fn requests() -> impl Strategy<Value = Vec<Plain>> {
    let one = (0u64..3000, 1u64..44, 1u64..16, 0..CLASSES.len(), 0u32..4, 0..2 * PREFIXES.len());
    prop::collection::vec(one, 1..24).prop_map(|mut all| {
        all.sort_unstable();
        all
    })
}

fn request(&(arrival_us, prompt, output, class, instance, prefix): &Plain) -> Req {
    let request = at(arrival_us, prompt, output).class(CLASSES[class]).to(instance);
    // Half of them share nothing.
    match PREFIXES.get(prefix) {
        Some(names) => request.holds_up_to(names),
        None => request,
    }
}

fn run(settings: &ClusterSettings, requests: &[Plain], priorities: &Option<&'static str>) -> Run {
    let mut lab = Lab::new(settings.clone());
    if let Some(params) = priorities {
        lab.priority_fcfs(params);
    }
    lab.add(requests.iter().map(request));
    lab.run()
}

/// Laws L1 and L5, and what a record may say.
fn check_record(record: &RequestRecord, (.., output, _, _, _): &Plain, settings: &ClusterSettings) {
    let stored = record.prompt_tokens + output - 1;
    let too_big = stored.div_ceil(settings.kv.block_size) > u64::from(settings.kv.blocks);
    match record.state {
        State::Completed => assert_eq!((record.output_tokens, too_big), (*output, false)),
        State::Dropped => assert_eq!((record.output_tokens, too_big), (0, true)),
        state => {
            assert!(settings.horizon_us.is_some(), "it ended as {state:?}");
            assert!(record.output_tokens < *output);
        }
    }
    let seen = |us: Option<u64>| us.map(|us| record.arrival_us + us);
    let times = [
        Some(record.arrival_us),
        record.queued_us,
        record.first_scheduled_us,
        seen(record.ttft_us),
        seen(record.e2e_us),
    ];
    let known: Vec<u64> = times.iter().copied().flatten().collect();
    assert!(known.is_sorted(), "causality: {times:?}");
    // Nothing is known after something that is not.
    assert!(times.iter().skip_while(|time| time.is_some()).all(Option::is_none), "{times:?}");
    // At every admission, and there is one more than preemptions at most, a token is left.
    let hits = record.hit_tokens_gpu + record.hit_tokens_cpu;
    assert!(
        hits <= (record.preemptions + 1)
            * (record.prompt_tokens + record.output_tokens - u64::from(record.output_tokens > 0))
    );
}

/// What the instances count is what the requests add up to.
fn check_totals(run: &Run, requests: &[Plain]) {
    assert_eq!(run.records.len(), requests.len());
    assert_eq!(run.totals.states.total(), requests.len() as u64);
    for state in State::ALL {
        let count = run.records.iter().filter(|record| record.state == state).count();
        assert_eq!(run.totals.states.get(state), count as u64, "{state:?}");
    }
    let records = |of: fn(&RequestRecord) -> u64| run.records.iter().map(of).sum::<u64>();
    let instances =
        |of: fn(&pointsman::engine::InstanceTotals) -> u64| run.totals.instances.iter().map(of).sum::<u64>();
    assert_eq!(records(|r| r.hit_tokens_gpu), instances(|i| i.hit_tokens_gpu));
    assert_eq!(records(|r| r.hit_tokens_cpu), instances(|i| i.hit_tokens_cpu));
    assert_eq!(records(|r| r.preemptions), instances(|i| i.preemptions));
    assert_eq!(records(|r| u64::from(r.instance.is_some())), instances(|i| i.routed));
    for totals in &run.totals.instances {
        assert!(totals.hit_tokens_gpu + totals.hit_tokens_cpu <= totals.admitted_tokens);
        assert!(totals.thrashed_blocks <= totals.reloaded_blocks);
        assert!(totals.stuck_releases <= totals.preemptions);
        assert!(totals.peak_used_blocks <= run.totals.total_blocks);
    }
}

/// 256 cases of one seed, or what `PROPTEST_CASES` and `PROPTEST_RNG_SEED` say.
fn config() -> Config {
    let config = Config::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        given => given,
    };
    Config { failure_persistence: None, rng_seed, ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_run_ends_obeys_the_laws_and_can_be_repeated(
        settings in settings(),
        requests in requests(),
        priorities in prop::sample::select(vec![None, Some("{}"), Some(r#"{"age_weight": 0.01}"#)]),
    ) {
        let first = run(&settings, &requests, &priorities);
        for (record, plain) in first.records.iter().zip(&requests) {
            check_record(record, plain, &settings);
        }
        check_totals(&first, &requests);
        // Law L6.
        prop_assert_eq!(&first, &run(&settings, &requests, &priorities));
    }
}
