//! `run --isolate`: a run in a process of its own, a file per behaviour.

mod crashes;
mod ended;
mod limits;
mod same;

use std::process::Command;

use crate::libraries::crashing;
use crate::scene::{Scene, Seen, seen};

/// A scene with a folder for temporary files of its own.
fn scene() -> Scene {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("tmp")).unwrap();
    scene
}

/// The binary, about to do an isolated run of `run.yaml`.
fn isolated(scene: &Scene, args: &[&str]) -> Command {
    let mut command = scene.command(&[&["run", "run.yaml", "--isolate"], args].concat());
    command.env("TMPDIR", scene.path("tmp"));
    command
}

/// Such a run to its end, with which everything temporary is gone.
fn run(scene: &Scene, args: &[&str]) -> Seen {
    let seen = seen(isolated(scene, args));
    assert!(left(scene).is_empty(), "{:?}", left(scene));
    seen
}

/// The temporary files that are there.
fn left(scene: &Scene) -> Vec<String> {
    let entries = scene.path("tmp").read_dir().unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// `--plugin` with the library of policies that no guard can hold.
fn plugin() -> [String; 2] {
    ["--plugin".to_owned(), crashing().to_str().unwrap().to_owned()]
}

/// A policy of it, as a value of the configuration.
fn policy(kind: &str, params: &str) -> String {
    let policy = format!("name: crashing-{kind}, params: {{{params}}}");
    match kind {
        "scorer" => format!("policy.routing={{scorers: [{{weight: 1, {policy}}}]}}"),
        "filter" => format!("policy.routing={{filters: [{{{policy}}}], scorers: [{{name: qd, weight: 1}}]}}"),
        "picker" => format!("policy.routing={{scorers: null, picker: {{{policy}}}}}"),
        _ => format!("policy.{kind}={{{policy}}}"),
    }
}

/// An isolated run with a policy of it.
fn crash(scene: &Scene, kind: &str, params: &str, args: &[&str]) -> Seen {
    let [option, file] = plugin();
    run(scene, &[&[option.as_str(), file.as_str(), "--set", policy(kind, params).as_str()], args].concat())
}
