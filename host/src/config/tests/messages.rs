//! The messages about what was written in a file, as a user sees them.

use insta::assert_snapshot;

use super::{message, resolve};

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
      = help: known here: base, seed, engine, horizon_us, cluster, plugins, policy, workload, slo
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
    error: `cluster.kv.blocks` must be a whole number from 1 to 4294967294 or `auto`, found `0`
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
fn colour_is_the_callers_choice() {
    let error = resolve("sed: 1\n").expect_err("unknown");
    assert!(!error.render(false).contains('\u{1b}'));
    assert!(error.render(true).contains('\u{1b}'));
    // What a file contains cannot colour or move anything on a terminal.
    let evil = message("\"\\e[31m\": 1\n");
    assert!(!evil.contains('\u{1b}'), "{evil:?}");
}
