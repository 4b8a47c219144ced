//! Limits of time and memory.

use super::{crash, run, scene};
use crate::libraries::crashing;

#[test]
fn a_call_that_does_not_come_back_ends_the_run() {
    for (kind, params, stage) in [
        ("scorer", "how: loop", ""),
        ("scheduler", "how: loop", ""),
        ("scorer", "how: loop, when: new", " while it was built"),
        ("scorer", "how: loop, when: drop", " while it was taken down"),
    ] {
        let scene = scene();
        let args = ["--policy-timeout", "200ms", "--requests", "r.csv"];
        let seen = crash(&scene, kind, params, &args);
        let expected = format!(
            "error: {kind} `crashing-{kind}` ({}) did not answer within 200ms{stage}; raise --policy-timeout if \
             it needs longer\n",
            crashing().display()
        );
        assert_eq!((seen.code, seen.err, seen.out.as_str()), (Some(3), expected, ""));
        assert_eq!(scene.names(), ["run.yaml", "tmp"]);
    }
}

/// What it prints is passed on, and does not keep the parent from looking at the clock.
#[test]
fn a_policy_that_prints_for_ever_hangs_all_the_same() {
    let scene = scene();
    let seen = crash(&scene, "scorer", "how: chatter", &["--policy-timeout", "200ms"]);
    assert_eq!((seen.code, seen.out.as_str()), (Some(3), ""));
    assert!(seen.err.starts_with("still here\nstill here\n"));
    let last = seen.err.lines().last().unwrap();
    assert!(last.starts_with("error: scorer `crashing-scorer` ("), "{last}");
    assert!(last.contains("did not answer within 200ms"), "{last}");
}

/// 60 calls of 10 ms: more than the limit of one.
#[test]
fn many_calls_are_no_hang() {
    let scene = scene();
    let seen = crash(&scene, "scorer", "how: slow", &["--policy-timeout", "500ms", "--quiet"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
}

#[test]
fn a_policy_that_takes_all_memory_ends_the_run() {
    for how in ["allocate", "huge"] {
        let scene = scene();
        let seen = crash(&scene, "scorer", &format!("how: {how}"), &["--memory-limit", "200MiB"]);
        let expected = format!(
            "error: scorer `crashing-scorer` ({}) crashed with SIGABRT (out of memory: the limit is 200.0 MiB); \
             raise --memory-limit if the run needs more\n",
            crashing().display()
        );
        assert_eq!((seen.code, seen.err, seen.out.as_str()), (Some(3), expected, ""));
    }
}

#[test]
fn a_run_that_needs_more_memory_is_no_fault_of_a_policy() {
    let scene = scene();
    let args = ["--memory-limit", "64MiB", "--set", "workload.requests=10000000", "--routing", "round-robin"];
    let seen = run(&scene, &args);
    let expected = "error: the run crashed with SIGABRT (out of memory: the limit is 64.0 MiB); raise --memory-limit \
                    if the run needs more\n";
    assert_eq!((seen.code, seen.err.as_str(), seen.out.as_str()), (Some(1), expected, ""));
}

#[test]
fn there_may_be_no_limits() {
    let scene = scene();
    let seen = run(&scene, &["--memory-limit", "none", "--policy-timeout", "none", "--quiet"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    let scene = scene();
    for (args, part) in [
        (["--policy-timeout", "10"], "a number and a unit, such as 500ms"),
        (["--policy-timeout", "0s"], "at least 10ms"),
        (["--memory-limit", "much"], "a number and a unit, such as 512MiB"),
        (["--memory-limit", "4"], "at least 64MiB"),
    ] {
        let seen = run(&scene, &args);
        assert_eq!(seen.code, Some(2));
        assert!(seen.err.contains(part), "{}", seen.err);
    }
}
