//! Ctrl-C.
#![cfg(unix)]

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::scene::Scene;

#[test]
fn the_first_ends_the_run_without_half_a_file() {
    let scene = Scene::new();
    let args = ["run", "run.yaml", "--set", "workload.requests=3000000", "--progress", "bar"];
    let files = ["--requests", "r.csv", "--summary", "s.json"];
    let mut command = scene.command(&[&args[..], &files[..]].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The bar shows that the simulation is under way.
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
