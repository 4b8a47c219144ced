//! `pointsman plugin explain`.

use std::fs;

use serde_json::Value;

use crate::libraries::external;
use crate::scene::{Scene, Seen};

fn explain(scene: &Scene, args: &[&str]) -> Seen {
    scene.run(&[&["plugin", "explain"], args].concat())
}

#[test]
fn a_policy_is_explained_by_name_and_by_alias() {
    let scene = Scene::new();
    let by_name = explain(&scene, &["prefix-affinity"]);
    assert_eq!((by_name.code, by_name.err.as_str()), (Some(0), ""));
    for part in [
        "scorer prefix-affinity",
        ", also pa",
        "built in",
        "capacity_blocks",
        "prompt_blocks",
        "routing: prefix-affinity:1",
    ] {
        assert!(by_name.out.contains(part), "no {part} in\n{}", by_name.out);
    }
    assert_eq!(explain(&scene, &["pa"]), by_name);
}

/// What it says about configurations is true: a run understands each of them.
#[test]
fn what_it_says_to_write_can_be_run() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let listed = scene.run(&["plugin", "list", "--format", "json", "--plugin", "libown.so"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let mut tried = 0;
    for policy in listed["policies"].as_array().unwrap() {
        let name = policy["name"].as_str().unwrap();
        // Libraries beside the binary have tests of their own.
        let is_ours = policy["library_sha256"].is_null() || name == "external";
        if !is_ours || policy["parameters"].to_string().contains("must be given") {
            continue;
        }
        let kind = policy["kind"].as_str().unwrap();
        let seen = explain(&scene, &[name, "--kind", kind, "--plugin", "libown.so", "--format", "json"]);
        let document: Value = serde_json::from_str(&seen.out).unwrap();
        let written = &document["policies"][0]["configuration"];
        for form in ["short", "long"] {
            let Some(text) = written[form].as_str() else { continue };
            // A picker that needs scores says so with `...`.
            let text = text.replace("scorers: ...", "scorers: qd:1");
            scene.write("own.yaml", &format!("{text}\nworkload: {{requests: 3, arrivals: {{process: constant, rate_per_s: 1}}, prompt_tokens: 5, output_tokens: 2}}\n"));
            let run = scene.run(&["run", "own.yaml", "--plugin", "libown.so", "--quiet"]);
            assert_eq!(run.code, Some(0), "{text}\n{}", run.err);
            tried += 1;
        }
        let flag: Vec<&str> = written["flag"].as_str().unwrap().split(' ').collect();
        let run = scene.run(&[&["run", "run.yaml", "--plugin", "libown.so", "--quiet"], &flag[..]].concat());
        assert_eq!(run.code, Some(0), "{flag:?}\n{}", run.err);
    }
    assert!(tried >= 16, "{tried}");
}

#[test]
fn two_libraries_with_one_policy_are_both_explained_and_told_apart_by_label() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libold.so")).unwrap();
    let mut other = fs::read(external()).unwrap();
    other.push(0);
    fs::write(scene.path("libnew.so"), other).unwrap();
    scene.write("two.yaml", "plugins: [{file: libold.so, label: old}, {file: libnew.so, label: new}]\n");
    let both = explain(&scene, &["external", "--config", "two.yaml"]);
    assert_eq!(both.code, Some(0), "{}", both.err);
    assert!(both.out.contains("libold.so") && both.out.contains("libnew.so"), "{}", both.out);
    let one = explain(&scene, &["ext@new", "--config", "two.yaml"]);
    assert!(!one.out.contains("libold.so") && one.out.contains("routing: external@new:1"), "{}", one.out);
    let none = explain(&scene, &["ext@newe", "--config", "two.yaml"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("no library has the label `newe`; did you mean `new`?"), "{}", none.err);
    let none = explain(&scene, &["pa@new"]);
    assert!(none.err.contains("name it with --config"), "{}", none.err);
}

#[test]
fn a_name_that_nobody_has_gets_the_nearest_one() {
    let scene = Scene::new();
    let seen = explain(&scene, &["queue-dept"]);
    assert_eq!((seen.code, seen.out.as_str()), (Some(2), ""));
    assert_eq!(seen.err, "error: there is no policy `queue-dept`; did you mean `queue-depth`?\n");
    let seen = explain(&scene, &["fcfs", "--kind", "scorer"]);
    assert!(seen.err.starts_with("error: there is no scorer `fcfs`"), "{}", seen.err);
    let seen = explain(&scene, &["fcfs", "--kind", "score"]);
    assert_eq!(seen.code, Some(2), "{}", seen.err);
}
