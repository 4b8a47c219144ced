//! Blocking reloads: the step waits for its transfers.
//!
//! In `Lab::tiered` with 5 blocks, "a b" leaves request 1 at 1330 and is offloaded by 1530; the
//! flush of 4 ends at 1330 + 1601 = 2931, and the next request is id 6.

use crate::support::{Lab, Run, Tier, at};

const SMALL: Tier = Tier { gpu: 5, cpu: 8 };

fn after_ab(tier: Tier) -> Lab {
    let mut lab = Lab::tiered(tier);
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 4);
    lab
}

#[test]
fn a_cpu_hit_costs_less_than_computing_again() {
    let first = |cpu| {
        let mut lab = after_ab(Tier { gpu: 5, cpu });
        lab.add([at(2000, 33, 1).holds("a b")]);
        lab.run().first(6)
    };
    // Reloaded: 2 * 100 + 1000 + 10 + 1. Computed: 1000 + 330 + 1.
    assert_eq!(first(8), 2931 + 1211);
    assert_eq!(first(0), 2931 + 1331);
}

#[test]
fn it_lengthens_the_step_of_the_whole_batch_by_its_transfers() {
    let mut lab = after_ab(SMALL);
    lab.add([at(2000, 33, 1).holds("a b")]);
    assert_eq!(lab.run().tokens(0)[..4], [1330, 2931, 2931 + 1011 + 200, 5143]);
}

#[test]
fn its_blocks_are_cached_at_the_start() {
    let mut lab = after_ab(SMALL);
    lab.add([at(2000, 33, 1).holds("a b"), at(2000, 33, 1).holds("a b")]);
    let run = lab.run();
    assert_eq!((run.hits(6), run.hits(7)), ((0, 32), (32, 0)));
    // Two prefills of one token, a decode, two transfers: 1021 + 200.
    assert_eq!((run.first(6), run.first(7)), (4152, 4152));
}

#[test]
fn reloads_of_one_step_add_up() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 8 });
    // a and z: 1 + 32 tokens, 1330, as above.
    lab.add([at(0, 16, 1).holds("a"), at(0, 16, 1).holds("z")]).flush(1, 4);
    lab.add([at(2000, 17, 1).holds("a"), at(2000, 17, 1).holds("z")]);
    let run = lab.run();
    assert_eq!((run.hits(7), run.hits(8)), ((0, 16), (0, 16)));
    assert_eq!(run.first(8), 2931 + 1021 + 200);
    assert_eq!(run.totals.instances[0].reload_us, 200);
}

#[test]
fn a_router_sees_the_transfers_that_are_pending() {
    let mut lab = after_ab(SMALL);
    lab.add([at(2000, 33, 1).holds("a b")]);
    lab.add([2931, 2932, 3000, 3130, 3131].map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    let pending = |id| run.seen(id).rows[0].pending_transfer_latency;
    // The step starts at 2931, after arrivals of that tick: 200 - (now - 2931).
    assert_eq!([7, 8, 9, 10, 11].map(pending), [0, 199, 131, 1, 0]);
}

fn thrashing(window_us: u64) -> Run {
    let mut lab = after_ab(SMALL);
    lab.settings.kv.thrash_window_us = window_us;
    // Decided at 1330, reloaded at 2931: 1601 ticks later.
    lab.add([at(2000, 33, 1).holds("a b"), at(2500, 1, 1).to(1), at(2932, 1, 1).to(1)]);
    lab.run()
}

#[test]
fn a_reload_within_the_window_of_its_offload_is_thrashing() {
    assert_eq!(thrashing(1601).seen(8).rows[0].kv_thrashing_rate, 0.0);
    let run = thrashing(1602);
    // Before the reload, 0 of 2 offloaded; after it 2 of 2.
    assert_eq!(run.seen(7).rows[0].kv_thrashing_rate, 0.0);
    assert_eq!(run.seen(8).rows[0].kv_thrashing_rate, 1.0);
    assert_eq!(run.totals.instances[0].thrashed_blocks, 2);
}

#[test]
fn the_two_directions_do_not_wait_for_each_other() {
    let mut lab = Lab::tiered(SMALL);
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 3).add([at(1, 16, 1).holds("z")]);
    // The flush is 45 + 16 tokens: 1611, to 2941. Then z is offloaded, to 3041, and a and b are
    // reloaded, to 3141.
    lab.add([at(2000, 33, 1).holds("a b"), at(3040, 1, 1).to(1), at(3041, 1, 1).to(1)]);
    let run = lab.run();
    assert_eq!(run.first(6), 2941 + 1011 + 200);
    assert_eq!(run.seen(7).rows[0].cpu_kv_utilization, 2.0 / 8.0);
    assert_eq!(run.seen(8).rows[0].cpu_kv_utilization, 3.0 / 8.0);
}

#[test]
fn hits_of_both_tiers_count_in_the_hit_rate() {
    let mut lab = after_ab(SMALL);
    lab.add([at(2000, 33, 1).holds("a b"), at(2932, 1, 1).to(1)]);
    // Admitted: 1 + 32 + 4 * 15 + 33 = 126 tokens, 32 of them hits.
    assert_eq!(lab.run().seen(7).rows[0].cache_hit_rate, 32.0 / 126.0);
}
