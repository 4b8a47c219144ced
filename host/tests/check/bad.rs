//! Each bad library fails the one case that it is for, and passes all others that it reaches.

use crate::support::{Seen, bad, cases};

/// What is known of a case that failed.
fn failure(library: &str, case: &str, unreached: &[&str], args: &[&str]) -> Seen {
    let (code, mut seen) = cases(bad(library), args);
    assert_eq!(code, 3, "{library}");
    let with = |verdict: &str| -> Vec<&str> {
        seen.iter().filter(|(_, seen)| seen.verdict == verdict).map(|(case, _)| case.as_str()).collect()
    };
    assert_eq!(with("failed"), [case], "{library}: {seen:#?}");
    let mut expected = unreached.to_vec();
    expected.sort_unstable();
    assert_eq!(with("not-reached"), expected, "{library}: {seen:#?}");
    assert!(with("passed").len() + with("not-applicable").len() + expected.len() + 1 == seen.len());
    seen.remove(case).unwrap()
}

/// For cases in which calls are few: memory is watched over a part of the usual number of calls.
const FEW: [&str; 2] = ["--calls", "20000"];

/// All cases of a scorer in which it is asked.
const ASKED: [&str; 15] = [
    "no-fault",
    "no-exit",
    "no-hang",
    "no-panic",
    "reads",
    "optional-reads",
    "no-error",
    "row-count",
    "finite",
    "range",
    "hooks",
    "deterministic",
    "row-order",
    "speed",
    "memory",
];

fn asked_but(case: &str) -> Vec<&'static str> {
    ASKED.into_iter().filter(|other| *other != case).collect()
}

#[test]
fn a_panic_is_shown_with_its_place_and_the_smallest_call() {
    // Everywhere else it is asked until it panics.
    let seen = failure("panics", "no-panic", &["speed", "memory"], &FEW);
    assert!(seen.detail.ends_with("examples/panics.rs:8:9: no room"), "{}", seen.detail);
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  kv_utilization = [1]"]);
}

#[test]
fn nan_is_no_score() {
    let seen = failure("nan", "finite", &[], &FEW);
    assert_eq!(seen.detail, "the score of row 0 is NaN");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  queue_depth = [0]"]);
}

#[test]
fn scores_are_within_0_and_1() {
    let seen = failure("out-of-range", "range", &[], &FEW);
    assert!(seen.detail.starts_with("the score of row 0 is -0.01"), "{}", seen.detail);
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  queue_depth = [101]"]);
}

#[test]
fn a_picker_chooses_a_row_that_is_there() {
    let seen = failure("beyond", "range", &[], &FEW);
    assert_eq!(seen.detail, "it chose row 1 of 1 rows, counted from 0");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  total score = [0]"]);
}

#[test]
fn every_row_has_a_score() {
    let short = failure("raw+short", "row-count", &[], &FEW);
    assert_eq!(short.detail, "it says that it gave 2 answers for 3 rows");
    let long = failure("raw+long", "row-count", &[], &FEW);
    assert_eq!(long.detail, "it says that it gave 4 answers for 3 rows");
    assert_eq!(long.example, ["now_us = 0", "3 instances"]);
}

#[test]
fn a_root_says_what_the_file_says() {
    let all = [&ASKED[..], &["metadata", "defaults", "unknown-parameter", "parameter-schema"]].concat();
    let unlike = failure("raw+unlike", "manifest", &all, &FEW);
    assert!(unlike.detail.contains("its manifest differs from what its root returns"), "{}", unlike.detail);
    let hollow = failure("raw+hollow", "manifest", &all, &FEW);
    assert!(hollow.detail.contains("it offers no policies of a kind that its manifest lists"), "{hollow:?}");
}

#[test]
fn equal_calls_get_equal_answers() {
    let clock = failure("nondeterministic", "deterministic", &[], &FEW);
    assert!(clock.detail.contains(" from an equal object"), "{}", clock.detail);
    let global = failure("global-state", "deterministic", &[], &FEW);
    assert!(global.detail.contains(" from an equal object"), "{}", global.detail);
}

#[test]
fn another_process_gets_equal_answers_too() {
    let address = failure("other-process", "deterministic", &[], &FEW);
    assert_eq!(address.detail, "an equal object in another process gives other answers");
}

#[test]
fn the_place_of_a_row_does_not_matter() {
    let seen = failure("order-dependent", "row-order", &[], &FEW);
    assert_eq!(seen.detail, "the score of row 0 is 1, and 0.5 where the rows stand in another order");
    assert_eq!(seen.example, ["now_us = 0", "2 instances"]);
    let seen = failure("by-place", "permutation", &[], &FEW);
    assert_eq!(seen.detail, "the key of row 0 is 0, and 1 where the rows stand in another order");
    assert_eq!(seen.example, ["now_us = 0", "2 waiting requests"]);
}

#[test]
fn an_order_that_is_called_fixed_stays() {
    let seen = failure("moving-order", "declared-order", &[], &FEW);
    assert_eq!(seen.detail, "the key of row 0 is -0, and -3600000000 by itself an hour later");
    assert_eq!(seen.example, ["now_us = 0", "1 waiting request", "  arrival_us = [0]"]);
}

#[test]
fn a_leak_is_seen_between_a_tenth_of_a_million_calls_and_the_last() {
    let seen = failure("leaking", "memory", &[], &[]);
    assert!(seen.detail.contains(" MiB between calls 100,000 and 1,000,000; 8 MiB are allowed"), "{seen:?}");
}

#[test]
fn a_call_over_64_instances_takes_a_millisecond_at_most_or_what_the_flag_says() {
    let seen = failure("slow", "speed", &[], &FEW);
    assert!(seen.detail.starts_with("a call over 64 instances takes 1."), "{}", seen.detail);
    let (code, seen) = cases(bad("slow"), &["--calls", "20000", "--max-call-time", "50ms"]);
    assert_eq!((code, seen["speed"].verdict.as_str()), (0, "passed"));
}

#[test]
fn a_fault_ends_a_process_and_not_the_check() {
    let seen = failure("faulting", "no-fault", &asked_but("no-fault"), &FEW);
    assert_eq!(seen.detail, "it crashed with SIGSEGV (invalid memory access)");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  kv_utilization = [1]"]);
}

#[test]
fn a_call_that_never_comes_back_is_ended() {
    let args = ["--calls", "20000", "--policy-timeout", "500ms"];
    let seen = failure("looping", "no-hang", &asked_but("no-hang"), &args);
    assert_eq!(seen.detail, "it did not answer within 500ms");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  queue_depth = [1]"]);
}

#[test]
fn an_exit_is_no_success() {
    let seen = failure("exiting", "no-exit", &asked_but("no-exit"), &FEW);
    assert_eq!(seen.detail, "it ended the process with exit code 0");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  queue_depth = [1001]"]);
}

#[test]
fn what_is_read_is_declared() {
    let seen = failure("undeclared", "reads", &["speed", "memory"], &FEW);
    assert_eq!(seen.detail, "the policy reads the signal `batch_size`, which it does not declare");
    assert_eq!(seen.example, ["now_us = 0", "2 instances", "  queue_depth = [0, 0]"]);
    let seen = failure("denies-reading", "reads", &["speed", "memory"], &FEW);
    assert!(seen.detail.ends_with("(it says that it does not read it)"), "{}", seen.detail);
}

#[test]
fn what_is_optional_can_be_missing() {
    let seen = failure("insists", "optional-reads", &[], &FEW);
    assert!(seen.detail.starts_with("the host has no signal `kv_utilization`"), "{}", seen.detail);
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  kv_utilization = absent"]);
}

#[test]
fn whatever_can_be_has_an_answer() {
    let seen = failure("refuses", "no-error", &[], &FEW);
    assert_eq!(seen.detail, "it refused: no instance is idle");
    assert_eq!(seen.example, ["now_us = 0", "1 instance", "  queue_depth = [5]"]);
    let seen = failure("hook-refuses", "hooks", &[], &FEW);
    assert_eq!(seen.detail, "in a hook, it refused: that is not what I meant");
}

#[test]
fn parameters_are_as_they_are_described() {
    let seen = failure("lax-parameters", "unknown-parameter", &[], &FEW);
    assert_eq!(seen.detail, "it accepted `no_such_parameter: 1`");
    let seen = failure("wrong-schema", "parameter-schema", &[], &FEW);
    assert_eq!(seen.detail, "it refuses `most: 0`, its own default: `most` must be at least 1");
    let unreached = [&ASKED[..], &["unknown-parameter", "parameter-schema"]].concat();
    let seen = failure("unfit-defaults", "defaults", &unreached, &FEW);
    let (why, hint) = ("`most` must be at least 1", "--params gives it parameters to be checked with");
    assert_eq!(seen.detail, format!("{why} ({hint})"));
}

#[test]
fn a_policy_describes_itself() {
    let seen = failure("bare", "metadata", &[], &FEW);
    for part in ["it has no summary", "its version `one` is not", "the signal `queue_depth` twice"] {
        assert!(seen.detail.contains(part), "{}", seen.detail);
    }
}
