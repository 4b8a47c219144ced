//! The messages about policies, as a user sees them.

use insta::assert_snapshot;

use super::{message, resolve};

#[test]
fn a_short_form_of_scorers() {
    assert_snapshot!(message("policy:\n  routing: pa:3,qd:0\n"), @r#"
    error: a weight of 0 would leave the scorer without a say
     --> run.yaml:2:20
      |
    2 |   routing: pa:3,qd:0
      |                    ^
      |
      = help: scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`
    "#);
    assert_snapshot!(message("policy:\n  routing: pa:3,qd:-2\n"), @r#"
    error: a weight must be a number above 0, at most 1e9, found `-2`
     --> run.yaml:2:20
      |
    2 |   routing: pa:3,qd:-2
      |                    ^^
      |
      = help: scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`
    "#);
    assert_snapshot!(message("policy:\n  routing: pa:3,qd:nan\n"), @r#"
    error: the weight `nan` is not a number
     --> run.yaml:2:20
      |
    2 |   routing: pa:3,qd:nan
      |                    ^^^
      |
      = help: scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`
    "#);
    assert_snapshot!(message("policy:\n  routing: pa:3,qd\n"), @r#"
    error: the scorer `qd` has no weight
     --> run.yaml:2:17
      |
    2 |   routing: pa:3,qd
      |                 ^^
      |
      = help: scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`
    "#);
    assert_snapshot!(message("policy:\n  routing: pa:3,qd:2,pa:1\n"), @r#"
    error: the scorer `pa` is there twice
     --> run.yaml:2:22
      |
    2 |   routing: pa:3,qd:2,pa:1
      |            ----      ^^^^ again here
      |            |
      |            first here
      |
      = help: give it once, with the sum of the weights
    "#);
    assert_snapshot!(message("policy:\n  routing: pa:3,\n"), @r#"
    error: a scorer is missing between the commas
     --> run.yaml:2:17
      |
    2 |   routing: pa:3,
      |                 ^
      |
      = help: scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`
    "#);
}

#[test]
fn a_long_form_of_policies() {
    assert_snapshot!(message("policy: {routing: {scorers: [{name: pa}, {weight: 2}]}}\n"), @r#"
    error: `policy.routing.scorers[0].weight` is missing
     --> run.yaml:1:30
      |
    1 | policy: {routing: {scorers: [{name: pa}, {weight: 2}]}}
      |                              ^^^^^^^^^^

    error: `policy.routing.scorers[1].name` is missing
     --> run.yaml:1:42
      |
    1 | policy: {routing: {scorers: [{name: pa}, {weight: 2}]}}
      |                                          ^^^^^^^^^^^
    "#);
    assert_snapshot!(message("policy: {routing: {scorers: [{name: pa, weight: 0}]}}\n"), @r#"
    error: a weight of 0 would leave the scorer without a say
     --> run.yaml:1:49
      |
    1 | policy: {routing: {scorers: [{name: pa, weight: 0}]}}
      |                                                 ^
    "#);
    assert_snapshot!(message("policy: {routing: {by_class: {critical: 'pa:1'}}}\n"), @r#"
    error: `policy.routing.by_class.default` is missing: the weights of all other classes
     --> run.yaml:1:30
      |
    1 | policy: {routing: {by_class: {critical: 'pa:1'}}}
      |                              ^^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(message("policy: {routing: {scorers: [{name: pa}], by_class: {default: 'qd:1'}}}\n"), @r#"
    error: the scorer `qd` is not in `scorers`
     --> run.yaml:1:64
      |
    1 | policy: {routing: {scorers: [{name: pa}], by_class: {default: 'qd:1'}}}
      |                                                                ^^^^
      |
      = help: known here: pa
    "#);
    assert_snapshot!(message("policy: {routing: {tie_break: frist, picker: 3}}\n"), @r#"
    error: `policy.routing.picker` must be the name of a policy, or a map with `name`, found `3`
     --> run.yaml:1:46
      |
    1 | policy: {routing: {tie_break: frist, picker: 3}}
      |                                              ^

    error: `policy.routing.tie_break` must be `first`, `random` or `round-robin`, found text `frist`
     --> run.yaml:1:31
      |
    1 | policy: {routing: {tie_break: frist, picker: 3}}
      |                               ^^^^^
      |
      = help: did you mean `first`?
    "#);
    assert_snapshot!(message("policy: {scheduler: {params: {}}}\n"), @r#"
    error: `policy.scheduler.name` is missing
     --> run.yaml:1:21
      |
    1 | policy: {scheduler: {params: {}}}
      |                     ^^^^^^^^^^^^
    "#);
    assert_snapshot!(message("policy: {scheduler: {name: sjf, param: {}}}\n"), @r#"
    error: unknown key `param` in `policy.scheduler`
     --> run.yaml:1:33
      |
    1 | policy: {scheduler: {name: sjf, param: {}}}
      |                                 ^^^^^
      |
      = help: did you mean `params`?
    "#);
    assert_snapshot!(message("policy: {priority: {name: age, params: {x: .inf}}}\n"), @r#"
    error: `policy.priority.params.x` must be a finite number, found `.inf`
     --> run.yaml:1:44
      |
    1 | policy: {priority: {name: age, params: {x: .inf}}}
      |                                            ^^^^
    "#);
    assert_snapshot!(message("policy: {scheduler: '../x y'}\n"), @r#"
    error: `../x y` is no name of a policy
     --> run.yaml:1:22
      |
    1 | policy: {scheduler: '../x y'}
      |                      ^^^^^^
      |
      = help: a name has letters, digits, `-`, `_` and `.`; a library may follow: `NAME@LABEL`
    "#);
}

#[test]
fn failures() {
    assert_snapshot!(message("policy: {on_error: {fallbak: fcfs}}\n"), @r#"
    error: unknown key `fallbak` in `policy.on_error`
     --> run.yaml:1:21
      |
    1 | policy: {on_error: {fallbak: fcfs}}
      |                     ^^^^^^^
      |
      = help: did you mean `fallback`?
    "#);
    assert_snapshot!(message("policy: {on_error: fial}\n"), @r#"
    error: `policy.on_error` must be `fail` or `skip`, found text `fial`
     --> run.yaml:1:20
      |
    1 | policy: {on_error: fial}
      |                    ^^^^
      |
      = help: did you mean `fail`?
    "#);
}

#[test]
fn preemption_by_priority_needs_a_scheduler_that_uses_it() {
    let text = "cluster: {engine: {preemption: priority}}\npolicy: {scheduler: sjf}\n";
    let resolved = resolve(text).expect("the registry knows schedulers, not this module");
    assert!(resolved.check_preemption(true).is_ok());
    assert_snapshot!(resolved.check_preemption(false).expect_err("sjf has no priorities"), @r#"
    error: `preemption: priority` needs a scheduler that uses priorities, and `sjf` does not
     --> run.yaml:1:32
      |
    1 | cluster: {engine: {preemption: priority}}
      |                                ^^^^^^^^
    2 | policy: {scheduler: sjf}
      |                     --- the scheduler
      |
      = help: choose one such as `priority-fcfs`, or `preemption: tail`
    "#);
}
