//! Schedulers and priorities that fail, and what becomes of the run.

use pointsman::engine::{Preemption, RunError};
use pointsman::policy::OnError::{self, Fail, Fallback, Skip};
use pointsman::policy::{PolicyKind, Seat, baseline};

use crate::faulty::{Faulty, take_calls};
use crate::policies::{self, PriorityFcfs};
use crate::support::{Lab, Run, at, cluster, failure};

const THIRD: &str = r#"{"good_calls": 2, "bad_calls": 1}"#;
const FROM_THIRD: &str = r#"{"good_calls": 2}"#;
const PANIC_THIRD: &str = r#"{"good_calls": 2, "how": "panic"}"#;

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
            let seat = Seat::new(faulty, on_error, Some(schedulers));
            return (seat, policies::priority::<baseline::Constant>("{}"));
        }
        let faulty = policies::load_priority::<Faulty>(fault);
        let seat = Seat::new(faulty, on_error, Some(priorities));
        (policies::scheduler::<PriorityFcfs>(), seat)
    });
    lab.add([at(0, 16, 2), at(1, 128, 1).class("batch"), at(2, 16, 1).class("critical"), at(100, 8, 1)]);
    lab
}

fn ordered(scheduler: bool, on_error: OnError, fault: &'static str) -> Result<Run, RunError> {
    queue(scheduler, on_error, fault).try_run()
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
        // One decision before, and the one that failed was made again.
        assert_eq!(run.failures[0].decisions - run.failures[0].fallback_decisions, 1);
        let [event] = &run.ejections[..] else { panic!("{:?}", run.ejections) };
        assert_eq!((event.failed.kind, event.fallback.as_str()), (PolicyKind::Scheduler, "sjf"));
        assert_eq!((event.failed.instance, event.failed.request), (Some(0), None));
        assert_eq!(event.failed.now_us, run.failures[0].first_us);
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
fn a_skipped_scheduler_leaves_priorities_as_they_are() {
    let mut lab = Lab::of_blocks(3);
    lab.settings.engine.preemption = Preemption::Priority;
    lab.seats = Box::new(|| {
        let faulty = policies::load_scheduler::<Faulty>("{}");
        let seat = Seat::new(faulty, Skip, None);
        (seat, policies::priority::<baseline::SloClass>("{}"))
    });
    // As in `victims`: at 2321 1 lacks a block. 0 has priority 1, 1 has 10.
    lab.add([at(0, 16, 4).class("batch"), at(1, 16, 4).class("critical")]);
    let run = lab.run();
    assert_eq!((run.of(0).preemptions, run.of(1).preemptions), (1, 0));
}
