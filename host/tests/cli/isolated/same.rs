//! What comes out is what comes out without isolation, to the byte.

use std::fs;
use std::process::Stdio;

use super::{isolated, left, run, scene};
use crate::libraries::{external, misbehaving};
use crate::scene::{Scene, Seen, seen};

/// Runs `run.yaml` with these arguments, isolated or not, and takes what it left in files.
fn outcome(scene: &Scene, args: &[&str], is_isolated: bool) -> (Seen, Vec<(String, Vec<u8>)>) {
    let seen = if is_isolated { run(scene, args) } else { scene.run(&[&["run", "run.yaml"], args].concat()) };
    let mut files = Vec::new();
    for name in scene.names().into_iter().filter(|name| name.starts_with("out.")) {
        files.push((name.clone(), scene.read(&name)));
        fs::remove_file(scene.path(&name)).unwrap();
    }
    (seen, files)
}

fn same(args: &[&str]) -> (Seen, Vec<(String, Vec<u8>)>) {
    let scene = scene();
    let plain = outcome(&scene, args, false);
    assert_eq!(outcome(&scene, args, true), plain, "{args:?}");
    plain
}

#[test]
fn results_are_the_same() {
    let files = ["--requests", "out.csv", "--summary", "out.json"];
    let (seen, files) = same(&files);
    assert_eq!((seen.code, files.len()), (Some(0), 2));
    for args in [
        &["--format", "json"][..],
        &["--requests", "-"],
        &["--summary", "-", "--requests", "out.csv"],
        &["--quiet", "--summary", "out.json"],
        &["--color", "always"],
        &["--requests", "/dev/null", "--summary", "/dev/null"],
    ] {
        assert_eq!(same(args).0.code, Some(0));
    }
}

#[test]
fn results_with_policies_of_libraries_are_the_same() {
    let external = external();
    let args = ["--plugin", external.to_str().unwrap(), "--routing", "external:1,qd:1"];
    let (seen, files) = same(&[&args[..], &["--requests", "out.csv", "--summary", "out.json"]].concat());
    assert_eq!((seen.code, files.len()), (Some(0), 2));
    assert!(seen.out.contains("libexternal_scorer.so"), "{}", seen.out);
}

#[test]
fn messages_are_the_same() {
    let misbehaving = misbehaving();
    let plugin = ["--plugin", misbehaving.to_str().unwrap()];
    for (args, code, part) in [
        // What policies print, warnings before and after the run, and what failed in it.
        (&["--routing", "prints:1", "--quiet"][..], 0, "printed in score"),
        (&["--priority", "slo-class", "--color", "always"], 0, "\u{1b}["),
        (&["--set", "slo={critcal: {ttft_ms: 5}}", "--quiet"], 0, "has no effect for `critcal`"),
        (&["--routing", "returns-huge:1", "--format", "json"], 0, "scores clamped"),
        (&["--routing", "panics-in-score:1"], 3, "boom in score"),
        (&["--routing", "panics-in-new:1", "--color", "always"], 3, "boom in new"),
        (&["--routing", "queue-dept:1"], 2, "did you mean"),
    ] {
        let (seen, _) = same(&[&plugin[..], args].concat());
        assert_eq!(seen.code, Some(code), "{}", seen.err);
        assert!(seen.err.contains(part), "{args:?} says: {}", seen.err);
    }
}

#[test]
fn a_configuration_may_come_from_standard_input() {
    let scene = scene();
    let mut outcomes = Vec::new();
    for isolate in [&["--isolate"][..], &[]] {
        let mut command = scene.command(&[&["run", "/dev/stdin", "--format", "json"], isolate].concat());
        command.stdin(Stdio::from(fs::File::open(scene.path("run.yaml")).unwrap()));
        let seen = seen(command);
        assert_eq!(seen.code, Some(0), "{}", seen.err);
        outcomes.push(seen.out);
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

#[test]
fn a_record_is_run_again() {
    let scene = scene();
    assert_eq!(run(&scene, &["--summary", "first.json", "--quiet"]).code, Some(0));
    let again = ["run", "--from", "first.json", "--isolate", "--summary", "again.json", "--quiet"];
    assert_eq!(scene.run(&again).code, Some(0));
    assert_eq!(scene.read("again.json"), scene.read("first.json"));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let scene = scene();
    let mut command = isolated(&scene, &["--format", "json", "--summary", "s.json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(scene.names().contains(&"s.json".to_owned()));
}

#[test]
fn a_full_disk_is_named() {
    let scene = scene();
    let full = run(&scene, &["--requests", "/dev/full"]);
    assert_eq!(full.code, Some(1));
    assert!(full.err.contains("cannot write /dev/full: no space left"), "{}", full.err);
    let mut command = isolated(&scene, &[]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let seen = seen(command);
    assert_eq!(seen.code, Some(1));
    assert!(seen.err.contains("cannot write to standard output"), "{}", seen.err);
    assert!(left(&scene).is_empty());
}
