//! `pointsman config`: schema, show and check.

use std::fs;

use serde_json::Value;

use crate::libraries::{external, misbehaving};
use crate::scene::{Scene, Seen};

fn config(scene: &Scene, args: &[&str]) -> Seen {
    scene.run(&[&["config"], args].concat())
}

fn schema(scene: &Scene, args: &[&str]) -> Value {
    let seen = config(scene, &[&["schema"], args].concat());
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    serde_json::from_str(&seen.out).unwrap()
}

#[test]
fn the_schema_knows_the_parameters_of_libraries() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let is_valid = |schema: &Value, params: &str| {
        let routing = format!("{{scorers: [{{name: external, weight: 1, params: {params}}}]}}");
        let text = format!("{{workload: w.yaml, policy: {{routing: {routing}}}}}");
        let value: Value = serde_yaml::from_str(&text).unwrap();
        jsonschema::validator_for(schema).unwrap().is_valid(&value)
    };
    let with = schema(&scene, &["--plugin", "libown.so"]);
    assert_eq!(with["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(with["$id"].as_str().unwrap().starts_with("urn:pointsman:run:") && with["title"].is_string());
    let parameter = &with["$defs"]["scorer-external-parameters"]["properties"]["full_requests"];
    assert_eq!((&parameter["type"], &parameter["default"]), (&"integer".into(), &10.into()));
    let doc = "Queue length at which an instance scores 0. [requests]";
    assert_eq!(parameter["description"], doc);
    assert!(is_valid(&with, "{full_requests: 5}"));
    assert!(!is_valid(&with, "{full_requests: many}") && !is_valid(&with, "{requests: 5}"));
    assert!(!is_valid(&schema(&scene, &[]), "{}"), "without the library there is no such scorer");
}

#[test]
fn the_schema_of_two_builds_knows_their_labels() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    scene.write("labelled.yaml", "plugins: [{file: libown.so, label: own}]\n");
    let schema = schema(&scene, &["--config", "labelled.yaml"]);
    let names = schema["$defs"]["scorer-name"]["anyOf"].as_array().unwrap();
    for name in ["external", "ext", "external@own", "ext@own"] {
        assert!(names.iter().any(|one| one["const"] == name), "{name} in {names:?}");
    }
}

#[test]
fn a_workload_and_a_profile_have_schemas_of_their_own() {
    let scene = Scene::new();
    let workload = jsonschema::validator_for(&schema(&scene, &["--of", "workload"])).unwrap();
    let valid: Value = serde_yaml::from_str("{trace: t.jsonl, speedup: 2}").unwrap();
    assert!(workload.is_valid(&valid) && !workload.is_valid(&Value::from(5)));
    let profile = jsonschema::validator_for(&schema(&scene, &["--of", "profile"])).unwrap();
    let valid: Value =
        serde_yaml::from_str("{latency: {alpha: [1, 2, 3], beta: [1, 2, 3]}, kv: {blocks: 5}}").unwrap();
    assert!(profile.is_valid(&valid) && !profile.is_valid(&serde_json::json!({ "kv": { "blocks": 5 } })));
}

/// What is shown can be run, and gives the same.
#[test]
fn a_configuration_is_shown_with_everything_filled_in() {
    let scene = Scene::new();
    let flags = ["--priority", "slo-class", "--scheduler", "sjf", "--set", "policy.routing.tie_break=first"];
    let shown = config(&scene, &[&["show", "run.yaml"], &flags[..]].concat());
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    let lines: Vec<&str> = shown.out.lines().collect();
    assert_eq!(lines[..4], ["seed: 1", "engine: fast", "horizon_us: null", "cluster:"]);
    for part in
        ["      age_weight: 0.0", "        tie_break: first", "    block_size: 16", "  on_error: fail"]
    {
        assert!(lines.contains(&part), "no {part} in\n{}", shown.out);
    }
    scene.write("shown.yaml", &shown.out);
    let run = |args: &[&str]| {
        let seen = scene.run(&[&["run"], args, &["--requests", "-"]].concat());
        assert_eq!(seen.code, Some(0), "{}", seen.err);
        seen.out
    };
    assert_eq!(run(&["shown.yaml"]), run(&[&["run.yaml"], &flags[..]].concat()));
    let json = config(&scene, &["show", "run.yaml", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["policy"]["routing"]["scorers"][0]["params"]["capacity_blocks"], Value::Null);
}

#[test]
fn a_tie_break_is_shown_in_one_place() {
    let scene = Scene::new();
    for (routing, expected) in [
        ("{scorers: 'qd:1', picker: {name: max-score, params: {tie_break: first}}}", Some("first")),
        ("{scorers: 'qd:1', tie_break: round-robin}", Some("round-robin")),
        ("round-robin", None),
    ] {
        let set = format!("policy.routing={routing}");
        let shown = config(&scene, &["show", "run.yaml", "--set", &set, "--format", "json"]);
        let shown: Value = serde_json::from_str(&shown.out).unwrap();
        let routing = &shown["policy"]["routing"];
        assert_eq!(routing["picker"]["params"]["tie_break"].as_str(), expected);
        assert!(routing.get("tie_break").is_none(), "{routing}");
    }
}

#[test]
fn configurations_are_checked_without_being_run() {
    let scene = Scene::new();
    scene.write("typo.yaml", "base: run.yaml\npolicy: {scheduler: fcsf}\n");
    scene.write("empty.yaml", "base: run.yaml\nworkload: {requests: 0}\n");
    let seen = config(&scene, &["check", "run.yaml"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    assert_eq!(seen.out, "run.yaml: can be run: 60 requests on 2 instances\n");
    let seen = config(&scene, &["check", "typo.yaml", "run.yaml", "empty.yaml", "missing.yaml"]);
    assert_eq!((seen.code, seen.out.lines().count()), (Some(2), 1), "{}", seen.out);
    let said = ["there is no scheduler `fcsf`", "`workload.requests`: is 0", "cannot read `missing.yaml`"];
    let places = said.map(|part| seen.err.find(part).unwrap_or_else(|| panic!("no {part} in\n{}", seen.err)));
    assert!(places.is_sorted(), "{}", seen.err);
    // Flags count, and a policy that cannot be built is found.
    let quiet = config(&scene, &["check", "typo.yaml", "--scheduler", "sjf", "--quiet"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
    let library = misbehaving().display().to_string();
    let panics = ["check", "run.yaml", "--plugin", &library, "--routing", "panics-in-new:1"];
    let seen = config(&scene, &panics);
    assert_eq!(seen.code, Some(3), "{}", seen.err);
    assert!(seen.err.contains("boom in new"), "{}", seen.err);
}

#[test]
fn what_has_no_effect_is_said() {
    let scene = Scene::new();
    let seen = config(&scene, &["check", "run.yaml", "--priority", "slo-class"]);
    assert_eq!(seen.code, Some(0));
    assert!(seen.err.starts_with("warning: priority `slo-class` has no effect"), "{}", seen.err);
}
