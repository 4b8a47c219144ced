//! Who is preempted.

use pointsman::engine::Preemption;
use pointsman::policy::baseline;

use crate::policies;
use crate::support::{Lab, at};

fn by_priority(blocks: u32) -> Lab {
    let mut lab = Lab::of_blocks(blocks);
    lab.settings.engine.preemption = Preemption::Priority;
    lab.priority_fcfs("{}");
    lab
}

/// 0, of a low class, runs first; 1, of a high one, joins it and is the first to lack a block.
fn low_before_high(mut lab: Lab) -> Lab {
    // 0: 1160. Then 0 takes block 2, and 1 block 3: 1 + 160, 1161, to 2321. Then 1 needs one.
    lab.add([at(0, 16, 4).class("batch"), at(1, 16, 4).class("critical")]);
    lab
}

#[test]
fn by_place_the_last_running_request_goes() {
    let mut lab = low_before_high(by_priority(3));
    lab.settings.engine.preemption = Preemption::Tail;
    let run = lab.run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (0, 1));
}

#[test]
fn by_priority_the_lowest_goes_and_loses_its_tokens_of_this_step() {
    let run = low_before_high(by_priority(3)).run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (1, 0));
    // 0 had got a token of the step at 2321 already: without it 1 decodes alone, 1001 (and not
    // 1002). 1: 2321 + 3 * 1001 = 5324. 0 has 18 tokens and hits 16: 1020; then a decode.
    assert_eq!(run.tokens(1), [2321, 3322, 4323, 5324]);
    assert_eq!(run.tokens(0), [1160, 2321, 6344, 7345]);
}

#[test]
fn the_budget_of_a_victim_goes_to_later_requests() {
    let mut lab = by_priority(4);
    lab.settings.engine.max_num_batched_tokens = 20;
    // 0: 1160. Step 2: 0 decodes and takes a block, 1 has 16 tokens, 2 the 3 left of 20: 1191, to
    // 2351. Step 3: 0 gets 1, 1 needs a block, 0 goes. Of the budget 20 - 1 are left for 2: all
    // of its other 19 tokens. 190 + 1: 1191, to 3542.
    lab.add([at(0, 16, 4).class("batch"), at(1, 16, 4).class("critical"), at(2, 22, 1)]);
    let run = lab.run();
    assert_eq!(run.of(0).preemptions, 1);
    assert_eq!(run.start(2), 1160);
    assert_eq!(run.first(2), 3542);
}

#[test]
fn blocks_that_a_victim_cached_in_this_step_stay_cached() {
    let mut lab = by_priority(5);
    lab.settings.engine.long_prefill_token_threshold = 20;
    // 0: 20 tokens, 1200. Then 20 more, beside 1's 16: 1360, to 2560. Then its last 20 fill block c
    // and take the fifth block, and 1 lacks one: 0 goes, having cached c in this step.
    lab.add([at(0, 60, 1).holds("a b c").class("batch"), at(1, 16, 2).class("critical")]);
    let run = lab.run();
    assert_eq!(run.of(0).preemptions, 1);
    // 1 decodes alone: 3561. It took 0's deepest block, the half full one: 0 hits the three
    // others and computes 12 tokens, 1120.
    assert_eq!(run.tokens(1), [2560, 3561]);
    assert_eq!(run.hits(0), (48, 0));
    assert_eq!(run.tokens(0), [4681]);
}

/// 1 waits for 0 with 2, which is shorter and so goes first under `sjf`: 2 runs before 1.
fn shorter_first(second_arrival: u64) -> Lab {
    let mut lab = Lab::of_blocks(4);
    lab.seats =
        Box::new(|| (policies::scheduler::<baseline::Sjf>(), policies::priority::<baseline::Constant>("{}")));
    lab.settings.engine.preemption = Preemption::Priority;
    // 0: 1160. 2 and 1: 480 more, 1480, to 2640. Then 2 takes the fourth block, and 1 lacks one.
    lab.add([at(0, 16, 1), at(1, 32, 3), at(second_arrival, 16, 3)]);
    lab
}

#[test]
fn of_equal_priorities_the_latest_arrival_goes() {
    let run = shorter_first(2).run();
    assert_eq!((run.of(1).preemptions, run.of(2).preemptions), (0, 1));
}

#[test]
fn zero_and_minus_zero_are_equal_priorities() {
    let mut lab = by_priority(3);
    lab.priority_fcfs(r#"{"batch": -0.0, "critical": 0.0, "age_weight": -0.0}"#);
    let run = low_before_high(lab).run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (0, 1));
}

#[test]
fn of_equal_arrivals_the_highest_id_goes() {
    let run = shorter_first(1).run();
    assert_eq!((run.of(1).preemptions, run.of(2).preemptions), (0, 1));
}

#[test]
fn by_place_neither_arrival_nor_id_matter() {
    let mut lab = shorter_first(2);
    lab.settings.engine.preemption = Preemption::Tail;
    let run = lab.run();
    assert_eq!((run.of(1).preemptions, run.of(2).preemptions), (1, 0));
}

#[test]
fn a_start_that_preemption_emptied_is_repeated() {
    let mut lab = by_priority(3);
    // 0: 15 tokens, 1150. Step 2: token 16 and 1's 32: 1321, to 2471. Step 3: 0 needs a block,
    // there is none, and it is itself the lowest: nobody else gets tokens in this start. The plan
    // is empty, so the start is repeated, and 1 decodes: 3472.
    lab.add([at(0, 15, 3).class("batch"), at(1, 32, 2).class("critical")]);
    let run = lab.run();
    assert_eq!(run.totals.instances[0].repeated_starts, 1);
    assert_eq!(run.tokens(1), [2471, 3472]);
    // 1 took 0's block: 0 computes 15 + 2 tokens again, 1170.
    assert_eq!(run.tokens(0), [1150, 2471, 4642]);
}

#[test]
fn a_start_whose_tokens_were_all_taken_back_is_repeated() {
    let mut lab = by_priority(9);
    lab.settings.engine.long_prefill_token_threshold = 48;
    // 0: 1080. 1's first 48 tokens beside 0: 1481, to 2561. 48 more, and 2's 8: 1561, to 4122. Now
    // 0 has its token; 1 needs 3 blocks for its last 48, and one is free. 0 goes, which frees one
    // more, then 1 itself is the lowest. The plan is empty: repeated. 1 is refused for the same
    // lack, so 2 decodes alone: 1001.
    lab.add([at(0, 8, 4).class("batch"), at(1, 144, 1), at(1100, 8, 2).class("critical")]);
    let run = lab.run();
    assert_eq!(run.totals.instances[0].repeated_starts, 1);
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (1, 1));
    assert_eq!(run.tokens(2), [4122, 5123]);
    // 1 hits its 6 blocks: 480 more, 1480. Then 0 computes 8 + 3 tokens: 1110.
    assert_eq!((run.hits(1), run.tokens(1)), ((96, 0), vec![6603]));
    assert_eq!(run.tokens(0), [1080, 2561, 4122, 7713]);
}

#[test]
fn a_victim_before_the_one_that_lacks_a_block_does_not_cost_the_next_its_turn() {
    let mut lab = by_priority(6);
    // 0 (batch): 1160. Then it takes a second block, 1, 2 and 3 (critical) one each: 480 + 1,
    // 1481, to 2641. Then 0 has its token, 1 takes the sixth block, 2 lacks one: 0 goes. 2 takes
    // one of its two blocks, 3 the other: 1003 each step.
    let urgent = |arrival_us| at(arrival_us, 16, 3).class("critical");
    lab.add([at(0, 16, 4).class("batch"), urgent(1), urgent(2), urgent(3)]);
    let run = lab.run();
    assert_eq!(run.of(0).preemptions, 1);
    for id in 1..4 {
        assert_eq!(run.tokens(id), [2641, 3644, 4647]);
    }
}
