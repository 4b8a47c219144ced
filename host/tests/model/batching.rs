//! Continuous batching: what shares a step, and what has to wait.

use crate::support::{Lab, at, cluster};

fn lab() -> Lab {
    Lab::new(cluster(1))
}

#[test]
fn a_request_alone() {
    let mut lab = lab();
    lab.add([at(0, 100, 50)]);
    let run = lab.run();
    // 1000 + 10*100 = 2000; then 49 * (1000 + 1) = 49049.
    assert_eq!(run.of(0).ttft_us, Some(2000));
    assert_eq!(run.of(0).e2e_us, Some(2000 + 49_049));
    assert_eq!(run.totals.instances[0].steps, 50);
}

#[test]
fn simultaneous_arrivals_share_a_step() {
    let mut lab = lab();
    lab.add([at(0, 100, 50), at(0, 100, 50), at(0, 100, 50), at(0, 100, 50)]);
    let run = lab.run();
    // 1000 + 10*400 = 5000; then 49 * (1000 + 4) = 49196.
    for id in 0..4 {
        assert_eq!(run.of(id).ttft_us, Some(5000));
        assert_eq!(run.of(id).e2e_us, Some(5000 + 49_196));
    }
}

#[test]
fn an_arrival_during_a_final_step_waits_for_its_end() {
    let mut lab = lab();
    // 0: one step, 0 to 2000. 1: arrives 500 ticks into it, starts at 2000, done at 4000.
    lab.add([at(0, 100, 1), at(500, 100, 1)]);
    let run = lab.run();
    assert_eq!(run.start(1), 2000);
    assert_eq!(run.of(1).ttft_us, Some(4000 - 500));
}

#[test]
fn an_entry_at_a_step_end_joins_the_next_step() {
    let mut lab = lab();
    // 0: 0 to 2000. Then both: 1000 + 10*100 + 1 = 2001, to 4001.
    lab.add([at(0, 100, 2), at(2000, 100, 1)]);
    let run = lab.run();
    assert_eq!(run.tokens(0), [2000, 4001]);
    assert_eq!((run.start(1), run.first(1)), (2000, 4001));
}

#[test]
fn an_idle_instance_starts_at_once() {
    let mut lab = lab();
    lab.add([at(7, 100, 1), at(10_000, 100, 1)]);
    let run = lab.run();
    assert_eq!((run.start(0), run.start(1)), (7, 10_000));
}

#[test]
fn no_more_than_max_num_seqs_run() {
    let mut lab = lab();
    lab.settings.engine.max_num_seqs = 2;
    lab.add([at(0, 16, 2), at(0, 16, 2), at(0, 16, 2)]);
    let run = lab.run();
    // Two: 1000 + 10*32 = 1320, then 1002, to 2322. The third: 1160, then 1001.
    assert_eq!(run.tokens(0), [1320, 2322]);
    assert_eq!(run.tokens(1), [1320, 2322]);
    assert_eq!(run.tokens(2), [3482, 4483]);
}

#[test]
fn a_prompt_is_chunked_at_the_budget() {
    let mut lab = lab();
    lab.settings.engine.max_num_batched_tokens = 64;
    lab.add([at(0, 160, 1)]);
    let run = lab.run();
    // 64, 64 and 32 tokens: 1640 + 1640 + 1320.
    assert_eq!(run.of(0).ttft_us, Some(4600));
    assert_eq!(run.totals.instances[0].steps, 3);
}

#[test]
fn the_budget_is_shared_and_running_requests_come_first() {
    let mut lab = lab();
    lab.settings.engine.max_num_batched_tokens = 128;
    lab.add([at(0, 100, 2), at(0, 100, 1)]);
    let run = lab.run();
    // Step 1: 100 + 28 tokens: 2280. Step 2: a decode, then 72 tokens: 1721, to 4001.
    assert_eq!(run.tokens(0), [2280, 4001]);
    assert_eq!(run.tokens(1), [4001]);
    assert_eq!(run.start(1), 0);
}

#[test]
fn without_budget_nothing_is_admitted() {
    let mut lab = lab();
    lab.settings.engine.max_num_batched_tokens = 2;
    // 0 and 1 take both tokens of each step: 1020, then 1002 and 1002. 2 has to wait.
    lab.add([at(0, 1, 3), at(0, 1, 3), at(1, 1, 1)]);
    assert_eq!(lab.run().start(2), 3024);
}

#[test]
fn long_prefill_token_threshold_caps_one_request() {
    let mut lab = lab();
    lab.settings.engine.long_prefill_token_threshold = 40;
    lab.add([at(0, 100, 1), at(0, 30, 1)]);
    let run = lab.run();
    // 40 + 30 tokens: 1700. Then 40: 1400, to 3100. Then 20: 1200, to 4300.
    assert_eq!(run.tokens(1), [1700]);
    assert_eq!(run.tokens(0), [4300]);
}

#[test]
fn the_head_of_the_queue_blocks_the_rest() {
    let mut lab = Lab::of_blocks(4);
    // 0 takes 2 blocks, and a third for token 33. 1 needs 3. 2 needs 1, and would fit.
    lab.add([at(0, 32, 3), at(1, 48, 1), at(2, 16, 1)]);
    let run = lab.run();
    // 0: 1320, 2321, 3322. Then 1 and 2 together, 48 + 16 tokens: 1640, to 4962.
    assert_eq!(run.tokens(0), [1320, 2321, 3322]);
    assert_eq!((run.start(1), run.start(2)), (3322, 3322));
    assert_eq!((run.first(1), run.first(2)), (4962, 4962));
}

#[test]
fn with_asynchronous_scheduling_the_next_step_is_planned_already() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.async_scheduling = true;
    // 0 computes its prompt until 1100 and then decodes, 1001 a step. 1 comes in its first decode, until 2101:
    // the step after that was planned at 1100, so that 1 is in the one from 3102 on.
    lab.add([at(0, 10, 9), at(1500, 10, 1)]);
    let run = lab.run();
    assert_eq!(run.of(1).first_scheduled_us, Some(3102));
    // Whoever comes when a step begins, or when there would be nothing to do, is in time.
    for (arrival_us, scheduled_us) in [(1100, 2101), (10_000, 10_000)] {
        let mut lab = Lab::new(cluster(1));
        lab.settings.engine.async_scheduling = true;
        lab.add([at(0, 10, 9), at(arrival_us, 10, 1)]);
        assert_eq!(lab.run().of(1).first_scheduled_us, Some(scheduled_us), "{arrival_us}");
    }
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.async_scheduling = true;
    lab.add([at(0, 10, 1), at(500, 10, 1)]);
    assert_eq!(lab.run().of(1).first_scheduled_us, Some(1100));
}
