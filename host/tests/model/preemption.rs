//! What a preemption takes and what it leaves.

use crate::support::{Lab, Run, at};

/// Two requests of 16 tokens on 3 blocks: the first takes the third, the second is preempted.
fn squeezed(first_output: u64, second_output: u64) -> Run {
    let mut lab = Lab::of_blocks(3);
    lab.add([at(0, 16, first_output), at(0, 16, second_output)]);
    lab.run()
}

#[test]
fn what_was_emitted_stays_and_cached_blocks_are_hit_again() {
    let run = squeezed(10, 3);
    // Both: 1000 + 320 = 1320. The first alone: 9 * 1001, to 10329. The second has 17 tokens, 16
    // of them cached: token 17 is a decode, 11330; then 12331.
    assert_eq!(run.of(1).ttft_us, Some(1320));
    assert_eq!(run.tokens(1), [1320, 11_330, 12_331]);
    assert_eq!(run.of(1).output_tokens, 3);
    assert_eq!(run.hits(1), (16, 0));
}

#[test]
fn what_is_evicted_is_computed_again() {
    let run = squeezed(20, 3);
    // The first needs a third block at token 33: the only free one, which held the second's
    // tokens. It ends at 1320 + 19 * 1001 = 20339. The second computes 16 + 1 tokens: 1170.
    assert_eq!(run.hits(1), (0, 0));
    assert_eq!(run.tokens(1), [1320, 21_509, 22_510]);
}

#[test]
fn preemptions_are_counted_and_admissions_again() {
    let run = squeezed(10, 3);
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (0, 1));
    let totals = &run.totals.instances[0];
    assert_eq!(totals.preemptions, 1);
    // 16 + 16, and 17 at the return.
    assert_eq!(totals.admitted_tokens, 49);
    assert_eq!(totals.hit_tokens_gpu, 16);
}

#[test]
fn nothing_is_admitted_in_a_start_that_preempted() {
    let mut lab = Lab::of_blocks(4);
    lab.priority_fcfs("{}");
    // Step 1: 16 + 32 tokens, 1480. Then 0 takes the fourth block, 1 finds none and goes. 2 is
    // first in the queue and would fit into what 1 leaves, but starts only with the next step.
    lab.add([at(0, 16, 4), at(0, 32, 2), at(1, 16, 1).class("critical")]);
    let run = lab.run();
    assert_eq!(run.of(1).preemptions, 1);
    assert_eq!(run.start(2), 1480 + 1001);
    // 16 tokens beside a decode: 1161.
    assert_eq!(run.first(2), 2481 + 1161);
}

#[test]
fn preempted_requests_go_to_the_head_latest_first() {
    let mut lab = Lab::of_blocks(4);
    // Step 1, all three: 64 tokens, 1640. At 1640 0 needs a block: 2 goes. 1 needs a
    // third: it is the last now, and goes too. Queue: 1, 2. At 2641 two blocks are free, both
    // hits of 1, which needs one more: it blocks 2, which would fit (2 blocks).
    lab.add([at(0, 16, 4), at(0, 32, 3), at(0, 16, 2)]);
    let run = lab.run();
    // 0 ends at 1640 + 3 * 1001 = 4643. 1 hits 32 and decodes: 5644, 6645. 2 lost its block to 0,
    // and 1 left it one of the two that it needs: 17 tokens from 6645 on, 1170.
    assert_eq!(run.tokens(0), [1640, 2641, 3642, 4643]);
    assert_eq!(run.tokens(1), [1640, 5644, 6645]);
    assert_eq!(run.tokens(2), [1640, 7815]);
    assert_eq!((run.hits(1), run.hits(2)), ((32, 0), (0, 0)));
}

#[test]
fn a_waiting_preempted_request_counts_its_emitted_tokens() {
    let mut lab = Lab::of_blocks(3);
    lab.add([at(0, 16, 10), at(0, 16, 3), at(1400, 16, 1)]);
    let run = lab.run();
    // Preempted at 1320 with one token emitted: 17 tokens wait.
    let row = &run.seen(2).rows[0];
    assert_eq!((row.queue_depth, row.waiting_tokens, row.preemption_count), (1, 17, 1));
}
