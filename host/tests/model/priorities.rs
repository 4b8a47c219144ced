//! The order of the waiting queue, and priorities.

use pointsman::engine::Preemption;
use pointsman::policy::baseline;

use crate::policies::{self, PriorityFcfs};
use crate::support::{Lab, Run, at, cluster};

/// One request at a time: the order in which requests end is that in which they were admitted.
fn one_at_a_time() -> Lab {
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.max_num_seqs = 1;
    lab
}

#[test]
fn fcfs_goes_by_entry() {
    let mut lab = one_at_a_time();
    lab.add([at(0, 16, 1), at(1, 64, 1).class("batch"), at(2, 16, 1), at(3, 16, 1).class("critical")]);
    assert_eq!(lab.run().ended, [0, 1, 2, 3]);
}

#[test]
fn fcfs_entry_is_into_the_queue_and_not_arrival() {
    let mut lab = one_at_a_time();
    lab.settings.latency.alpha = [0.0, 10.0, 0.0];
    // Entry at 160, 1 + 1280 = 1281 and 2 + 160 = 162. 0 ends at 1320: both wait by then.
    lab.add([at(0, 16, 1), at(1, 128, 1), at(2, 16, 1)]);
    assert_eq!(lab.run().ended, [0, 2, 1]);
}

#[test]
fn sjf_goes_by_prompt_then_arrival_then_id() {
    let mut lab = one_at_a_time();
    lab.seats =
        Box::new(|| (policies::scheduler::<baseline::Sjf>(), policies::priority::<baseline::Constant>("{}")));
    lab.add([at(0, 16, 1), at(1, 64, 1), at(2, 32, 1), at(3, 32, 1), at(3, 32, 1), at(4, 16, 1)]);
    assert_eq!(lab.run().ended, [0, 5, 2, 3, 4, 1]);
}

#[test]
fn priority_fcfs_goes_by_class_then_arrival_then_id() {
    let mut lab = one_at_a_time();
    lab.priority_fcfs("{}");
    let class = |arrival_us, class| at(arrival_us, 16, 1).class(class);
    lab.add([
        at(0, 16, 1),
        class(1, "background"),
        class(2, "batch"),
        class(3, "sheddable"),
        class(4, "unheard-of"),
        at(5, 16, 1),
        class(6, "critical"),
        class(6, "critical"),
    ]);
    // 10, 10, 5 (any other class), 5 (none), 3, 1, 0.
    assert_eq!(lab.run().ended, [0, 6, 7, 4, 5, 3, 2, 1]);
}

/// 0 takes the third of three blocks, and 1 goes; 2, which is critical, waits already.
fn preempted_beside_a_critical_one(mut lab: Lab) -> Run {
    lab.settings.kv.blocks = 3;
    lab.settings.engine.max_num_seqs = 2;
    // 32 tokens: 1320. 0 decodes to 2321.
    lab.add([at(0, 16, 9), at(0, 16, 3), at(1, 16, 1).class("critical")]);
    lab.run()
}

#[test]
fn being_put_at_the_head_has_no_effect_under_priority_fcfs() {
    let mut lab = Lab::new(cluster(1));
    lab.priority_fcfs("{}");
    // At 2321 2 is before 1 and fits: 16 tokens beside a decode, 1161.
    let run = preempted_beside_a_critical_one(lab);
    assert_eq!((run.start(2), run.first(2)), (2321, 3482));
}

#[test]
fn under_fcfs_the_preempted_request_is_before_it() {
    let run = preempted_beside_a_critical_one(Lab::new(cluster(1)));
    // 1 is at the head; it lacks a block until 0 ends, at 1320 + 8 * 1001 = 9328. Then it has a
    // seat, and so has 2.
    assert_eq!((run.start(2), run.of(1).preemptions), (9328, 1));
}

#[test]
fn ageing_overtakes() {
    let ended = |params| {
        let mut lab = one_at_a_time();
        lab.priority_fcfs(params);
        // 0 runs to 1160 + 8 * 1001 = 9168.
        lab.add([at(0, 16, 9), at(10, 16, 1).class("batch"), at(9100, 16, 1).class("critical")]);
        lab.run().ended
    };
    assert_eq!(ended("{}"), [0, 2, 1]);
    // batch: 1 + 0.001 * 9158 = 10.158. critical: 10 + 0.001 * 68 = 10.068.
    assert_eq!(ended(r#"{"age_weight": 0.001}"#), [0, 1, 2]);
    // 1 + 0.0009 * 9158 = 9.2422 and 10.0612.
    assert_eq!(ended(r#"{"age_weight": 0.0009}"#), [0, 2, 1]);
}

#[test]
fn a_running_request_keeps_the_priority_of_its_admission() {
    let mut lab = Lab::of_blocks(3);
    lab.seats =
        Box::new(|| (policies::scheduler::<PriorityFcfs>(), policies::priority::<baseline::Age>("{}")));
    lab.settings.engine.preemption = Preemption::Priority;
    // 0 is admitted at 0 with age 0; 1, of arrival 1, at 1160 with age 1159. At 2321 1 needs a
    // block: 0 has the lower priority, though it is older by a tick.
    lab.add([at(0, 16, 4), at(1, 16, 4)]);
    let run = lab.run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (1, 0));
}

#[test]
fn a_readmitted_request_has_the_priority_of_its_readmission() {
    let mut lab = Lab::of_blocks(3);
    lab.seats =
        Box::new(|| (policies::scheduler::<PriorityFcfs>(), policies::priority::<baseline::Age>("{}")));
    lab.settings.engine.preemption = Preemption::Priority;
    // As above: 0 goes at 2321, and 1 ends at 2321 + 3 * 1001 = 5324. Then 0 is back with age 5324,
    // and 2, of arrival 5000, joins it with age 324. 0: 2 tokens of 18, 2: 16: 1180, to 6504. 0 has
    // 32 tokens' room and 2 needs a block: 2 is the lower now.
    lab.add([at(0, 16, 9), at(1, 16, 4), at(5000, 16, 4)]);
    let run = lab.run();
    assert_eq!((run.of(0).preemptions, run.of(2).preemptions), (1, 1));
    assert_eq!(run.tokens(0)[..4], [1160, 2321, 6504, 7505]);
}

/// Critical requests come faster than they can be served, for 300 of them, and a batch request beside
/// the first: without ageing it is served when all others are, with it when it has made up for its class.
#[test]
fn under_lasting_critical_load_a_batch_request_starves_unless_it_ages() {
    let run = |params| {
        let mut lab = one_at_a_time();
        lab.priority_fcfs(params);
        lab.add([at(0, 16, 1).class("critical"), at(1, 16, 1).class("batch")]);
        lab.add((1..300).map(|k| at(k * 1000, 16, 1).class("critical")));
        lab.run()
    };
    // Each takes 1160, so the k-th starts at 1160 k, when it has waited for 160 k.
    let starved = run("{}");
    assert_eq!((starved.ended.last(), starved.start(1)), (Some(&1), 300 * 1160));
    // 1 + 0.0001 (1160 k - 1) is above 10 + 0.0001 * 160 k where 1000 k - 1 is above 90000.
    assert_eq!(run(r#"{"age_weight": 0.0001}"#).start(1), 91 * 1160);
}
