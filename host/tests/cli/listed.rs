//! `pointsman plugin list`.

use std::fs;

use crate::libraries::external;
use crate::scene::{Scene, seen};

#[test]
fn policies_are_listed_with_their_libraries() {
    let scene = Scene::new();
    let path = external().display().to_string();
    let seen = scene.run(&["plugin", "list", "--plugin", &path]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    let row = |name: &str| seen.out.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or("");
    assert!(row("queue-depth").contains("built in"), "{}", seen.out);
    assert!(row("external ").contains("[1]"), "{}", seen.out);
    assert!(row("[1] external-scorer").ends_with(&path), "{}", seen.out);
}

#[test]
fn the_list_is_there_for_programs_too() {
    let scene = Scene::new();
    let seen =
        scene.run(&["plugin", "list", "--format", "json", "--plugin", &external().display().to_string()]);
    let list: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    let policies = list["policies"].as_array().unwrap();
    let ours = policies.iter().find(|policy| policy["name"] == "external").unwrap();
    assert_eq!(ours["library_sha256"], list["libraries"][0]["sha256"]);
    assert!(policies.iter().any(|policy| policy["name"] == "fcfs" && policy["library_sha256"].is_null()));
    // Types and defaults are those of a configuration, not of Rust.
    let affinity = policies.iter().find(|policy| policy["name"] == "prefix-affinity").unwrap();
    let parameter = &affinity["parameters"][0];
    assert_eq!(parameter["type"], "whole number, optional");
    assert!(parameter["default"].is_null() && parameter["schema"]["default"].is_null());
}

/// By kind, within 100 columns but for paths.
#[test]
fn the_list_is_for_reading() {
    let scene = Scene::new();
    let seen = scene.run(&["plugin", "list"]);
    let (policies, _) = seen.out.split_once("\nLibraries").unwrap_or((&seen.out, ""));
    assert!(policies.lines().all(|line| line.chars().count() <= 100), "{policies}");
    let at = |text: &str| seen.out.find(text).unwrap_or_else(|| panic!("no {text} in\n{}", seen.out));
    assert!(at("\n  scorer\n") < at("queue-depth") && at("queue-depth") < at("\n  scheduler\n"));
    // Where a line ends depends on the libraries that lie beside the binary.
    let words = seen.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("1 if all equal; also qd"), "{}", seen.out);
    assert!(seen.out.ends_with("pointsman plugin explain NAME\n"));
}

#[test]
fn libraries_of_a_configuration_are_listed_with_their_labels() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    // Nothing else of the configuration has to be right.
    scene.write("half.yaml", "seed: many\nplugins: [{file: libown.so, label: own}]\n");
    let seen = scene.run(&["plugin", "list", "--config", "half.yaml"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    assert!(seen.out.contains("[1] external-scorer @own"), "{}", seen.out);
    let wrong = scene.run(&["plugin", "list", "--config", "missing.yaml"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
}

#[test]
fn directories_are_searched_and_damaged_libraries_left_out() {
    let scene = Scene::new();
    fs::create_dir(scene.path("libs")).unwrap();
    fs::copy(external(), scene.path("libs/libown.so")).unwrap();
    let whole = fs::read(external()).unwrap();
    fs::write(scene.path("libs/libhalf.so"), &whole[..whole.len() / 2]).unwrap();
    let by_flag = scene.run(&["plugin", "list", "--plugin-dir", "libs"]);
    assert_eq!(by_flag.code, Some(0));
    assert!(by_flag.out.contains("libs/libown.so"), "{}", by_flag.out);
    assert!(by_flag.err.contains("warning: left out: the plugin library libs/libhalf.so"), "{}", by_flag.err);
    let mut command = scene.command(&["plugin", "list"]);
    command.env("POINTSMAN_PLUGIN_PATH", "libs");
    let by_variable = seen(command);
    assert!(by_variable.out.contains("libs/libown.so"), "{}", by_variable.out);
}
