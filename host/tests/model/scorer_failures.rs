//! Scorers that fail, and what becomes of the run.

use pointsman::engine::RunError;
use pointsman::policy::OnError::{self, Fail, Fallback, Skip};
use pointsman::policy::{ClassWeights, PolicyKind, Seat, baseline};

use crate::faulty::{Faulty, take_calls};
use crate::policies::{self, Steer};
use crate::support::{Lab, Run, at, cluster, failure};

const ONCE: &str = r#"{"good_calls": 1, "bad_calls": 1}"#;
const FROM_SECOND: &str = r#"{"good_calls": 1}"#;
const PANIC: &str = r#"{"good_calls": 1, "how": "panic"}"#;

/// Three requests, one at a time, over `faulty` with weight 3 and `load-balance` with weight 1;
/// `steer` takes the place of `faulty`. Well: instance 1. Skipped: all equal, so 0. Replaced: 2.
fn scored(on_error: OnError, fault: &str) -> Result<Run, RunError> {
    let mut lab = Lab::new(cluster(3));
    let seat = Seat::new(
        policies::load_scorer::<Faulty>(fault),
        on_error,
        Some(policies::load_scorer::<Steer>("{}")),
    );
    let seats = vec![seat, policies::scorer::<baseline::LoadBalance>("{}")];
    let weights = ClassWeights { default: vec![3.0, 1.0], ..ClassWeights::default() };
    lab.router = Some(policies::max_score(seats, weights));
    lab.add([0, 10_000, 20_000].map(|us| at(us, 16, 1).to(2)));
    lab.try_run()
}

fn instances(run: &Run) -> Vec<u32> {
    run.instances().into_iter().flatten().collect()
}

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
    assert_eq!((count.first_us, count.first_request), (10_000, Some(1)));
    assert_eq!((count.decisions, count.fallback_share()), (3, None));
    assert_eq!(run.ejections, []);
}

#[test]
fn a_scorer_that_panicked_is_not_called_again() {
    let run = scored(Skip, PANIC).unwrap();
    assert_eq!(instances(&run), [1, 0, 0]);
    assert_eq!(take_calls(), 2);
    // The panic, and the decision on the third request, made without it: once per decision, so the
    // hook after routing does not count again.
    assert_eq!(run.failures[0].calls, 2);
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
        assert_eq!((run.failures[0].decisions, run.failures[0].fallback_decisions), (3, 2));
        let [event] = &run.ejections[..] else { panic!("{:?}", run.ejections) };
        assert_eq!((event.failed.policy.as_str(), event.fallback.as_str()), ("faulty", "steer"));
        assert_eq!(
            (event.failed.now_us, event.failed.request, event.failed.instance),
            (10_000, Some(1), None)
        );
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
    lab.router = Some(policies::max_score(seats, weights));
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
