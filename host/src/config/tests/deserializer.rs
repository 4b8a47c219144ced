//! Strict types of serde over the tree: what they read, and where their errors point.

use std::path::PathBuf;

use serde::Deserialize;

use super::resolve;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Spec {
    requests: u64,
    #[serde(default)]
    rate: Option<f64>,
    #[serde(default)]
    lengths: Vec<Length>,
    #[serde(default)]
    pairs: Vec<(f64, f64)>,
    #[serde(default)]
    trace: Option<PathBuf>,
    #[serde(default)]
    on: bool,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Length {
    Any,
    Constant(u32),
    Uniform { min: u32, max: u32 },
    Pair(u8, u8),
}

fn read(workload: &str) -> Result<Spec, super::ConfigError> {
    resolve(&format!("workload:\n{workload}\n")).expect("a map").workload.spec()
}

fn message(workload: &str) -> String {
    read(workload).expect_err(workload).to_string()
}

#[test]
fn values_are_read() {
    let spec = read(
        "  requests: 2e3\n  rate: 3\n  trace: a/./b.csv\n  on: true\n  pairs: [[1, 2.5]]\n  lengths: [any, {constant: 512}, {uniform: {min: 1, max: 2}}, {pair: [1, 2]}]",
    );
    let lengths =
        vec![Length::Any, Length::Constant(512), Length::Uniform { min: 1, max: 2 }, Length::Pair(1, 2)];
    let expected = Spec {
        requests: 2000,
        rate: Some(3.0),
        lengths,
        pairs: vec![(1.0, 2.5)],
        trace: Some("a/b.csv".into()),
        on: true,
    };
    assert_eq!(read("  requests: 1").expect("good").rate, None);
    assert_eq!(spec.expect("good"), expected);
}

#[test]
fn errors_point_at_the_innermost_value() {
    insta::assert_snapshot!(message("  requests: many"), @r#"
    error: in `workload.requests`: expected a whole number, 0 or more, found text `many`
     --> run.yaml:2:13
      |
    2 |   requests: many
      |             ^^^^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  rtae: 3"), @r#"
    error: in `workload`: unknown key `rtae`
     --> run.yaml:3:3
      |
    3 |   rtae: 3
      |   ^^^^
      |
      = help: did you mean `rate`?
    "#);
    insta::assert_snapshot!(message("  rate: 3"), @r#"
    error: in `workload`: `requests` is missing
     --> run.yaml:2:3
      |
    2 |   rate: 3
      |   ^^^^^^^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  lengths:\n    - uniform: {min: 1, max: -2}"), @r#"
    error: in `workload.lengths[0].uniform.max`: expected a whole number, 0 or more, found `-2`
     --> run.yaml:4:30
      |
    4 |     - uniform: {min: 1, max: -2}
      |                              ^^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  lengths: [constnat]"), @r#"
    error: in `workload.lengths[0]`: unknown value `constnat`
     --> run.yaml:3:13
      |
    3 |   lengths: [constnat]
      |             ^^^^^^^^
      |
      = help: did you mean `constant`?
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  lengths: [{constant: 1, any: }]"), @r#"
    error: in `workload.lengths[0]`: expected a word, or a map of one key, found a map
     --> run.yaml:3:13
      |
    3 |   lengths: [{constant: 1, any: }]
      |             ^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  lengths: [{any: 3}]"), @r#"
    error: in `workload.lengths[0]`: `any` takes no value, found `3`
     --> run.yaml:3:19
      |
    3 |   lengths: [{any: 3}]
      |                   ^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  pairs: [[1]]"), @r#"
    error: in `workload.pairs[0]`: expected a list of length 2, found 1 values
     --> run.yaml:3:11
      |
    3 |   pairs: [[1]]
      |           ^^^
    "#);
    insta::assert_snapshot!(message("  requests: 1\n  on: maybe"), @r#"
    error: in `workload.on`: expected `true` or `false`, found text `maybe`
     --> run.yaml:3:7
      |
    3 |   on: maybe
      |       ^^^^^
    "#);
    insta::assert_snapshot!(message("  requests: 99999999999999999999"), @r#"
    error: in `workload.requests`: expected a whole number, 0 or more, found `1e20`
     --> run.yaml:2:13
      |
    2 |   requests: 99999999999999999999
      |             ^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn later_findings_can_point_at_values_too() {
    let resolved = resolve("workload: {classes: [{name: a, share: 0}]}\n").expect("good");
    assert_eq!(resolved.workload.span("classes[0].share").describe(), "run.yaml:1:39");
    assert_eq!(resolved.workload.span("classes[3].share").describe(), "run.yaml:1:21");
}
