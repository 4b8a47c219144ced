//! Offloads: when, in which order, and from when on their content is there.

use pointsman::engine::Preemption;

use crate::support::{Lab, Run, at, cluster};

/// 0 leaves c, b, a in 3 of 8 blocks, at 1480. At 2000 another takes 4 that were never used.
/// An offload takes `block_us` ticks a block.
fn at_half(threshold: f64, block_us: u64, output: u64) -> Lab {
    let mut lab = Lab::new(cluster(2));
    lab.settings.kv.blocks = 8;
    lab.settings.kv.cpu_blocks = 8;
    lab.settings.kv.offload_threshold = threshold;
    lab.settings.kv.transfer_bandwidth = 16;
    lab.settings.kv.transfer_base_latency_us = block_us - 1;
    lab.add([at(0, 48, 1).holds("a b c"), at(2000, 64, output)]);
    lab
}

fn offloaded(lab: Lab) -> u64 {
    lab.run().totals.instances[0].offloaded_blocks
}

#[test]
fn only_above_the_threshold() {
    // 4 of 8 used: 0.5 is not above 0.5.
    assert_eq!(offloaded(at_half(0.5, 100, 1)), 0);
    assert_eq!(offloaded(at_half(0.49, 100, 1)), 3);
}

#[test]
fn not_what_is_on_its_way_already() {
    // 2 takes c's block at 3640 and leaves at 4801: its own block is offloaded then, and not b and
    // a, which are free and under way.
    let mut lab = at_half(0.49, 10_000, 3);
    lab.add([at(2100, 16, 1)]);
    assert_eq!(offloaded(lab), 3 + 1);
}

#[test]
fn decided_at_the_start_one_block_after_the_other() {
    let mut lab = at_half(0.49, 100, 1);
    let times = [2001, 2099, 2100, 2199, 2200, 2299, 2300];
    lab.add(times.map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    let held: Vec<f64> = (2..9).map(|id| run.seen(id).rows[0].cpu_kv_utilization).collect();
    assert_eq!(held, [0.0, 0.0, 0.125, 0.125, 0.25, 0.25, 0.375]);
}

/// What a request finds that starts at this tick, all GPU blocks having been taken by others at
/// 4000. A block takes 10000 ticks: c arrives at 12000, b at 22000, a at 32000.
fn found_at(us: u64) -> (u64, u64) {
    let mut lab = at_half(0.49, 10_000, 1);
    lab.flush(4000, 8).add([at(us, 49, 1).holds("a b c")]);
    let run: Run = lab.run();
    run.hits(10)
}

#[test]
fn content_is_there_when_its_transfer_ends_and_not_before() {
    assert_eq!(found_at(31_999), (0, 0));
    assert_eq!(found_at(32_000), (0, 48));
}

#[test]
fn the_head_of_the_free_queue_goes_first() {
    // Had a gone first it would be there at 12000, and b at 22000.
    assert_eq!(found_at(12_500), (0, 0));
    assert_eq!(found_at(22_500), (0, 0));
}

#[test]
fn a_transfer_takes_the_base_latency_and_whole_ticks() {
    let mut lab = at_half(0.49, 100, 1);
    // 16 tokens at 10 a tick: 2 ticks, and 100: c at 2102, b at 2204.
    lab.settings.kv.transfer_bandwidth = 10;
    lab.settings.kv.transfer_base_latency_us = 100;
    lab.add([2101, 2102, 2203, 2204].map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    let held: Vec<f64> = (2..6).map(|id| run.seen(id).rows[0].cpu_kv_utilization).collect();
    assert_eq!(held, [0.0, 0.125, 0.125, 0.25]);
}

#[test]
fn a_start_that_is_repeated_offloads_before_its_repetition() {
    let mut lab = Lab::of_blocks(3);
    lab.settings.engine.preemption = Preemption::Priority;
    lab.priority_fcfs("{}");
    lab.settings.kv.cpu_blocks = 1;
    lab.settings.kv.offload_threshold = 0.5;
    lab.settings.kv.transfer_base_latency_us = 99;
    // 0: 15 tokens, 1150. Token 16, and 1's 32: 1321, to 2471. 0 lacks a block and goes, which
    // empties the plan. Now 2 of 3 blocks are used and a is free: offloaded, before the repetition
    // gives its block to 1.
    lab.add([at(0, 15, 3).holds("a").class("batch"), at(1, 32, 2).class("critical")]);
    let run = lab.run();
    assert_eq!(run.totals.instances[0].repeated_starts, 1);
    assert_eq!(run.hits(0), (0, 16));
    // 1 ends at 3472. 0 reloads 16 of its 17 tokens, and the last alone is a decode: 100 + 1001.
    assert_eq!(run.tokens(0), [1150, 2471, 4573]);
}
