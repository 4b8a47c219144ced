//! The CPU tier as a cache: what it keeps, and what goes.

use crate::support::{Lab, Tier, at};

/// Of the last request.
fn hits(lab: Lab) -> (u64, u64) {
    let run = lab.run();
    run.hits(run.records.len() - 1)
}

#[test]
fn it_gives_back_what_the_gpu_lost() {
    // 1: 1 + 48 tokens, 1490: c, b, a are offloaded. The flush: 1601, to 3091.
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 3 });
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1, 4).add([at(2000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (0, 48));
}

#[test]
fn what_the_gpu_lost_is_lost_without_it() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 0 });
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1, 4).add([at(2000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (0, 0));
}

#[test]
fn at_least_one_token_is_computed_after_a_reload() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 3 });
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1, 4).add([at(2000, 48, 1).holds("a b c")]);
    // floor(47/16) = 2.
    assert_eq!(hits(lab), (0, 32));
}

#[test]
fn it_follows_the_gpu_hit() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 3 });
    // Free at first: 4, c, b, a. Three blocks without content take 4, c and b: a stays.
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1, 3).add([at(2000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (16, 32));
}

#[test]
fn it_evicts_its_least_recently_used() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 2 });
    // c, b, a arrive in this order: a takes c's place.
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1, 4).add([at(2000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (0, 32));
}

#[test]
fn an_arrival_is_its_most_recently_used() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 2 });
    // 1: 1330, and b, then a are offloaded. 2: 1161, to 2491, and z is, as the flush takes all.
    // b goes for it: of "a b" a is left.
    lab.add([at(0, 32, 1).holds("a b"), at(1, 16, 1).holds("z")]);
    lab.flush(1400, 4).add([at(4000, 33, 1).holds("a b")]);
    assert_eq!(hits(lab), (0, 16));
}

#[test]
fn what_it_evicted_is_offloaded_again_while_the_gpu_has_it() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 2 });
    // c, b, a are offloaded at 1490, and c is out by 1790. At the next step's end, 2491, c is free
    // and not held: it is offloaded again, and b goes. The flush: 1601, to 4092.
    lab.add([at(0, 48, 1).holds("a b c")]).flush(1500, 4).add([at(4000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (0, 16));
}

#[test]
fn a_reload_refreshes_what_it_reads() {
    let order = |names| {
        let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 2 });
        // a arrives at 1270, z at 2431. a is reloaded at 3932, then y arrives: z goes, not a.
        lab.add([at(0, 16, 1).holds("a"), at(1, 16, 1).holds("z")]).flush(1200, 4);
        lab.add([at(3000, 17, 1).holds("a"), at(4000, 16, 1).holds("y")]).flush(5100, 4);
        lab.add([at(7000, 17, 1).holds(names)]);
        hits(lab)
    };
    assert_eq!(order("a"), (0, 16));
    assert_eq!(order("z"), (0, 0));
}

#[test]
fn a_reload_refreshes_its_deepest_block_first() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 2 });
    // Held: b, a. The reload of both leaves a as the most recently used, so c, which comes with
    // the next request's release, drives b out. (The other way round a would go, and b alone is
    // no prefix.)
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 4);
    lab.add([at(2000, 48, 1).holds("a b c")]).flush(3000, 4);
    lab.add([at(5000, 49, 1).holds("a b c")]);
    assert_eq!(hits(lab), (0, 16));
}

#[test]
fn reloaded_blocks_stay_in_it() {
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 8 });
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 4);
    lab.add([at(2000, 33, 1).holds("a b")]).flush(3000, 4);
    lab.add([at(5000, 33, 1).holds("a b")]);
    let run = lab.run();
    assert_eq!((run.hits(6), run.hits(11)), ((0, 32), (0, 32)));
    // Held already, they were not offloaded again.
    assert_eq!(run.totals.instances[0].offloaded_blocks, 2);
    assert_eq!(run.totals.instances[0].reloaded_blocks, 4);
}
