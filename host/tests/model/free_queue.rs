//! The free queue: which blocks are handed out first, and so what stays cached.

use crate::support::{Lab, Req, Run, at};

/// What a request finds after others, each of which runs alone.
fn probe(blocks: u32, before: &[Req], probe: Req) -> (u64, u64) {
    let mut lab = Lab::of_blocks(blocks);
    lab.add(before.iter().cloned()).add([probe]);
    lab.run().hits(before.len())
}

#[test]
fn blocks_that_were_never_used_come_first() {
    // Blocks 0 to 2 hold a b c and are free; 3 was never used, and goes to the second request.
    let before = [at(0, 48, 1).holds("a b c"), at(10_000, 16, 1)];
    assert_eq!(probe(4, &before, at(20_000, 49, 1).holds("a b c")), (48, 0));
}

#[test]
fn the_deepest_block_is_released_first() {
    // Free: 3, c, b, a. The second request takes 3 and c.
    let before = [at(0, 48, 1).holds("a b c"), at(10_000, 32, 1)];
    assert_eq!(probe(4, &before, at(20_000, 49, 1).holds("a b c")), (32, 0));
}

#[test]
fn the_longest_free_is_handed_out_first() {
    // Free after two requests: a, x. The third takes a.
    let before = [at(0, 16, 1).holds("a"), at(10_000, 16, 1).holds("x"), at(20_000, 16, 1)];
    assert_eq!(probe(2, &before, at(30_000, 17, 1).holds("a")), (0, 0));
    assert_eq!(probe(2, &before, at(30_000, 17, 1).holds("x")), (16, 0));
}

#[test]
fn a_hit_takes_a_block_out_of_the_free_queue() {
    // Free: 2, a, x. The third hits a and takes 2 for y; both come back at the tail, y first:
    // x, y, a. The fourth takes x.
    let before = [
        at(0, 16, 1).holds("a"),
        at(10_000, 16, 1).holds("x"),
        at(20_000, 32, 1).holds("a y"),
        at(30_000, 16, 1),
    ];
    assert_eq!(probe(3, &before, at(40_000, 17, 1).holds("x")), (0, 0));
    assert_eq!(probe(3, &before, at(40_000, 33, 1).holds("a y")), (32, 0));
}

#[test]
fn a_lookup_that_takes_nothing_changes_nothing() {
    // 2 hits a and b, which are free, but 1 has left it no block for the rest: refused, until 1
    // ends. What it did not take is still there for 2 and for 3 after it.
    let mut lab = Lab::of_blocks(5);
    lab.add([
        at(0, 32, 1).holds("a b"),
        at(0, 32, 3),
        at(1, 80, 1).holds("a b c d e"),
        at(2, 33, 1).holds("a b"),
    ]);
    let run = lab.run();
    // 0 and 1: 1640. 1 again: 2641, 3642. Then 2, with 48 tokens, on all 5 blocks. Then 3.
    assert_eq!(run.start(2), 3642);
    assert_eq!(run.hits(2), (32, 0));
    assert_eq!(run.first(2), 3642 + 1480);
    assert_eq!(run.start(3), 3642 + 1480);
    assert_eq!(run.hits(3), (32, 0));
}

/// Two requests that compute the same two blocks at the same tick: b is there twice. The second
/// goes on for so many tokens.
fn two_copies(blocks: u32, output: u64) -> Lab {
    let mut lab = Lab::of_blocks(blocks);
    // The second may hit a only (floor(31/16) = 1), and computes b again: 32 + 16 tokens, 1480.
    lab.add([at(0, 32, 1).holds("a b"), at(0, 32, output).holds("a b")]);
    lab
}

#[test]
fn the_eviction_of_one_copy_leaves_the_other() {
    let mut lab = two_copies(4, 1);
    // Free: 3, b, b again, a. The third request takes 3 and the older b.
    lab.add([at(10_000, 32, 1), at(20_000, 33, 1).holds("a b")]);
    assert_eq!(lab.run().hits(3), (32, 0));
}

#[test]
fn the_eviction_of_both_copies_leaves_none() {
    let mut lab = two_copies(4, 1);
    lab.add([at(10_000, 48, 1), at(20_000, 33, 1).holds("a b")]);
    assert_eq!(lab.run().hits(3), (16, 0));
}

#[test]
fn a_lookup_finds_the_oldest_copy() {
    // The older b is free, the newer one is held by 1, with a and a block for tokens 33 to 36.
    // 2 needs one block besides a and b. With 4 blocks in all, the only free one is the older b,
    // which is a hit: 2 waits for 1 to end, at 1480 + 4 * 1001 = 5484. (With the newer copy it
    // would start at 2481.)
    let run = |blocks| -> Run {
        let mut lab = two_copies(blocks, 5);
        lab.add([at(2000, 33, 1).holds("a b")]);
        lab.run()
    };
    assert_eq!(run(4).start(2), 5484);
    assert_eq!(run(4).hits(2), (32, 0));
    assert_eq!(run(5).start(2), 2481);
}
