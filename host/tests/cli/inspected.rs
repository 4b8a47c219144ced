//! `pointsman plugin inspect`.

use std::fs;

use serde_json::Value;

use crate::libraries::external;
use crate::scene::{Scene, Seen};

/// Puts a library into the scene in which every occurrence of some bytes is replaced by as many others.
fn patched(scene: &Scene, name: &str, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(external()).unwrap();
    let found: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from.as_bytes())).collect();
    assert!(!found.is_empty(), "there is no {from}");
    for at in found {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    fs::write(scene.path(name), bytes).unwrap();
}

fn inspect(scene: &Scene, files: &[&str]) -> Seen {
    scene.run(&[&["plugin", "inspect"], files].concat())
}

/// The text with single spaces, however it is wrapped.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_library_says_what_it_is() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let seen = inspect(&scene, &["libown.so"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    let text = flowing(&seen.out);
    for part in [
        "libown.so library external-scorer 0.3.0 sha256 ",
        "built with pointsman-plugin-api 1.",
        "panic = unwind this host pointsman",
        ") can load it",
        "scorer external 0.3.0, also ext prefers short queues",
        "full_requests: whole number, default 10 Queue length at which an instance scores 0. [requests]",
        "queue_depth requests last report Waiting requests.",
        "`cluster.signals.refresh_interval_us`",
    ] {
        assert!(text.contains(part), "no {part} in\n{}", seen.out);
    }
    assert!(seen.out.lines().all(|line| line.chars().count() <= 100), "{}", seen.out);
}

#[test]
fn everything_is_there_for_programs() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let seen = inspect(&scene, &["libown.so", "--format", "json"]);
    let document: Value = serde_json::from_str(&seen.out).unwrap();
    let library = &document["libraries"][0];
    assert_eq!(library["size_bytes"], fs::metadata(external()).unwrap().len());
    assert_eq!(library["sha256"].as_str().unwrap().len(), 64);
    assert!(library["problem"].is_null());
    let policy = &library["policies"][0];
    let parameter = &policy["parameters"][0];
    assert_eq!((&parameter["type"], &parameter["default"]), (&"whole number".into(), &10.into()));
    assert_eq!(parameter["schema"]["type"], "integer");
    assert_eq!(parameter["rust_type"], "u64");
    let signal = &policy["signals"][0];
    assert_eq!((&signal["required"], &signal["freshness"]), (&true.into(), &"last-report".into()));
    assert!(policy["problem"].is_null());
    assert_eq!(document["host"]["version"], env!("CARGO_PKG_VERSION"));
}

/// What a library says that this host cannot load, with the reason.
#[test]
fn a_library_for_another_host_is_described_all_the_same() {
    let scene = Scene::new();
    patched(&scene, "libmajor.so", r#""api_version":"1."#, r#""api_version":"2."#);
    let seen = inspect(&scene, &["libmajor.so"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    let text = flowing(&seen.out);
    assert!(
        text.contains("cannot load it: the plugin library libmajor.so was built with version 2."),
        "{text}"
    );
    assert!(text.contains("scorer external"), "{text}");
}

#[test]
fn a_policy_that_this_host_cannot_use_is_named_with_the_reason() {
    let scene = Scene::new();
    patched(&scene, "libsignal.so", r#""id":"queue_depth""#, r#""id":"queue_width""#);
    let text = flowing(&inspect(&scene, &["libsignal.so"]).out);
    assert!(text.contains("can load it, but not use 1 of its policies"), "{text}");
    let reason = "not usable here: it needs the signal `queue_width`, which this host does not have";
    assert!(text.contains(reason), "{text}");
    assert!(text.contains("queue_width this host does not have it"), "{text}");

    patched(&scene, "libkind.so", r#""kind":"scorer""#, r#""kind":"sorter""#);
    let text = flowing(&inspect(&scene, &["libkind.so"]).out);
    assert!(text.contains("this host does not know policies of kind `sorter`"), "{text}");
    assert!(text.contains("sorter external 0.3.0"), "{text}");
    let listed = scene.run(&["plugin", "list", "--plugin", "libkind.so"]);
    assert!(listed.out.contains("of kinds that this host does not know"), "{}", listed.out);
    let explained = scene.run(&["plugin", "explain", "external", "--plugin", "libkind.so"]);
    assert_eq!(explained.code, Some(0), "{}", explained.err);
    assert!(explained.out.contains("does not know policies of kind `sorter`"), "{}", explained.out);
}

#[test]
fn what_is_no_policy_library_is_an_error_and_the_others_are_shown() {
    let scene = Scene::new();
    fs::copy(external(), scene.path("libown.so")).unwrap();
    let seen = inspect(&scene, &["run.yaml", "libown.so", "missing.so"]);
    assert_eq!(seen.code, Some(3));
    assert!(seen.out.contains("scorer external"), "{}", seen.out);
    let errors: Vec<&str> = seen.err.lines().collect();
    assert_eq!(errors.len(), 2, "{}", seen.err);
    assert!(errors[0].contains("run.yaml is not a shared library"), "{}", seen.err);
    assert!(errors[1].contains("cannot read the plugin library missing.so"), "{}", seen.err);
}

/// A library that cannot even be mapped on this machine still has a manifest.
#[test]
fn a_library_for_another_machine_is_described() {
    const MACHINE: usize = 18;
    let scene = Scene::new();
    let mut bytes = fs::read(external()).unwrap();
    let other: u8 = if bytes[MACHINE] == 62 { 183 } else { 62 };
    bytes[MACHINE] = other;
    fs::write(scene.path("libother.so"), bytes).unwrap();
    let seen = inspect(&scene, &["libother.so"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let text = flowing(&seen.out);
    assert!(text.contains("cannot load it: the plugin library libother.so is for "), "{text}");
    assert!(text.contains("prefers short queues"), "{text}");
}
