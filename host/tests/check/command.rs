//! The command around the cases: tables, exit codes, what it refuses.

use std::fs;

use serde_json::Value;

use crate::support::{bad, built, check, text};

/// A report without what differs from machine to machine.
fn plain(report: &str) -> String {
    let is_machine = |line: &str| ["speed", "memory"].iter().any(|case| line.trim_start().starts_with(case));
    let is_kept = |line: &&str| !line.contains("sha256") && !is_machine(line);
    report.lines().filter(is_kept).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_report_is_a_table_per_policy_and_a_verdict() {
    let file = bad("out-of-range");
    let output = check(&["--calls", "1000", "--format", "text", file.to_str().unwrap()]);
    let report = text(&output.stdout).replace(file.parent().unwrap().to_str().unwrap(), "DIR");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stderr), "");
    insta::assert_snapshot!(plain(&report), @r#"
      loads             passed
      manifest          passed

    scorer out-of-range 0.3.0
      metadata          passed
      defaults          passed
      unknown-parameter passed
      parameter-schema  -            it has no parameters
      no-fault          passed       920 calls
      no-exit           passed       920 calls
      no-hang           passed       920 calls
      no-panic          passed       452 trials
      reads             passed       452 trials
      optional-reads    -            it requires all that it reads
      no-error          passed       452 trials
      row-count         passed       452 trials
      finite            passed       452 trials
      range             FAILED       the score of row 0 is -0.010000000000000009
                                       now_us = 0
                                       1 instance
                                         queue_depth = [101]
      hooks             passed       452 trials
      deterministic     passed       12 trials
      row-order         passed       452 trials

    FAILED: DIR/out-of-range.so: scorer out-of-range (range)
    "#);
}

#[test]
fn quiet_shows_what_did_not_pass() {
    let (good, wrong) = (bad("slow"), bad("bare"));
    let args = ["--quick", "--quiet", "--max-call-time", "1s"];
    let output = check(&[&args[..], &[good.to_str().unwrap(), wrong.to_str().unwrap()]].concat());
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(report.matches(" passed").count(), 1, "{report}");
    assert_eq!(report.matches(" FAILED ").count(), 1, "{report}");
    assert!(report.trim_end().ends_with("bare.so: scorer bare (metadata)"), "{report}");
}

/// A policy that prints in every call.
#[test]
fn what_a_policy_prints_does_not_flood_the_report() {
    let file = built("misbehaving");
    let args = ["--calls", "1000", "--policy", "prints", "--quiet", file.to_str().unwrap()];
    let output = check(&args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(!text(&output.stdout).contains("printed in"), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 6, "{said}");
    assert!(said.starts_with("printed in new\n"), "{said}");
    let last = said.lines().last().unwrap();
    assert!(
        last.starts_with("warning: scorer prints printed ") && last.ends_with("; -v shows all"),
        "{said}"
    );
}

#[test]
fn a_file_that_is_no_library_fails_and_the_others_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("text.so");
    fs::write(&file, "not a library").unwrap();
    let args = ["--calls", "1000", "--format", "json"];
    let files = [file.to_str().unwrap(), bad("order-dependent").to_str().unwrap()];
    let output = check(&[&args[..], &files].concat());
    assert_eq!(output.status.code(), Some(3));
    let document = serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let error = document["libraries"][0]["error"].as_str().unwrap();
    assert!(error.contains("text.so is not a shared library"), "{error}");
    assert_eq!(document["libraries"][1]["policies"][0]["name"], "order-dependent");
    let missing = check(&["no-such-file.so"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stdout).contains("cannot read the plugin library no-such-file.so"));
}

#[test]
fn the_situations_are_those_of_the_seed() {
    let document = |seed: &str| {
        let args = ["--calls", "1000", "--format", "json", "--seed", seed];
        let output = check(&[&args[..], &[bad("nan").to_str().unwrap()]].concat());
        let mut document = serde_json::from_slice::<Value>(&output.stdout).unwrap();
        let cases = document["libraries"][0]["policies"][0]["cases"].as_array_mut().unwrap();
        // The only ones that look at the machine.
        cases.retain(|result| result["case"] != "speed" && result["case"] != "memory");
        document
    };
    let first = document("1");
    assert_eq!(first, document("1"));
    assert_ne!(first, document("2"), "other answers, by their digest");
}

#[test]
fn policies_are_chosen_by_name() {
    let args = ["--built-in", "--policy", "pa", "--policy", "fcfs", "--quick", "--quiet"];
    let output = check(&args);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report.ends_with("passed: 2 policies of this program\n"), "{report}");
    let nothing = check(&["--built-in", "--policy", "prefix-afinity"]);
    assert_eq!(nothing.status.code(), Some(2));
    let message = "there is no policy `prefix-afinity` here; did you mean `prefix-affinity`?";
    assert!(text(&nothing.stderr).contains(message), "{}", text(&nothing.stderr));
}

#[test]
fn parameters_are_those_that_are_given() {
    let args = ["--built-in", "--policy", "token-bucket", "--quick"];
    let without = check(&args);
    assert_eq!(without.status.code(), Some(3));
    let report = text(&without.stdout);
    assert!(report.contains("`rate_per_s` must be given (--params gives it"), "{report}");
    let with = check(&[&args[..], &["--params", "token-bucket={rate_per_s: 10, burst: 20}"]].concat());
    let report = text(&with.stdout);
    assert_eq!(with.status.code(), Some(0), "{report}");
    for part in ["`rate_per_s` must be given; checked with", "{\"burst\":20,\"rate_per_s\":10}"] {
        assert!(report.contains(part), "{report}");
    }
    let other = check(&[&args[..], &["--params", "token-buckets={}"]].concat());
    assert_eq!(other.status.code(), Some(2));
    let message = "--params: there is no policy `token-buckets` here; did you mean `token-bucket`?";
    assert!(text(&other.stderr).contains(message), "{}", text(&other.stderr));
    assert_eq!(check(&[&args[..], &["--params", "token-bucket"]].concat()).status.code(), Some(2));
}

#[test]
fn the_cases_are_explained() {
    let output = check(&["--cases"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout), @r#"
    loads             The library becomes code, of types that fit this host.
    manifest          What the running library says of itself is what its file says.
    metadata          Summary, version and every parameter are described; what it reads is known and
                      named once.
    defaults          It can be built without parameters.
    unknown-parameter The policy itself refuses a parameter that it does not have.
    parameter-schema  Each default can be given explicitly, each choice taken, and another type is
                      refused.
    no-fault          No call crashes the process.
    no-exit           No call ends the process.
    no-hang           Every call comes back.
    no-panic          No call panics, and no constructor.
    reads             It reads no signal or attribute that it does not declare.
    optional-reads    It works without what it calls optional, or says in a sentence what is missing.
    no-error          It has an answer for every consistent situation.
    row-count         It fills the slot of every row, and says so.
    finite            No answer is NaN or infinite.
    range             Every score is within 0 and 1; the row that a picker chooses is there.
    hooks             It accepts what it is told: of routing, completions and KV events.
    deterministic     Equal objects give equal answers to equal calls, whatever other objects are asked
                      meanwhile.
    row-order         An answer does not depend on where the rows stand, unless the policy says so.
    permutation       Its keys put the waiting requests into one order, however the rows stand.
    declared-order    Its order changes only with what it declares.
    speed             A call over 64 rows takes no longer than the limit.
    memory            A million calls do not let the process grow.
    "#);
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert_eq!(check(&[]).status.code(), Some(2));
    assert_eq!(check(&["--calls", "10", "x.so"]).status.code(), Some(2));
    assert_eq!(check(&["--quick", "--calls", "5000", "x.so"]).status.code(), Some(2));
}
