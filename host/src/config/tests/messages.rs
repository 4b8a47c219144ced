//! The messages themselves, as a user sees them.

use insta::assert_snapshot;

use super::{message, message_with, resolve, resolve_with};

#[test]
fn an_unknown_key() {
    assert_snapshot!(message("cluster:\n  kv: {blokcs: 3}\n"), @r#"
    error: unknown key `blokcs` in `cluster.kv`
     --> run.yaml:2:8
      |
    2 |   kv: {blokcs: 3}
      |        ^^^^^^
      |
      = help: did you mean `blocks`?
    "#);
    assert_snapshot!(message("temperature: 1\n"), @r#"
    error: unknown key `temperature`
     --> run.yaml:1:1
      |
    1 | temperature: 1
      | ^^^^^^^^^^^
      |
      = help: known here: base, seed, horizon_us, cluster, plugins, policy, workload, slo
    "#);
}

#[test]
fn a_wrong_type() {
    assert_snapshot!(message("cluster:\n  instances: four\n"), @r#"
    error: `cluster.instances` must be a whole number from 1 to 65536, found text `four`
     --> run.yaml:2:14
      |
    2 |   instances: four
      |              ^^^^
    "#);
    assert_snapshot!(message("cluster: [1, 2]\n"), @r#"
    error: `cluster` must be a map, found a list
     --> run.yaml:1:10
      |
    1 | cluster: [1, 2]
      |          ^^^^^^
    "#);
    assert_snapshot!(message("seed:\n"), @r#"
    error: `seed` must be a whole number from 0 to 2^64 - 1, found nothing
     --> run.yaml:1:1
      |
    1 | seed:
      | ^^^^
    "#);
    assert_snapshot!(message("plugins: a.so\n"), @r#"
    error: `plugins` must be a list of libraries, found text `a.so`
     --> run.yaml:1:10
      |
    1 | plugins: a.so
      |          ^^^^
    "#);
}

#[test]
fn out_of_range() {
    assert_snapshot!(message("cluster: {kv: {blocks: 0}}\n"), @r#"
    error: `cluster.kv.blocks` must be a whole number from 1 to 4294967294, found `0`
     --> run.yaml:1:24
      |
    1 | cluster: {kv: {blocks: 0}}
      |                        ^
    "#);
    assert_snapshot!(message("cluster: {kv: {offload_threshold: 1.5}}\n"), @r#"
    error: `cluster.kv.offload_threshold` must be a number from 0 to 1, found `1.5`
     --> run.yaml:1:35
      |
    1 | cluster: {kv: {offload_threshold: 1.5}}
      |                                   ^^^
    "#);
    assert_snapshot!(message("cluster: {latency: {alpha: [1, 2, .nan], beta: [1, 2]}}\n"), @r#"
    error: `cluster.latency.alpha[2]` must be a number from 0 to 1e12, found `.nan`
     --> run.yaml:1:35
      |
    1 | cluster: {latency: {alpha: [1, 2, .nan], beta: [1, 2]}}
      |                                   ^^^^

    error: `cluster.latency.beta` must have 3 or 4 numbers, and has 2
     --> run.yaml:1:48
      |
    1 | cluster: {latency: {alpha: [1, 2, .nan], beta: [1, 2]}}
      |                                                ^^^^^^
    "#);
    assert_snapshot!(message("cluster: {latency: {alpha: [1, 2, 3]}}\n"), @r#"
    error: `cluster.latency.beta` is missing
     --> run.yaml:1:20
      |
    1 | cluster: {latency: {alpha: [1, 2, 3]}}
      |                    ^^^^^^^^^^^^^^^^^^
      |
      = help: `latency` replaces the profile's as a whole: give `alpha` and `beta`
    "#);
    assert_snapshot!(message("slo: {critical: {ttft_ms: 0}, batch: }\n"), @r#"
    error: `slo.critical.ttft_ms` must be a number above 0, at most 1e12, found `0`
     --> run.yaml:1:27
      |
    1 | slo: {critical: {ttft_ms: 0}, batch: }
      |                           ^

    error: `slo.batch` has no target
     --> run.yaml:1:31
      |
    1 | slo: {critical: {ttft_ms: 0}, batch: }
      |                               ^^^^^
      |
      = help: give one, such as `ttft_ms: 500`, or remove the class
    "#);
}

#[test]
fn several_mistakes_at_once() {
    assert_snapshot!(message("sed: 1\ncluster: {instances: 0}\n"), @r#"
    error: `cluster.instances` must be a whole number from 1 to 65536, found `0`
     --> run.yaml:2:22
      |
    2 | cluster: {instances: 0}
      |                      ^

    error: unknown key `sed`
     --> run.yaml:1:1
      |
    1 | sed: 1
      | ^^^
      |
      = help: did you mean `seed`?
    "#);
}

#[test]
fn a_key_that_is_given_twice() {
    assert_snapshot!(message("seed: 1\ncluster:\n  instances: 1\nseed: 2\n"), @r#"
    error: the key `seed` is given twice
     --> run.yaml:4:1
      |
    1 | seed: 1
      | ---- first given here
    ...
    4 | seed: 2
      | ^^^^ given again here
    "#);
}

#[test]
fn yaml_that_is_not_supported() {
    assert_snapshot!(message("seed: !!int 1\n"), @r#"
    error: YAML tags are not supported, and this value has `!!int`
     --> run.yaml:1:7
      |
    1 | seed: !!int 1
      |       ^^^^^^^
      |
      = help: write the value without it; quote it to make it text
    "#);
    assert_snapshot!(message("cluster: &c {instances: 1}\nother: {<<: *c}\n"), @r#"
    error: merge keys (`<<`) are not supported
     --> run.yaml:2:9
      |
    2 | other: {<<: *c}
      |         ^^
      |
      = help: build on another file with `base:` instead
    "#);
    assert_snapshot!(message("seed: 1\n---\nseed: 2\n"), @r#"
    error: there is a second YAML document here
     --> run.yaml:2:1
      |
    2 | ---
      | ^^^
      |
      = help: a configuration is one document: remove the `---` and what follows
    "#);
    assert_snapshot!(message("? [a]\n: 1\n"), @r#"
    error: a key must be a word, not a list or a map
     --> run.yaml:1:3
      |
    1 | ? [a]
      |   ^
    "#);
    assert_snapshot!(message("seed: [1\nother: 2\n"), @r#"
    error: this is not YAML: illegal placement of ':' indicator
     --> run.yaml:2:6
      |
    2 | other: 2
      |      ^
    "#);
    assert_snapshot!(message("seed: 1\u{0} 2\n"), @r#"
    error: a control character is not allowed here
     --> run.yaml:1:8
      |
    1 | seed: 1␀ 2
      |        ^
    "#);
    assert_snapshot!(message("- seed\n- workload:\n"), @r#"
    error: a configuration is a map of keys and values, found a list
     --> run.yaml:1:1
      |
    1 | - seed
      | ^^^^^^
    "#);
}

#[test]
fn overrides_point_at_the_command_line() {
    assert_snapshot!(message_with("", &["cluster.kv.blokcs=3"]), @r#"
    error: unknown key `blokcs` in `cluster.kv`
     |
     | --set cluster.kv.blokcs=3
     |                  ^^^^^^
     |
     = help: did you mean `blocks`?
    "#);
    assert_snapshot!(message_with("", &["--kv-blocks many"]), @r#"
    error: `cluster.kv.blocks` must be a whole number from 1 to 4294967294, found text `many`
     |
     | --kv-blocks many
     |             ^^^^
    "#);
    assert_snapshot!(message_with("", &["cluster.kv.blocks"]), @r#"
    error: this sets nothing: there is no `=`
     |
     | --set cluster.kv.blocks
     |       ^^^^^^^^^^^^^^^^^
     |
     = help: write `--set cluster.kv.blocks=2000`
    "#);
    assert_snapshot!(message_with("", &["cluster..kv=1"]), @r#"
    error: a key is empty
     |
     | --set cluster..kv=1
     |               ^
     |
     = help: keys are separated by single dots
    "#);
    assert_snapshot!(message_with("", &["base=other.yaml"]), @r#"
    error: `base` can be written in a file only
     |
     | --set base=other.yaml
     |       ^^^^
    "#);
    assert_snapshot!(message_with("", &["--rate 3", "--speedup 2"]), @r#"
    error: `--rate` and `--speedup` cannot be used together
     |
     = note: given are `--rate 3` and `--speedup 2`
     = note: both stretch the arrival times of the workload
    "#);
    assert_snapshot!(message_with("seed: 1\n", &["seed.root=1"]), @r#"
    error: `seed` must be a whole number from 0 to 2^64 - 1, found a map
     |
     | --set seed.root=1
     |            ^^^^
    "#);
    assert_snapshot!(message_with("", &["--seed [1"]), @r#"
    error: this is not YAML: while parsing a flow sequence, expected ',' or ']'
     |
     | --seed [1
     |          ^
    "#);
}

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
    assert_snapshot!(message("policy:\n  routing: rund-robin\n"), @r#"
    error: the scorer `rund-robin` has no weight
     --> run.yaml:2:12
      |
    2 |   routing: rund-robin
      |            ^^^^^^^^^^
      |
      = help: did you mean the picker `round-robin`?
    "#);
    assert_snapshot!(message("policy:\n  routing: max-score\n"), @r#"
    error: the picker `max-score` needs scorers
     --> run.yaml:2:12
      |
    2 |   routing: max-score
      |            ^^^^^^^^^
      |
      = help: give scorers with weights: `pa:3,qd:2`
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
    assert_snapshot!(message("policy: {routing: {tie_break: frist, picker: max}}\n"), @r#"
    error: `policy.routing.picker` must be `max-score`, `round-robin` or `least-loaded`, found text `max`
     --> run.yaml:1:46
      |
    1 | policy: {routing: {tie_break: frist, picker: max}}
      |                                              ^^^
      |
      = help: did you mean `max-score`?

    error: `policy.routing.tie_break` must be `first`, `random` or `round-robin`, found text `frist`
     --> run.yaml:1:31
      |
    1 | policy: {routing: {tie_break: frist, picker: max}}
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
fn admission_and_failures() {
    assert_snapshot!(message("policy: {admission: token-buckets}\n"), @r#"
    error: there is no admission policy `token-buckets`
     --> run.yaml:1:21
      |
    1 | policy: {admission: token-buckets}
      |                     ^^^^^^^^^^^^^
      |
      = help: did you mean `token-bucket`?
    "#);
    assert_snapshot!(message("policy: {admission: token-bucket}\n"), @r#"
    error: `token-bucket` needs `policy.admission.params.rate_per_s`
     --> run.yaml:1:21
      |
    1 | policy: {admission: token-bucket}
      |                     ^^^^^^^^^^^^

    error: `token-bucket` needs `policy.admission.params.burst`
     --> run.yaml:1:21
      |
    1 | policy: {admission: token-bucket}
      |                     ^^^^^^^^^^^^
    "#);
    assert_snapshot!(message("policy: {admission: {name: slo-gated, params: {classes: batch, threshold: 1}}}\n"), @r#"
    error: `policy.admission.params.classes` must be a list of classes, found text `batch`
     --> run.yaml:1:57
      |
    1 | policy: {admission: {name: slo-gated, params: {classes: batch, threshold: 1}}}
      |                                                         ^^^^^
    "#);
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
fn profiles_and_plugins() {
    assert_snapshot!(message("cluster: {profile: llama-3.1-8b-h100}\n"), @r#"
    error: there is no profile `llama-3.1-8b-h100`
     --> run.yaml:1:20
      |
    1 | cluster: {profile: llama-3.1-8b-h100}
      |                    ^^^^^^^^^^^^^^^^^ did you mean `llama-3.1-8b-h100-tp2`?
      |
      = help: there are: llama-3.1-8b-h100-tp2
    "#);
    assert_snapshot!(message("cluster: {profile: ../x}\n"), @r#"
    error: `../x` is no name of a profile
     --> run.yaml:1:20
      |
    1 | cluster: {profile: ../x}
      |                    ^^^^
      |
      = help: a profile is named by the file in a directory `profiles`, without `.yaml`
    "#);
    assert_snapshot!(message("plugins:\n  - {file: a.so, label: new}\n  - {file: b.so, label: new}\n"), @r#"
    error: the label `new` is given to two libraries
     --> run.yaml:3:25
      |
    2 |   - {file: a.so, label: new}
      |                         --- first given here
    3 |   - {file: b.so, label: new}
      |                         ^^^
    "#);
}

#[test]
fn no_workload() {
    assert_snapshot!(message("workload:\n"), @r#"
    error: there is no workload
     |
     = help: write `workload: FILE` or a map, or give `--trace FILE`
    "#);
    assert_snapshot!(message("workload: 3\n"), @r#"
    error: `workload` must be the path of a file or a map, found `3`
     --> run.yaml:1:11
      |
    1 | workload: 3
      |           ^
    "#);
}

#[test]
fn options_without_effect_are_warnings() {
    let warnings = |text: &str, overrides: &[&str]| {
        let resolved = resolve_with(text, overrides).expect(text);
        resolved.warnings.iter().map(|one| one.render_warning(false)).collect::<Vec<_>>().join("\n\n")
    };
    let offload = "cluster:\n  kv: {offload_threshold: 0.8, reload: async}\n";
    assert_snapshot!(warnings(offload, &["--kv-transfer-bandwidth 5"]), @r#"
    warning: `cluster.kv.offload_threshold` has no effect
     --> run.yaml:2:8
      |
    2 |   kv: {offload_threshold: 0.8, reload: async}
      |        ^^^^^^^^^^^^^^^^^ there is no CPU tier: `cpu_blocks` is 0

    warning: `cluster.kv.transfer_bandwidth` has no effect
     |
     | --kv-transfer-bandwidth 5
     | ^^^^^^^^^^^^^^^^^^^^^^^ there is no CPU tier: `cpu_blocks` is 0

    warning: `cluster.kv.reload` has no effect
     --> run.yaml:2:32
      |
    2 |   kv: {offload_threshold: 0.8, reload: async}
      |                                ^^^^^^ there is no CPU tier: `cpu_blocks` is 0
    "#);
    assert_eq!(warnings(offload, &["--kv-cpu-blocks 10"]), "");
    assert_snapshot!(warnings("policy: {routing: {picker: round-robin, tie_break: first}}\n", &[]), @r#"
    warning: `policy.routing.tie_break` has no effect
     --> run.yaml:1:41
      |
    1 | policy: {routing: {picker: round-robin, tie_break: first}}
      |                                         ^^^^^^^^^ `round-robin` never has a tie
    "#);
    assert_snapshot!(warnings("policy: {routing: pa:1}\n", &["policy.routing.picker=least-loaded"]), @r#"
    warning: `policy.routing.scorers` has no effect
     --> run.yaml:1:19
      |
    1 | policy: {routing: pa:1}
      |                   ^^^^ the picker `least-loaded` asks no scorers
    "#);
    assert_eq!(warnings("", &[]), "");
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

#[test]
fn colour_is_the_callers_choice() {
    let error = resolve("sed: 1\n").expect_err("unknown");
    assert!(!error.render(false).contains('\u{1b}'));
    assert!(error.render(true).contains('\u{1b}'));
    // What a file contains cannot colour or move anything on a terminal.
    let evil = message("\"\\e[31m\": 1\n");
    assert!(!evil.contains('\u{1b}'), "{evil:?}");
}
