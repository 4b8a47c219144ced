//! The `linear` latency model: what counts as which term.

use pointsman::engine::LatencyModel;

use crate::support::{Lab, at, cluster};

#[test]
fn a_prompts_last_token_alone_is_prefill() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.max_num_batched_tokens = 64;
    lab.add([at(0, 65, 1)]);
    // 64 tokens: 1640. One token, 64 of 65 computed: prefill, 1010 and not 1001.
    assert_eq!(lab.run().of(0).ttft_us, Some(2650));
}

#[test]
fn a_recomputes_last_token_alone_is_a_decode() {
    let mut lab = Lab::of_blocks(3);
    lab.add([at(0, 16, 10), at(0, 16, 3)]);
    let run = lab.run();
    // Both: 1320. 0 takes the third block, 1 finds none and is preempted with 1 token emitted.
    // 0 decodes alone, 9 * 1001, to 10329, and leaves. 1 hits its block of 16 and computes token
    // 17 alone: 1001 (prefill would be 1010), to 11330; then one more.
    assert_eq!(run.of(0).e2e_us, Some(10_329));
    assert_eq!(run.tokens(1), [1320, 11_330, 12_331]);
}

#[test]
fn a_recompute_of_several_tokens_is_prefill() {
    let mut lab = Lab::of_blocks(3);
    lab.settings.engine.long_prefill_token_threshold = 16;
    // As above, but 0 lives to take a third block (token 33), which was 1's: it computes all 17
    // again. 0: 1320 + 19 * 1001 = 20339. 1: 16 tokens, 1160; then token 17 alone, with
    // computed = N: a decode, 1001.
    lab.add([at(0, 16, 20), at(0, 16, 2)]);
    let run = lab.run();
    assert_eq!(run.of(0).e2e_us, Some(20_339));
    assert_eq!(run.tokens(1), [1320, 20_339 + 1160 + 1001]);
}

#[test]
fn attention_counts_tokens_times_context_of_prefills_only() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency = LatencyModel::linear([0.0; 3], [1000.0, 10.0, 1.0], Some(0.5));
    lab.settings.engine.max_num_batched_tokens = 60;
    lab.add([at(0, 100, 2)]);
    // 60 * (0 + 60) * 0.5 = 1800, so 3400. 40 * (60 + 40) * 0.5 = 2000, so 3400. A decode: 1001.
    assert_eq!(lab.run().tokens(0), [6800, 7801]);
}

#[test]
fn every_sum_is_truncated() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency = LatencyModel::linear([0.0; 3], [999.5, 10.2, 1.0], None);
    lab.add([at(0, 10, 3)]);
    // 999.5 + 102 = 1101.5; 999.5 + 1 = 1000.5, twice.
    assert_eq!(lab.run().tokens(0), [1101, 2101, 3101]);
}

#[test]
fn a_step_takes_a_tick_at_least() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency = LatencyModel::linear([0.0; 3], [0.0; 3], None);
    lab.add([at(0, 16, 3)]);
    assert_eq!(lab.run().tokens(0), [1, 2, 3]);
}

#[test]
fn alpha_delays_the_way_in_and_the_sight_of_tokens() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency.alpha = [10.5, 0.25, 3.9];
    lab.add([at(0, 15, 2)]);
    let run = lab.run();
    // 10.5 + 0.25*15 = 14.25: queued at 14. 1150 and 1001 later, each seen 3 after.
    assert_eq!(run.of(0).queued_us, Some(14));
    assert_eq!(run.tokens(0), [14 + 1150 + 3, 14 + 1150 + 1001 + 3]);
    assert_eq!(run.of(0).e2e_us, Some(2168));
}

#[test]
fn a_request_completes_at_the_step_end_and_not_when_it_is_seen() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency.alpha[2] = 5000.0;
    lab.add([at(0, 10, 1), at(1099, 10, 1), at(1100, 10, 1)]);
    let run = lab.run();
    // 0 is computed at 1100 and seen at 6100.
    assert_eq!(run.of(0).e2e_us, Some(6100));
    assert_eq!(run.seen(1).rows[0].inflight_requests, 1);
    // Only 1 is left at 1100.
    assert_eq!(run.seen(2).rows[0].inflight_requests, 1);
    assert_eq!(run.seen(2).rows[0].batch_size, 0);
}
