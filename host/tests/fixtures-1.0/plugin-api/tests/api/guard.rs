//! Nothing unwinds out of the glue, and a policy that panicked is not called again.

use std::sync::atomic::Ordering;

use pointsman_plugin_api::{signal, testkit::Scorers};

use crate::policies::{CALLS, Fragile};

fn fragile(params: &str) -> Scorers {
    let mut scorer = Scorers::new::<Fragile>(params).unwrap();
    scorer.instances.set(&signal::KV_UTILIZATION, &[0.5]);
    scorer
}

#[test]
fn a_panic_in_the_constructor_is_an_error_with_its_place() {
    let error = Scorers::new::<Fragile>(r#"{"in_new": true}"#).err().unwrap();
    assert!(error.contains("policies.rs:") && error.ends_with(": in new"), "{error}");
}

/// The only test that calls `score`, so that the count is its own.
#[test]
fn a_panic_in_a_call_poisons_the_policy() {
    let mut scorer = fragile(r#"{"in_score": true}"#);
    let error = scorer.score().unwrap_err();
    assert!(error.starts_with("panicked at ") && error.ends_with(": in score"), "{error}");
    let calls = CALLS.load(Ordering::Relaxed);
    assert_eq!(scorer.score().unwrap_err(), "not called again after an earlier panic");
    assert_eq!(scorer.routed(0).unwrap_err(), "not called again after an earlier panic");
    assert_eq!(CALLS.load(Ordering::Relaxed), calls, "the policy itself was not called");
}

#[test]
fn a_panic_in_the_hook_poisons_it_too() {
    let mut scorer = fragile(r#"{"in_routed": true}"#);
    assert!(scorer.routed(3).unwrap_err().ends_with("in routed to 3"));
    assert!(scorer.routed(3).unwrap_err().contains("earlier panic"));
}

#[test]
fn a_panic_in_the_drop_is_swallowed() {
    drop(fragile(r#"{"in_drop": true}"#));
}

/// A fence must not hide panics outside of it: the hook that was in force still gets them.
#[test]
fn other_panics_still_reach_the_hook_and_unwind() {
    drop(fragile("{}"));
    let outcome = std::thread::spawn(|| panic!("a panic of a test, on purpose")).join();
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"a panic of a test, on purpose"));
}
