//! Asynchronous reloads: only the request waits.
//!
//! As in `reload`: with 5 blocks, the step that could reload "a b" starts at 2931, with id 6.

use pointsman::engine::Reload;

use crate::support::{Lab, Tier, at, cluster};

const SMALL: Tier = Tier { gpu: 5, cpu: 8 };

fn asynchronous(tier: Tier) -> Lab {
    let mut lab = Lab::tiered(tier);
    lab.settings.kv.reload = Reload::Async;
    lab.add([at(0, 32, 1).holds("a b")]);
    lab
}

#[test]
fn it_delays_only_its_request() {
    let mut lab = asynchronous(SMALL);
    lab.flush(1, 4).add([at(2000, 33, 1).holds("a b")]);
    let run = lab.run();
    // Loaded from 2931 to 3131. 0 decodes to 3932, 1001 as ever; then 6 has a token to compute.
    assert_eq!(run.tokens(0)[..4], [1330, 2931, 3932, 4943]);
    assert_eq!((run.start(6), run.first(6)), (3932, 4943));
    assert_eq!(run.hits(6), (0, 32));
}

#[test]
fn while_it_loads_it_is_in_flight_only_and_holds_its_blocks() {
    let mut lab = asynchronous(SMALL);
    lab.flush(1, 4).add([at(2000, 33, 1).holds("a b"), at(3000, 1, 1).to(1), at(3131, 1, 1).to(1)]);
    let run = lab.run();
    let row = &run.seen(7).rows[0];
    assert_eq!((row.queue_depth, row.batch_size, row.inflight_requests), (0, 1, 2));
    assert_eq!((row.waiting_tokens, row.free_kv_blocks), (0, 2));
    assert_eq!(row.pending_transfer_latency, 131);
    // Loaded, it waits for the step that is under way.
    let row = &run.seen(8).rows[0];
    assert_eq!((row.queue_depth, row.batch_size, row.inflight_requests), (1, 1, 2));
    assert_eq!((row.waiting_tokens, row.free_kv_blocks), (33, 2));
    assert_eq!(row.pending_transfer_latency, 0);
}

#[test]
fn its_blocks_are_cached_when_all_are_loaded() {
    let mut lab = asynchronous(SMALL);
    lab.flush(1, 4).add([at(2000, 33, 1).holds("a b")]);
    lab.add([3130, 3131].map(|us| at(us, 33, 1).holds("a b").to(1)));
    let run = lab.run();
    assert_eq!(run.seen(7).rows[0].cached_prefix_blocks, 0);
    assert_eq!(run.seen(8).rows[0].cached_prefix_blocks, 2);
}

#[test]
fn another_one_in_the_same_start_loads_for_itself_after_it() {
    let mut lab = asynchronous(Tier { gpu: 7, cpu: 8 });
    // The flush of 6: 1000 + 900 + 1, from 1330 to 3231. Loads end at 3431 and 3631.
    lab.flush(1, 6).add([at(2000, 33, 1).holds("a b"), at(2000, 33, 1).holds("a b")]);
    lab.add([3300, 3431, 3500].map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    assert_eq!((run.hits(8), run.hits(9)), ((0, 32), (0, 32)));
    let row = |id| &run.seen(id).rows[0];
    // 400 - (now - 3231).
    assert_eq!([10, 11, 12].map(|id| row(id).pending_transfer_latency), [331, 200, 131]);
    assert_eq!([10, 11, 12].map(|id| row(id).queue_depth), [0, 1, 1]);
}

#[test]
fn it_needs_no_seat_and_goes_to_the_head_of_the_queue() {
    let mut lab = asynchronous(SMALL);
    lab.settings.engine.max_num_seqs = 2;
    // 2 takes all four blocks: 640 + 1, from 1330 to 2971. Then 3 loads, to 3171, and 4, behind
    // it, has the second seat: 1161, to 4132. Then 3, before 5: 1011, to 5143.
    lab.add([at(1, 64, 1), at(2000, 33, 1).holds("a b"), at(2001, 16, 1), at(2002, 16, 1)]);
    let run = lab.run();
    assert_eq!(run.hits(3), (0, 32));
    assert_eq!((run.start(4), run.start(3), run.start(5)), (2971, 4132, 5143));
}

#[test]
fn without_a_seat_it_is_not_looked_at() {
    let mut lab = asynchronous(SMALL);
    lab.settings.engine.max_num_seqs = 2;
    // As above, but the private one is first: 1161, then 1002 twice, to 6136. Then 4 loads, to
    // 6336; 0 decodes to 7137.
    lab.add([at(1, 64, 1), at(2000, 16, 3), at(2001, 33, 1).holds("a b")]);
    let run = lab.run();
    assert_eq!(run.hits(4), (0, 32));
    assert_eq!(run.start(4), 7137);
}

#[test]
fn it_is_admitted_without_another_lookup() {
    let mut lab = asynchronous(Tier { gpu: 8, cpu: 8 });
    // The flush of 7: 1000 + 1050 + 1, from 1330 to 3381. 9 and 10 load a and b, to 3581 and
    // 3781. At 4382 10, now at the head, computes c; 9, after it, could hit it, but does not look.
    lab.flush(1, 7).add([at(2000, 49, 1).holds("a b c"), at(2000, 48, 1).holds("a b c")]);
    let run = lab.run();
    assert_eq!((run.hits(9), run.hits(10)), ((0, 32), (0, 32)));
    // 16 + 17 tokens and a decode: 1331.
    assert_eq!((run.first(9), run.first(10)), (4382 + 1331, 4382 + 1331));
    // Each admission counts once: 1 + 32 + 7 * 15 + 49 + 48.
    assert_eq!(run.totals.instances[0].admitted_tokens, 235);
}

#[test]
fn an_eviction_from_the_cpu_tier_does_not_undo_it() {
    let mut lab = asynchronous(Tier { gpu: 5, cpu: 2 });
    lab.flush(1, 3).add([at(1, 16, 1).holds("z"), at(2000, 33, 1).holds("a b")]);
    // The flush: 1611, to 2941. a and b load until 3141; z arrives at 3041 and drives b out.
    lab.add([at(3141, 33, 1).holds("a b").to(1)]);
    let run = lab.run();
    assert_eq!(run.hits(6), (0, 32));
    assert_eq!(run.seen(7).rows[0].cached_prefix_blocks, 2);
    // 2941 + 1001 = 3942: one token to compute.
    assert_eq!(run.first(6), 3942 + 1011);
}

#[test]
fn an_offload_does_not_wait_for_a_reload() {
    let mut lab = asynchronous(SMALL);
    lab.settings.kv.transfer_base_latency_us = 999;
    // At 1000 ticks a block "a b" is there by 3330. 6 loads it from 3932 to 5932. 7 runs beside it
    // for 1161 ticks, to 5093, when z goes the other way.
    lab.flush(1, 4).add([at(3500, 33, 1).holds("a b"), at(3500, 16, 1).holds("z")]);
    lab.add([6092, 6093].map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    assert_eq!(run.hits(6), (0, 32));
    let held = |id| run.seen(id).rows[0].cpu_kv_utilization;
    assert_eq!((held(8), held(9)), (2.0 / 8.0, 3.0 / 8.0));
}

#[test]
fn requests_that_wait_with_their_blocks_do_not_lock_each_other_out() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.kv.blocks = 4;
    lab.settings.kv.cpu_blocks = 8;
    lab.settings.kv.offload_threshold = 0.0;
    lab.settings.kv.transfer_base_latency_us = 99;
    lab.settings.kv.reload = Reload::Async;
    // 1640: b, a offloaded. 1 ends at 2641; at 3000 y, x are offloaded. At 5000 all is flushed.
    lab.add([at(0, 32, 1).holds("a b"), at(0, 32, 2).holds("x y"), at(3000, 15, 1)]).flush(5000, 4);
    lab.add([at(10_000, 33, 1).holds("a b"), at(10_000, 33, 1).holds("x y")]);
    let run = lab.run();
    // 7 has its two blocks at 10200, 8 at 10400: all four are taken, each needs one more. 7, the
    // last in the queue, gives its own back; 8 computes its token: 11410.
    assert_eq!(run.totals.instances[0].stuck_releases, 1);
    assert_eq!((run.of(7).preemptions, run.of(8).preemptions), (1, 0));
    assert_eq!(run.first(8), 11_410);
    // 8 took b's block. 7 hits a, loads b again until 11510, and computes a token: 12520.
    assert_eq!(run.hits(7), (16, 32 + 16));
    assert_eq!(run.first(7), 12_520);
}

/// By the model's rules this run goes on for ever (`docs/adr/0005-livelock.md`).
#[test]
fn a_request_that_waits_with_its_blocks_does_not_keep_another_from_ending() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.kv.blocks = 3;
    lab.settings.kv.cpu_blocks = 8;
    lab.settings.kv.offload_threshold = 0.0;
    lab.settings.kv.transfer_base_latency_us = 99;
    lab.settings.kv.reload = Reload::Async;
    lab.settings.engine.long_prefill_token_threshold = 12;
    // a is offloaded when 0 ends, beside 1, and flushed. 5 loads it and then waits with its block.
    // 6 has 12, then 24 tokens, on the two others, and lacks the third for 36: it preempts itself,
    // is before 5, hits a block, gets 12 tokens (28), lacks the third for 40, and so on, until 5
    // gives its block back.
    lab.add([at(0, 16, 1).holds("a"), at(0, 1, 5)]).flush(9000, 3);
    lab.add([at(20_000, 17, 1).holds("a"), at(20_000, 40, 1)]);
    lab.patience_us = 1_000_000_000;
    let run = lab.run();
    let totals = &run.totals.instances[0];
    assert_eq!(totals.stuck_releases, 1);
    assert!(totals.repeated_starts > 100_000, "{}", totals.repeated_starts);
}
