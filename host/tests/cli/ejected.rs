//! A policy that fails and is replaced: what one sees of it.

use crate::libraries::misbehaving;
use crate::scene::{Scene, Seen};

/// A run under a policy of the library, of which every call fails.
fn run(scene: &Scene, args: &[&str]) -> Seen {
    let library = misbehaving();
    let seen = scene.run(&[&["run", "run.yaml", "--plugin", library.to_str().unwrap()], args].concat());
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    seen
}

const REPLACED: [&str; 4] =
    ["--routing", "panics-in-score:1", "--set", "policy.on_error={scorer: {fallback: qd}}"];

#[test]
fn it_is_an_event_in_the_summary_file() {
    let scene = Scene::new();
    let seen = run(&scene, &[&REPLACED[..], &["--format", "json"]].concat());
    let summary: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    let [event] = &summary["ejections"].as_array().unwrap()[..] else { panic!("{}", summary["ejections"]) };
    let text = |key: &str| event[key].as_str().unwrap().to_owned();
    assert_eq!(
        (text("kind"), text("policy"), text("fallback")),
        ("scorer".to_owned(), "panics-in-score".to_owned(), "queue-depth".to_owned())
    );
    assert!(text("library").ends_with("libmisbehaving.so"));
    assert!(text("message").contains("boom in score"));
    // The first request of all, when it arrived.
    assert_eq!(event["request"], 0);
    assert!(event["at_us"].as_u64().unwrap() > 0);
    let figures = &summary["failures"][0];
    assert_eq!((&figures["decisions"], &figures["fallback_decisions"]), (&60.into(), &60.into()));
    assert_eq!(figures["fallback_share"], 1.0);
    // Whoever sees no table is warned.
    assert!(seen.err.starts_with("warning: policy ejected: scorer `panics-in-score`"), "{}", seen.err);
    assert_eq!(seen.err.lines().count(), 1, "{}", seen.err);
}

#[test]
fn people_see_who_stands_by_and_how_much_it_decided() {
    let scene = Scene::new();
    let out = run(&scene, &REPLACED).out;
    let standby = out.lines().find(|line| line.starts_with("  fallback ")).unwrap();
    assert!(
        standby.contains("queue-depth") && standby.ends_with("built in; for a scorer that fails"),
        "{standby}"
    );
    let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("`queue-depth` took its place and made 60 of 60 decisions (100.0 %)"), "{out}");
}

#[test]
fn a_policy_of_each_instance_is_ejected_in_each() {
    let scene = Scene::new();
    let seen = run(
        &scene,
        &["--scheduler", "panicking", "--set", "policy.on_error={fallback: fcfs}", "--format", "json"],
    );
    let summary: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    let events = summary["ejections"].as_array().unwrap();
    let mut instances: Vec<u64> = events.iter().map(|event| event["instance"].as_u64().unwrap()).collect();
    instances.sort_unstable();
    assert_eq!(instances, [0, 1]);
    assert!(events.is_sorted_by_key(|event| event["at_us"].as_u64()));
    assert_eq!(summary["failures"].as_array().unwrap().len(), 1);
    assert!(seen.err.contains("in 2 instances, first at "), "{}", seen.err);
}

#[test]
fn what_is_left_out_is_no_ejection() {
    let scene = Scene::new();
    let args = ["--routing", "returns-error:1,qd:1", "--set", "policy.on_error=skip", "--format", "json"];
    let seen = run(&scene, &args);
    let summary: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    assert_eq!(summary["ejections"], serde_json::json!([]));
    assert_eq!(summary["failures"][0]["fallback_share"], serde_json::Value::Null);
    assert_eq!(summary["failures"][0]["first_request"], 0);
    assert!(seen.err.contains("no score today; it was left out of those decisions"), "{}", seen.err);
}
