//! Ctrl-C.
#![cfg(unix)]

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::scene::Scene;

/// Starts a run, presses Ctrl-C as soon as the bar shows that the simulation is under way, and
/// checks that the run ends in order and leaves nothing behind.
fn interrupted(values: &[&str]) {
    let scene = Scene::new();
    let mut args = vec!["run", "run.yaml", "--progress", "bar", "--requests", "r.csv", "--summary", "s.json"];
    args.extend(["--timeline", "t.json"]);
    args.extend(values.iter().flat_map(|value| ["--set", value]));
    let mut command = scene.command(&args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.ends_with("interrupted\n"), "{err}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(scene.names(), ["run.yaml"]);
}

#[test]
fn the_first_ends_the_run_without_half_a_file() {
    interrupted(&["workload.requests=3000000"]);
}

#[test]
fn it_ends_the_count_of_what_never_arrived_too() {
    interrupted(&["workload.requests=10000000000", "horizon_us=0"]);
}
