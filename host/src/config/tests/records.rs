//! Records: what a run writes down is read back as the same run.

use proptest::prelude::*;

use super::super::{Config, Resolved};
use super::resolve_with;

fn read_back(resolved: &Resolved) -> Resolved {
    let value = resolved.to_value();
    // As it will be: through the text of a file.
    let text = serde_json::to_string(&value).expect("JSON");
    let value = serde_json::from_str(&text).expect("JSON");
    let config = Config::from_value(&value, "summary.json", &[]).expect("a configuration");
    config.resolve().unwrap_or_else(|error| panic!("{value:#}\n{error}"))
}

#[track_caller]
fn check(text: &str, overrides: &[&str]) {
    let resolved = resolve_with(text, overrides).unwrap_or_else(|error| panic!("{error}"));
    let again = read_back(&resolved);
    assert_eq!(again, resolved);
    assert_eq!(again.to_value(), resolved.to_value());
    assert!(again.warnings.is_empty());
}

#[test]
fn unusual_runs_are_read_back() {
    check("", &[]);
    check("seed: 18446744073709551615\nhorizon_us: 0\nslo: {'ключ \"x\"': {itl_ms: 0.1}}\n", &[]);
    check(
        "cluster: {latency: {alpha: [1, 0.1, 1e12], beta: [0, 1e-300, 3, 0.1]}, engine: {preemption: priority}}\n",
        &[],
    );
    check(
        "plugins: [a.so, {file: 'b: c.so', label: new}]\nworkload: {trace: 't \\ x', x: [~, true, -1, 1.5, {a: b}]}\n",
        &[],
    );
    check("policy: {on_error: {scorer: skip, priority: {fallback: {name: age, params: {x: [1]}}}}}\n", &[]);
    check(
        "policy: {admission: {name: token-bucket, params: {rate_per_s: 0.3, burst: 1e11}}, routing: {picker: least-loaded, tie_break: first}}\n",
        &[],
    );
    check(
        "policy: {routing: {by_class: {z: 'pa:2', critical: 'pa@x:0.1,qd:4', default: 'kv:1'}, tie_break: round-robin}}\n",
        &[],
    );
    check(
        "policy: {routing: {scorers: [{name: a, weight: 3, library: x/y.so, params: {p: {q: 1}}}]}}\n",
        &[],
    );
}

#[test]
fn a_record_can_be_changed_by_overrides() {
    let resolved = resolve_with("policy: {routing: 'pa:3'}\n", &[]).expect("good");
    let seven = super::super::Override::set("seed=7").expect("good");
    let config = Config::from_value(&resolved.to_value(), "summary.json", &[seven]).expect("good");
    let again = config.resolve().expect("good");
    assert_eq!((again.seed, &again.policy), (7, &resolved.policy));
}

#[test]
fn a_record_does_not_need_the_profile_any_more() {
    let mut value = resolve_with("", &[]).expect("good").to_value();
    value["cluster"]["profile"] = "gone".into();
    let again = Config::from_value(&value, "summary.json", &[]).expect("good").resolve().expect("good");
    assert_eq!(again.profile_name, "gone");
    value["cluster"]["kv"]["blocks"] = serde_json::Value::Null;
    let error = Config::from_value(&value, "summary.json", &[]).expect("good").resolve().expect_err("bad");
    insta::assert_snapshot!(error, @r#"
    error: `cluster.kv.blocks` must be a whole number from 1 to 4294967294 or `auto`, found nothing
     |
     |       "blocks": null,
     |                 ^^^^
    "#);
}

proptest! {
    #[test]
    fn any_run_is_read_back(
        seed: u64,
        horizon in proptest::option::of(0..=(1u64 << 62)),
        (instances, blocks, cpu_blocks) in (1..=65_536u32, 1..=u32::MAX - 1, 0..=u32::MAX - 1),
        threshold in 0.0..=1.0f64,
        coefficients in proptest::collection::vec(0.0..1e6f64, 6..=7),
        weights in proptest::collection::vec(1e-9..1e9f64, 1..5),
        target in 1e-9..1e12f64,
    ) {
        let (alpha, beta) = coefficients.split_at(3);
        let scorers: Vec<String> =
            weights.iter().enumerate().map(|(i, weight)| format!("s{i}:{weight}")).collect();
        let horizon = horizon.map_or("null".to_owned(), |horizon| horizon.to_string());
        let text = format!(
            "seed: {seed}\nhorizon_us: {horizon}\ncluster:\n  instances: {instances}\n  latency: {{alpha: {alpha:?}, beta: {beta:?}}}\n  \
             kv: {{blocks: {blocks}, cpu_blocks: {cpu_blocks}, offload_threshold: {threshold}}}\n\
             policy: {{routing: '{}'}}\nslo: {{a: {{e2e_ms: {target}}}}}\n",
            scorers.join(","),
        );
        let resolved = resolve_with(&text, &[]).expect("good");
        prop_assert_eq!(resolved.settings.kv.offload_threshold, threshold);
        prop_assert_eq!(&resolved.settings.latency.alpha[..], alpha);
        prop_assert_eq!(resolved.policy.routing.scorers.iter().map(|one| one.weight).collect::<Vec<_>>(), weights);
        let again = read_back(&resolved);
        prop_assert_eq!(&again, &resolved);
    }
}
