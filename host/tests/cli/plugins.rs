//! Runs with policies of libraries.

use std::fs;

use crate::libraries::{external, misbehaving};
use crate::scene::Scene;

const ROUTING: [&str; 2] = ["--routing", "external:1"];

#[test]
fn the_summary_names_the_library() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let seen = scene.run(&[&["run", "run.yaml", "--plugin", "libown.so"], &ROUTING[..]].concat());
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let line = seen.out.lines().find(|line| line.contains("external")).unwrap();
    assert!(line.contains("x1  libown.so (0.3.0, sha256 "), "{line}");
}

#[test]
fn a_record_finds_its_library_and_wants_that_very_one() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let first = ["run", "run.yaml", "--plugin", "libown.so", "--summary", "first.json", "--quiet"];
    assert_eq!(scene.run(&[&first[..], &ROUTING[..]].concat()).code, Some(0));
    let again = ["run", "--from", "first.json", "--summary", "again.json", "--quiet"];
    let seen = scene.run(&again);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    assert_eq!(scene.read("again.json"), scene.read("first.json"));
    fs::remove_file(scene.path("again.json")).unwrap();
    // Another build: the same library with a byte behind its end.
    let mut other = fs::read(scene.path("libown.so")).unwrap();
    other.push(0);
    fs::write(scene.path("libown.so"), other).unwrap();
    let seen = scene.run(&again);
    assert_eq!(seen.code, Some(3), "{}", seen.err);
    assert!(seen.err.contains("libown.so is not the recorded one"), "{}", seen.err);
    assert!(!scene.names().contains(&"again.json".to_owned()));
}

#[test]
fn libraries_of_a_foreign_configuration_can_be_ignored() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    scene.write("foreign.yaml", "base: run.yaml\nplugins: [{file: libown.so, label: own}]\n");
    let routed = ["--routing", "external@own:1", "--quiet"];
    let run = |more: &[&str]| scene.run(&[&["run", "foreign.yaml"], &routed[..], more].concat());
    assert_eq!(run(&[]).code, Some(0));
    let ignored = run(&["--no-config-plugins"]);
    assert_eq!(ignored.code, Some(2), "{}", ignored.err);
    assert!(ignored.err.contains("there is no scorer `external@own`"), "{}", ignored.err);
}

#[test]
fn what_a_policy_prints_does_not_spoil_results() {
    let scene = Scene::new();
    let library = misbehaving().display().to_string();
    let seen =
        scene.run(&["run", "run.yaml", "--plugin", &library, "--routing", "prints:1", "--format", "json"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    serde_json::from_str::<serde_json::Value>(&seen.out).unwrap();
    assert!(seen.err.contains("printed in score"), "{}", seen.err);
}

#[test]
fn a_policy_that_fails_is_named_with_its_library() {
    let scene = Scene::new();
    let library = misbehaving().display().to_string();
    let args =
        ["run", "run.yaml", "--plugin", &library, "--routing", "panics-in-score:1", "--summary", "s.json"];
    let seen = scene.run(&args);
    assert_eq!(seen.code, Some(3), "{}", seen.err);
    assert!(seen.err.contains("panics-in-score") && seen.err.contains(&library), "{}", seen.err);
    assert_eq!(scene.names(), ["run.yaml"]);
    let skipped = scene.run(&[&args[..], &["--set", "policy.on_error=skip"]].concat());
    assert_eq!(skipped.code, Some(0), "{}", skipped.err);
    assert!(skipped.out.contains("policy failed: scorer `panics-in-score`"), "{}", skipped.out);
}
