//! What is cached, by signal and by events.

use crate::{BUSY, busy, records, trace};

/// Each policy of a source, where what it says decides.
const ROUTINGS: [&str; 6] = [
    // The draws follow the scores, so that the least difference between them shows.
    "{scorers: [{name: precise-prefix, weight: 3, params: {source: SOURCE}}, {name: qd, weight: 1}],
      picker: weighted-random}",
    "{scorers: [{name: precise-prefix, weight: 2, params: {source: SOURCE}},
      {name: no-hit-lru, weight: 1, params: {source: SOURCE}}], picker: {name: softmax, params: {temperature: 0.3}}}",
    "{scorers: [{name: lmetric, weight: 1, params: {source: SOURCE}}], picker: weighted-random}",
    "{scorers: [{name: dynamo-cost, weight: 1, params: {source: SOURCE, overlap_score_credit_decay: 0.5}}],
      picker: weighted-random}",
    "{filters: [{name: prefix-cache-affinity, params: {source: SOURCE, affinity_threshold: 0.4}}],
      scorers: token-load-scorer:1}",
    "{filters: [{name: cache-aware, params: {source: SOURCE}}], picker: least-loaded, tie_break: first}",
];

#[test]
fn with_both_current_the_source_makes_no_difference() {
    for routing in ROUTINGS {
        let by = |source| busy(&routing.replace("SOURCE", source));
        let by_signal = by("signal");
        assert_eq!(by_signal, by("kv-events"), "{routing}");
        let hits: u64 = by_signal.iter().map(|record| record.hit_tokens_gpu).sum();
        let reloads: u64 = by_signal.iter().map(|record| record.hit_tokens_cpu).sum();
        assert!(hits > 0 && reloads > 0, "nothing was cached, or nothing was evicted: {routing}");
    }
}

#[test]
fn block_size_and_asynchronous_reloads_make_none_either() {
    let other = BUSY.replace("kv: {blocks: 400,", "kv: {block_size: 64, reload: async, blocks: 100,");
    let by =
        |source| records(&format!("{other}policy:\n  routing: {}\n", ROUTINGS[0].replace("SOURCE", source)));
    assert_eq!(by("signal"), by("kv-events"));
}

#[test]
fn events_that_come_late_and_reports_that_are_old_do() {
    let with = |signals: &str, source| {
        let config = BUSY.replace("cluster:", &format!("cluster:\n  signals: {{{signals}}}"));
        records(&format!("{config}policy:\n  routing: {}\n", ROUTINGS[0].replace("SOURCE", source)))
    };
    let current = with("refresh_interval_us: 0", "kv-events");
    assert_eq!(current, with("kv_event_delay_us: 0", "kv-events"));
    assert_ne!(current, with("kv_event_delay_us: 500000", "kv-events"));
    // Each source has its own delay, and that of the other is none of its business.
    assert_eq!(current, with("kv_event_delay_us: 500000", "signal"));
}

/// Two instances of 60 blocks, each with a request that decodes all the time. What has no hit goes to
/// them in turn: the prefix P, of 50 blocks, to instance 1, and then two prompts of 40 blocks each, which
/// take its place in GPU memory. With a CPU tier it is there. Where does P go next?
fn after_eviction(cpu_blocks: u32, scorer: &str) -> u32 {
    let request = |arrival_us: u64, tokens: u64, output: u64| {
        format!(r#"{{"id": 0, "arrival_us": {arrival_us}, "input_len": {tokens}, "output_len": {output}}}"#)
    };
    let blocks: Vec<String> = (1..=50).map(|block| block.to_string()).collect();
    let prefix = |arrival_us: u64| {
        let hashes = blocks.join(", ");
        format!(
            r#"{{"id": 0, "arrival_us": {arrival_us}, "input_len": 808, "output_len": 1, "block_hashes": [{hashes}]}}"#
        )
    };
    let lines = [
        request(0, 15, 150),
        request(0, 15, 150),
        request(10_000, 2, 1),
        prefix(10_000),
        request(40_000, 2, 1),
        request(40_000, 640, 1),
        request(70_000, 2, 1),
        request(70_000, 640, 1),
        prefix(100_000),
    ];
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let workload = trace(directory.path(), lines);
    let records = records(&format!(
        "
cluster:
  instances: 2
  latency: {{model: linear, alpha: [0, 0, 0], beta: [1000, 10, 1]}}
  kv: {{blocks: 60, cpu_blocks: {cpu_blocks}, offload_threshold: 0}}
policy: {{routing: {{scorers: [{{weight: 1, {scorer}}}], tie_break: round-robin}}}}
workload: {workload}
"
    ));
    let instances: Vec<u32> = records.iter().map(|record| record.instance.unwrap()).collect();
    assert_eq!(instances[..8], [0, 1, 0, 1, 0, 1, 0, 1]);
    instances[8]
}

#[test]
fn what_was_evicted_is_known_not_guessed() {
    let guess = "name: prefix-affinity, params: {capacity_blocks: 1000}";
    assert_eq!(after_eviction(0, guess), 1, "where it was sent before");
    for source in ["signal", "kv-events"] {
        let knowledge = format!("name: precise-prefix, params: {{source: {source}}}");
        assert_eq!(after_eviction(0, &knowledge), 0, "in turn: nobody has it, by {source}");
    }
}

#[test]
fn the_cpu_tier_counts_by_its_weight() {
    let weighed =
        |weight| format!("name: precise-prefix, params: {{source: kv-events, cpu_weight: {weight}}}");
    assert_eq!(after_eviction(200, &weighed("0")), 0);
    assert_eq!(after_eviction(200, &weighed("0.8")), 1);
    assert_eq!(after_eviction(0, &weighed("0.8")), 0, "no CPU tier");
}

#[test]
fn cold_requests_are_spread_evenly() {
    // Nothing repeats: all are cold, and each instance gets every fourth.
    let config = "
seed: 1
cluster: {instances: 4}
policy: {routing: 'no-hit-lru:1'}
workload: {requests: 40, arrivals: {process: constant, rate_per_s: 100}, prompt_tokens: 100, output_tokens: 5}
";
    let instances: Vec<_> = records(config).iter().map(|record| record.instance.unwrap()).collect();
    let expected: Vec<u32> = (0..40).map(|request| request % 4).collect();
    assert_eq!(instances, expected);
}
