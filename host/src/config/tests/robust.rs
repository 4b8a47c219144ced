//! No text makes the program panic, run out of stack, or eat memory.

use std::path::Path;

use proptest::prelude::*;

use super::super::{Config, Override};
use super::{message, message_with};
use crate::engine::LatencyModel;

/// Everything that a text can be used for; only that it ends counts.
fn use_all(text: &str) {
    for result in [
        Config::from_text(Path::new("run.yaml"), text, &[]).and_then(|config| config.resolve()),
        Override::set(text)
            .and_then(|set| Config::from_text(Path::new("run.yaml"), VALID, &[set]))
            .and_then(|config| config.resolve()),
        Override::set(&format!("policy.routing={text}"))
            .and_then(|set| Config::from_text(Path::new("run.yaml"), VALID, &[set]))
            .and_then(|config| config.resolve()),
    ] {
        match result {
            Ok(resolved) => {
                for warning in &resolved.warnings {
                    let _ = warning.render_warning(true);
                }
                let value = resolved.to_value();
                let again = Config::from_value(&value, "record", &[]).and_then(|config| config.resolve());
                assert_eq!(again.expect("a record can be read").to_value(), value);
            }
            Err(error) => {
                assert!(!error.render(false).is_empty());
                let _ = error.render(true);
            }
        }
    }
}

const VALID: &str = "seed: 42
horizon_us: null
cluster:
  instances: 4
  profile: llama-3.1-8b-h100-tp2
  latency: {model: linear, alpha: [1601.35, 3.512, 1805.5], beta: [6910.4, 17.67, 2.838]}
  kv: {blocks: 2000, block_size: 16, cpu_blocks: 3000, offload_threshold: 0.8, reload: blocking}
  engine: {max_num_seqs: 256, preemption: tail}
  signals: {refresh_interval_us: 0}
plugins: [target/release/libkv_pressure_slo.so, {file: \"a b.so\", label: new}]
policy:
  routing:
    scorers:
      - {name: prefix-affinity, weight: 3, params: {capacity_blocks: 2000}}
      - {name: queue-depth@x, weight: 2}
    picker: max-score
  scheduler: {name: priority-fcfs, params: {}}
  admission: always-admit
  on_error: {scorer: skip}
workload: {trace: 't.jsonl', format: auto}
slo: {critical: {ttft_ms: 500, e2e_ms: 10000}}
";

#[test]
fn the_text_that_is_mutated_is_good() {
    assert!(Config::from_text(Path::new("run.yaml"), VALID, &[]).and_then(|config| config.resolve()).is_ok());
}

#[test]
fn deep_nesting_is_an_error() {
    for deep in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(),
        format!("seed: {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        "? ".repeat(100_000),
        "[{".repeat(50_000),
    ] {
        let error = Config::from_text(Path::new("run.yaml"), &deep, &[]).expect_err("too deep");
        assert!(error.to_string().len() < 2000, "{error}");
        let expected = ["levels deep", "a key must be a word"];
        assert!(expected.iter().any(|words| error.to_string().contains(words)), "{error}");
    }
    let error = message_with("", &[&format!("{}=1", vec!["a"; 100_000].join("."))]);
    assert!(error.contains("more than 16 keys"), "{error}");
    insta::assert_snapshot!(message(&format!("seed:\n{}\n", "- ".repeat(70))), @r#"
    error: this is nested more than 64 levels deep
     --> run.yaml:2:127
      |
    2 | - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -...
      |                                                                                                                               ^
    "#);
}

#[test]
fn alias_bombs_are_errors() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let item = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![item; 10].join(", "));
    }
    let error = message(&bomb);
    assert!(error.contains("more than 200000 values"), "{error}");
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(message(&chain).contains("levels deep"), "{}", message(&chain));
    insta::assert_snapshot!(message("seed: &s [*s]\n"), @r#"
    error: an alias cannot stand inside the value that it names
     --> run.yaml:1:11
      |
    1 | seed: &s [*s]
      |           ^^
    "#);
    insta::assert_snapshot!(message("seed: *nothing\n"), @r#"
    error: this is not YAML: while parsing node, found unknown anchor
     --> run.yaml:1:7
      |
    1 | seed: *nothing
      |       ^
    "#);
}

#[test]
fn aliases_are_copies() {
    let text = "cluster: {latency: {alpha: &c [1, 2, 3], beta: *c}}\nworkload: {}\n";
    let resolved = Config::from_text(Path::new("run.yaml"), text, &[]).and_then(|config| config.resolve());
    let linear = LatencyModel::linear([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], None);
    assert_eq!(resolved.expect("good").settings.latency, linear);
}

#[test]
fn wide_and_long_texts_are_errors_or_fine() {
    let keys: String = (0..5000).map(|i| format!("k{i}: 1\n")).collect();
    assert!(message(&keys).contains("more than 1024 keys"));
    let list = format!("plugins: [{}]\n", vec!["a"; 300_000].join(","));
    assert!(message(&list).contains("more than 200000 values"));
    let word = message(&format!("policy: {{scheduler: '{}!'}}\n", "x".repeat(1 << 20)));
    assert!(word.len() < 1000, "{word}");
    let scorers: Vec<String> = (0..100_000).map(|i| format!("s{i}:1")).collect();
    let error = message(&format!("policy: {{routing: '{}'}}\n", scorers.join(",")));
    assert!(error.contains("more than 256 scorers"), "{error}");
    let key = message(&format!("? {}\n: 1\n", "x".repeat(1 << 20)));
    assert!(key.len() < 1000, "{key}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_ends(text in any::<String>()) {
        use_all(&text);
    }

    #[test]
    fn any_text_like_yaml_ends(text in "([a-c0-9 \\n\\t:,@*&!|>%'\"{}\\[\\]?<~.#-]|seed|policy|routing|---|: |\\r\\n|\u{e4}|\u{feff}|\u{85}|\u{2028}){0,60}") {
        use_all(&text);
    }

    #[test]
    fn any_mutation_ends(edits in proptest::collection::vec((0..VALID.len(), 0..12usize, "([ -~\\n\u{e4}]|null|-1|.nan|1e400){0,4}"), 1..4)) {
        let mut text = VALID.to_owned();
        for (at, len, new) in edits {
            let mut start = at.min(text.len());
            while !text.is_char_boundary(start) { start -= 1; }
            let mut end = (start + len).min(text.len());
            while !text.is_char_boundary(end) { end += 1; }
            text.replace_range(start..end, &new);
        }
        use_all(&text);
    }
}
