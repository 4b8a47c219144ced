//! What this repository ships keeps all promises.

use serde_json::Value;

use crate::support::{check, plugins, text};

/// Checks, and returns how many policies there were.
fn passing(args: &[&str]) -> usize {
    let output = check(&[args, &["--format", "json"]].concat());
    let document = serde_json::from_slice::<Value>(&output.stdout);
    let document = document.unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let libraries = document["libraries"].as_array().unwrap();
    let policies: Vec<&Value> =
        libraries.iter().flat_map(|library| library["policies"].as_array().unwrap()).collect();
    for policy in &policies {
        let cases = policy["cases"].as_array().unwrap();
        for result in cases {
            // What is not reached has not been shown.
            let is_good = result["verdict"] == "passed" || result["verdict"] == "not-applicable";
            assert!(is_good, "{} {}: {result:#}", policy["kind"], policy["name"]);
        }
        assert!(cases.iter().filter(|result| result["verdict"] == "passed").count() >= 12, "{policy:#}");
    }
    assert_eq!((output.status.code(), &document["passed"]), (Some(0), &Value::Bool(true)));
    policies.len()
}

#[test]
fn every_plugin_library_passes() {
    let libraries = plugins();
    let files: Vec<&str> = libraries.values().map(|file| file.to_str().unwrap()).collect();
    assert!(files.len() >= 3, "{files:?}");
    assert!(passing(&files) >= files.len());
}

#[test]
fn every_built_in_policy_passes() {
    // These have parameters that must be given.
    let bucket = ["--params", "token-bucket={rate_per_s: 10, burst: 20}"];
    let gate = ["--params", "slo-gated={classes: [batch], threshold: 5}"];
    assert!(passing(&[&["--built-in", "--quick"], &bucket[..], &gate].concat()) >= 9);
}
