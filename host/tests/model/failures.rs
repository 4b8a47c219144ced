//! Policies that fail, and what becomes of the run.

use pointsman::engine::{Preemption, RunError};
use pointsman::policy::OnError::{self, Fail, Fallback, Skip};
use pointsman::policy::{ClassWeights, Picker, PolicyFailure, PolicyKind, Router, Seat, TieBreak, baseline};

use crate::policies::{self, Faulty, PriorityFcfs, Steer, take_calls};
use crate::support::{Lab, Run, at, cluster};

/// Three requests, one at a time, over `faulty` with weight 3 and `load-balance` with weight 1;
/// `steer` takes the place of `faulty`. Well: instance 1. Skipped: all equal, so 0. Replaced: 2.
fn scored(on_error: OnError, fault: &str) -> Result<Run, RunError> {
    let mut lab = Lab::new(cluster(3));
    let seat = Seat::new(
        PolicyKind::Scorer,
        policies::load_scorer::<Faulty>(fault),
        on_error,
        Some(policies::load_scorer::<Steer>("{}")),
    );
    let seats = vec![seat, policies::scorer::<baseline::LoadBalance>("{}")];
    let weights = ClassWeights { default: vec![3.0, 1.0], ..ClassWeights::default() };
    lab.router = Some(Router::new(Picker::MaxScore, TieBreak::First, seats, weights));
    lab.add([0, 10_000, 20_000].map(|us| at(us, 16, 1).to(2)));
    lab.try_run()
}

/// Four requests, one at a time, over a faulty scheduler or priority. In order of arrival 1, 2, 3,
/// by entry 2 (162), 3 (180), 1 (1281), shortest first 3, 2, 1. The third call has all of them.
fn queue(scheduler: bool, on_error: OnError, fault: &'static str) -> Lab {
    let mut lab = Lab::new(cluster(1));
    lab.settings.engine.max_num_seqs = 1;
    lab.settings.latency.alpha[1] = 10.0;
    lab.seats = Box::new(move || {
        let schedulers = policies::load_scheduler::<baseline::Sjf>("{}");
        let priorities = policies::load_priority::<baseline::SloClass>("{}");
        if scheduler {
            let faulty = policies::load_scheduler::<Faulty>(fault);
            let seat = Seat::new(PolicyKind::Scheduler, faulty, on_error, Some(schedulers));
            return (seat, policies::priority::<baseline::Constant>("{}"));
        }
        let faulty = policies::load_priority::<Faulty>(fault);
        let seat = Seat::new(PolicyKind::Priority, faulty, on_error, Some(priorities));
        (policies::scheduler::<PriorityFcfs>(), seat)
    });
    lab.add([at(0, 16, 2), at(1, 128, 1).class("batch"), at(2, 16, 1).class("critical"), at(100, 8, 1)]);
    lab
}

fn ordered(scheduler: bool, on_error: OnError, fault: &'static str) -> Result<Run, RunError> {
    queue(scheduler, on_error, fault).try_run()
}

fn instances(run: &Run) -> Vec<u32> {
    run.instances().into_iter().flatten().collect()
}

fn failure(outcome: Result<Run, RunError>) -> PolicyFailure {
    match outcome {
        Err(RunError::Policy(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

const ONCE: &str = r#"{"good_calls": 1, "bad_calls": 1}"#;
const FROM_SECOND: &str = r#"{"good_calls": 1}"#;
const PANIC: &str = r#"{"good_calls": 1, "how": "panic"}"#;
const THIRD: &str = r#"{"good_calls": 2, "bad_calls": 1}"#;
const FROM_THIRD: &str = r#"{"good_calls": 2}"#;
const PANIC_THIRD: &str = r#"{"good_calls": 2, "how": "panic"}"#;

#[test]
fn a_run_fails_with_its_scorer() {
    let failed = failure(scored(Fail, FROM_SECOND));
    assert_eq!((failed.kind, failed.policy.as_str()), (PolicyKind::Scorer, "faulty"));
    assert_eq!((failed.request, failed.now_us, failed.message.as_str()), (Some(1), 10_000, "no opinion"));
    let failed = failure(scored(Fail, PANIC));
    assert!(failed.message.contains("lost my head"), "{failed}");
    assert_eq!((failed.request, failed.now_us), (Some(1), 10_000));
}

#[test]
fn a_skipped_scorer_is_left_out_of_this_decision() {
    let run = scored(Skip, ONCE).unwrap();
    assert_eq!(instances(&run), [1, 0, 1]);
    assert_eq!(take_calls(), 3);
    let [count] = &run.failures[..] else { panic!("{:?}", run.failures) };
    assert_eq!((count.kind, count.policy.as_str(), count.calls), (PolicyKind::Scorer, "faulty", 1));
    assert_eq!((count.first_message.as_str(), count.fallback.as_deref()), ("no opinion", None));
}

#[test]
fn a_scorer_that_panicked_is_not_called_again() {
    let run = scored(Skip, PANIC).unwrap();
    assert_eq!(instances(&run), [1, 0, 0]);
    assert_eq!(take_calls(), 2);
    // The panic, the hook after it, and both for the third request: not made, but counted.
    assert_eq!(run.failures[0].calls, 4);
    assert!(run.failures[0].first_message.contains("lost my head"));
}

#[test]
fn a_fallback_scorer_stays() {
    for fault in [ONCE, PANIC] {
        let run = scored(Fallback, fault).unwrap();
        assert_eq!(instances(&run), [1, 2, 2]);
        assert_eq!(take_calls(), 2);
        assert_eq!((run.failures.len(), run.failures[0].calls), (1, 1));
        assert_eq!(run.failures[0].fallback.as_deref(), Some("steer"));
    }
}

#[test]
fn nan_and_infinity_are_errors_that_name_policy_instance_and_request() {
    for value in ["NaN", "inf", "-inf"] {
        let fault = format!(r#"{{"good_calls": 1, "how": "{value}"}}"#);
        let message = failure(scored(Fail, &fault)).to_string();
        for part in ["`faulty`", "request 1", "instance 1", value] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(instances(&scored(Skip, &fault).unwrap()), [1, 0, 0]);
    }
}

/// `faulty` gives one instance a value with weight 1; `steer` prefers another with its weight.
fn clamped(value: &str, prefers: u32, steered: u32, weight: f64) -> (u32, u64) {
    let mut lab = Lab::new(cluster(2));
    let fault = format!(r#"{{"how": "{value}", "prefers": {prefers}}}"#);
    let seats = vec![policies::scorer::<Faulty>(&fault), policies::scorer::<Steer>("{}")];
    let weights = ClassWeights { default: vec![1.0, weight], ..ClassWeights::default() };
    lab.router = Some(Router::new(Picker::MaxScore, TieBreak::First, seats, weights));
    lab.add([at(0, 16, 1).to(steered)]);
    let run = lab.run();
    (instances(&run)[0], run.clamped)
}

#[test]
fn scores_outside_0_to_1_are_clamped_and_counted() {
    // 1.5 counts as 1, less than 1.2; -1 as 0, so that 0.5 wins.
    assert_eq!(clamped("1.5", 0, 1, 1.2), (1, 1));
    assert_eq!(clamped("-1", 0, 0, 0.5), (0, 1));
    assert_eq!(clamped("1", 0, 1, 1.2), (1, 0));
    assert_eq!(clamped("0", 1, 0, 1.2), (0, 0));
}

#[test]
fn a_run_fails_with_its_scheduler_or_priority() {
    for (scheduler, kind) in [(true, PolicyKind::Scheduler), (false, PolicyKind::Priority)] {
        // The third start: 160, 1320, 2321.
        let failed = failure(ordered(scheduler, Fail, FROM_THIRD));
        assert_eq!((failed.kind, failed.policy.as_str()), (kind, "faulty"));
        assert_eq!((failed.instance, failed.now_us, failed.message.as_str()), (Some(0), 2321, "no opinion"));
        assert!(failure(ordered(scheduler, Fail, PANIC_THIRD)).message.contains("lost my head"));
        let message = failure(ordered(scheduler, Fail, r#"{"good_calls": 2, "how": "NaN"}"#)).to_string();
        assert!(message.contains("`faulty`") && message.contains("instance 0"), "{message}");
        assert!(message.contains("request") && message.contains("not finite"), "{message}");
    }
}

#[test]
fn a_skipped_scheduler_leaves_the_order_of_entry() {
    let ended = |fault| ordered(true, Skip, fault).unwrap().ended;
    assert_eq!(ended(r#"{"good_calls": 99}"#), [0, 1, 2, 3]);
    // 2 by entry; then it answers again, and 1 is before 3.
    assert_eq!(ended(THIRD), [0, 2, 1, 3]);
    assert_eq!(ended(FROM_THIRD), [0, 2, 3, 1]);
    let run = ordered(true, Skip, PANIC_THIRD).unwrap();
    assert_eq!((run.ended.as_slice(), take_calls()), ([0, 2, 3, 1].as_slice(), 3));
    // Starts with somebody waiting: at 2321 and the two after it.
    assert_eq!(run.failures[0].calls, 3);
}

/// Of a fixed order it is asked once per entry: the second call is about 1, 2 and 3.
const FIXED: [&str; 2] = [
    r#"{"fixed": true, "good_calls": 1, "bad_calls": 1}"#,
    r#"{"fixed": true, "good_calls": 1, "how": "panic"}"#,
];

#[test]
fn a_fallback_scheduler_stays() {
    for fault in FIXED {
        let run = ordered(true, Fallback, fault).unwrap();
        assert_eq!((run.ended.as_slice(), take_calls()), ([0, 3, 2, 1].as_slice(), 2));
        assert_eq!((run.failures[0].calls, run.failures[0].fallback.as_deref()), (1, Some("sjf")));
    }
}

#[test]
fn a_fallback_orders_again_what_waited_before() {
    let mut lab = queue(true, Fallback, r#"{"fixed": true, "good_calls": 2}"#);
    // 1, 2 and 3 have equal keys: 1 runs, to 2321 + 1000 + 1280 = 4601. Then 4 is new, the third
    // call is about it alone, and fails. Shortest first: 4, 3, 2, whatever 2 and 3 had.
    lab.add([at(3000, 4, 1)]);
    assert_eq!(lab.run().ended, [0, 1, 4, 3, 2]);
}

#[test]
#[ignore = "the engine keeps the order of before until the next entry (WaitingQueue::arrange)"]
fn a_fallback_of_a_fixed_order_for_a_changing_one_puts_the_queue_in_its_order() {
    for fault in [THIRD, PANIC_THIRD] {
        let run = ordered(true, Fallback, fault).unwrap();
        assert_eq!((run.ended.as_slice(), take_calls()), ([0, 3, 2, 1].as_slice(), 3));
        let run = ordered(false, Fallback, fault).unwrap();
        assert_eq!((run.ended.as_slice(), take_calls()), ([0, 2, 3, 1].as_slice(), 3));
    }
}

#[test]
fn a_skipped_priority_gives_0() {
    let ended = |fault| ordered(false, Skip, fault).unwrap().ended;
    // Well: the highest id first. Skipped: all equal, so by arrival.
    assert_eq!(ended(r#"{"good_calls": 99}"#), [0, 3, 2, 1]);
    assert_eq!(ended(THIRD), [0, 1, 3, 2]);
    assert_eq!(ended(PANIC_THIRD), [0, 1, 2, 3]);
    assert_eq!(take_calls(), 3);
}

#[test]
fn a_fallback_priority_stays() {
    for fault in FIXED {
        let run = ordered(false, Fallback, fault).unwrap();
        // critical, standard, batch.
        assert_eq!((run.ended.as_slice(), take_calls()), ([0, 2, 3, 1].as_slice(), 2));
        assert_eq!((run.failures[0].calls, run.failures[0].fallback.as_deref()), (1, Some("slo-class")));
    }
}

#[test]
#[ignore = "the engine loses priorities where the scheduler is skipped (Ordering::ask)"]
fn a_skipped_scheduler_leaves_priorities_as_they_are() {
    let mut lab = Lab::of_blocks(3);
    lab.settings.engine.preemption = Preemption::Priority;
    lab.seats = Box::new(|| {
        let faulty = policies::load_scheduler::<Faulty>("{}");
        let seat = Seat::new(PolicyKind::Scheduler, faulty, Skip, None);
        (seat, policies::priority::<baseline::SloClass>("{}"))
    });
    // As in `victims`: at 2321 1 lacks a block. 0 has priority 1, 1 has 10.
    lab.add([at(0, 16, 4).class("batch"), at(1, 16, 4).class("critical")]);
    let run = lab.run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (1, 0));
}
