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
