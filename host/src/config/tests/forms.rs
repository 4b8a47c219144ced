//! Forms that mean the same, and what lies over what.

use super::{resolve, resolve_with};
use crate::engine::{Linear, StepModel};

fn same(one: &str, other: &str) {
    let (one, other) = (resolve(one).expect(one), resolve(other).expect(other));
    assert_eq!(one.to_value(), other.to_value());
    assert_eq!(one, other);
}

#[test]
fn short_and_long_forms_are_the_same() {
    same(
        "policy: {routing: 'pa:3,kv-pressure@new:0.5'}\n",
        "policy: {routing: {scorers: [{name: pa, weight: 3}, {name: kv-pressure@new, weight: 0.5}]}}\n",
    );
    same(
        "policy: {routing: least-loaded}\n",
        "policy: {routing: {picker: least-loaded, tie_break: random}}\n",
    );
    same("policy: {routing: 'pa:3'}\n", "policy: {routing: {scorers: 'pa:3', picker: max-score}}\n");
    same("policy: {scheduler: sjf}\n", "policy: {scheduler: {name: sjf, params: {}}}\n");
    same("policy: {admission: always-admit}\n", "policy: {admission: {name: always-admit}}\n");
    same("plugins: [a.so]\n", "plugins: [{file: ./a.so}]\n");
    same("", "seed: 42\npolicy: {routing: round-robin, scheduler: fcfs, priority: constant}\ncluster:\n");
}

#[test]
fn overrides_reach_into_short_forms() {
    let text = "policy: {routing: 'pa:3,qd:2', scheduler: priority-fcfs}\n";
    let with = |overrides: &[&str]| resolve_with(text, overrides).expect("good").policy.to_value();
    let first = with(&["policy.routing.tie_break=first"]);
    assert_eq!(first["routing"]["scorers"][1]["name"], "qd");
    assert_eq!(first["routing"]["tie_break"], "first");
    let params = with(&["policy.scheduler.params.x=1"]);
    assert_eq!(params["scheduler"]["name"], "priority-fcfs");
    assert_eq!(params["scheduler"]["params"]["x"], 1);
    let replaced = with(&["policy.scheduler.params.x=1", "--scheduler fcfs", "--routing kv:1"]);
    assert_eq!(replaced["scheduler"]["params"], serde_json::json!({}));
    assert_eq!(replaced["routing"]["scorers"].as_array().expect("a list").len(), 1);
}

#[test]
fn a_policy_of_another_name_takes_no_parameters_over() {
    let text = "policy: {scheduler: {name: a, params: {x: 1}}}\n";
    let policy = |set: &str| resolve_with(text, &[set]).expect(set).policy.scheduler;
    assert!(policy("policy.scheduler.name=b").params.is_empty());
    assert_eq!(policy("policy.scheduler.params.y=2").params.len(), 2);
}

#[test]
fn a_trace_replaces_the_workload_and_flags_change_it() {
    let text = "workload: {requests: 5, rate: 3}\n";
    let workload =
        |overrides: &[&str]| resolve_with(text, overrides).expect("good").workload.to_value().clone();
    assert_eq!(workload(&["--limit 2", "--trace t.csv"]), serde_json::json!({"trace": "t.csv", "limit": 2}));
    assert_eq!(workload(&["--rate 9"]), serde_json::json!({"requests": 5, "rate": 9}));
    assert_eq!(workload(&["workload={trace: t.csv}"]), serde_json::json!({"trace": "t.csv"}));
}

#[test]
fn the_latency_replaces_the_profiles_and_keeps_its_blocks() {
    let resolved = resolve("cluster: {latency: {alpha: [0, 0, 0], beta: [1000, 10, 1]}}\n").expect("good");
    assert_eq!(
        resolved.settings.latency.step,
        StepModel::Linear(Linear { beta: [1000.0, 10.0, 1.0], beta3: None })
    );
    assert_eq!(resolved.settings.kv.blocks, 132_139);
    assert_eq!(resolved.profile.expect("it gave the blocks").name, super::super::DEFAULT_PROFILE);
}

#[test]
fn defaults_are_the_models() {
    let resolved = resolve("").expect("good");
    let kv = &resolved.settings.kv;
    assert_eq!((kv.block_size, kv.cpu_blocks, kv.transfer_bandwidth), (16, 0, 100));
    assert_eq!((kv.offload_threshold, kv.transfer_base_latency_us, kv.thrash_window_us), (0.9, 0, 1000));
    let engine = &resolved.settings.engine;
    assert_eq!((engine.max_num_seqs, engine.max_num_batched_tokens), (256, 2048));
    assert_eq!(engine.long_prefill_token_threshold, 0);
    assert_eq!(resolved.settings.horizon_us, None);
}
