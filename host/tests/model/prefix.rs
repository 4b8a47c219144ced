//! Prefix caching: what a request finds.

use crate::support::{Lab, Run, at, cluster};

/// A request of so many tokens long after one of 16 * 3, both of the same content.
fn second(prompt: u64) -> Run {
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 48, 1).holds("a b c"), at(10_000, prompt, 1).holds("a b c")]);
    lab.run()
}

#[test]
fn block_aligned_identical_prompts_compute_at_least_one_token() {
    let run = second(48);
    // floor(47/16) = 2 blocks at most: 16 tokens are computed, 1160.
    assert_eq!(run.hits(1), (32, 0));
    assert_eq!(run.of(1).ttft_us, Some(1160));
}

#[test]
fn one_token_more_hits_one_block_more() {
    let run = second(49);
    // floor(48/16) = 3 blocks; one token: 1010.
    assert_eq!(run.hits(1), (48, 0));
    assert_eq!(run.of(1).ttft_us, Some(1010));
}

#[test]
fn a_hit_is_an_unbroken_prefix() {
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 48, 1).holds("a b c"), at(10_000, 64, 1).holds("a x c")]);
    assert_eq!(lab.run().hits(1), (16, 0));
}

#[test]
fn hits_happen_within_one_step() {
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 48, 1).holds("a b c"), at(0, 48, 1).holds("a b c")]);
    let run = lab.run();
    // The first caches its blocks when it is admitted, the second hits 2 of them in the same
    // start: 48 + 16 tokens, 1640.
    assert_eq!(run.hits(1), (32, 0));
    assert_eq!((run.first(0), run.first(1)), (1640, 1640));
}

#[test]
fn a_block_is_cached_when_its_last_token_is_scheduled() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.max_num_batched_tokens = 24;
    // Step 1: 24 of 0's 40 tokens, which fill block a; b is half full. At 1240, step 2: 0's other
    // 16 fill b, and 8 are left for 1, which hits a and b, so computes 1: 1000 + 10*17.
    lab.add([at(0, 40, 1).holds("a b"), at(1, 33, 1).holds("a b")]);
    let run = lab.run();
    assert_eq!(run.hits(1), (32, 0));
    assert_eq!(run.first(1), 1240 + 1170);
}

#[test]
fn generated_tokens_fill_and_cache_blocks() {
    // The first stores 16 + 17 - 1 = 32 tokens: its second block fills.
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 16, 17).holds("a g"), at(100_000, 33, 1).holds("a g")]);
    assert_eq!(lab.run().hits(1), (32, 0));
}

#[test]
fn the_last_token_is_never_stored() {
    // 16 + 16 - 1 = 31 tokens: the 32nd was emitted, but its KV is not there.
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 16, 16).holds("a"), at(100_000, 33, 1).holds("a g")]);
    assert_eq!(lab.run().hits(1), (16, 0));
}

#[test]
fn what_is_held_is_shared() {
    let mut lab = Lab::of_blocks(5);
    // 0 runs with a b c and a fourth block. 1 shares three of them and needs one more: 5 in all.
    lab.add([at(0, 48, 9).holds("a b c"), at(1, 49, 1).holds("a b c")]);
    let run = lab.run();
    assert_eq!(run.hits(1), (48, 0));
    // 0's first step: 1480.
    assert_eq!(run.start(1), 1480);
    assert_eq!(run.totals.instances[0].peak_used_blocks, 5);
}

#[test]
fn runs_of_blocks_are_like_their_blocks_one_by_one() {
    let mut lab = Lab::new(cluster(1));
    lab.add([at(0, 80, 1).holds("a p*4"), at(10_000, 81, 1).holds("a p*2 p+2 p+3")]);
    assert_eq!(lab.run().hits(1), (80, 0));
}

#[test]
fn instances_do_not_share_their_caches() {
    let mut lab = Lab::new(cluster(2));
    lab.add([at(0, 48, 1).holds("a b c"), at(10_000, 48, 1).holds("a b c").to(1)]);
    assert_eq!(lab.run().hits(1), (0, 0));
}
