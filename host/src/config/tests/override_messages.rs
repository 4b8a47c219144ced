//! The messages about overrides, and about options without effect, as a user sees them.

use insta::assert_snapshot;

use super::{message_with, resolve_with};

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
    error: `cluster.kv.blocks` must be a whole number from 1 to 4294967294 or `auto`, found text `many`
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
    assert_eq!(warnings("", &[]), "");
}
