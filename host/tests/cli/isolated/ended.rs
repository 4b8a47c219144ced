//! Ctrl-C, and a parent that is killed.

use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{isolated, left, plugin, policy, scene};
use crate::scene::Scene;

const LONG: [&str; 4] = ["--progress", "bar", "--set", "workload.requests=3000000"];

/// A run under way: its bar is there.
fn under_way(scene: &Scene, args: &[&str]) -> Child {
    let mut command = isolated(scene, &[&LONG[..], args].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stderr.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    child
}

/// The worker process of a run, by its process id.
fn worker_of(parent: &Child) -> u32 {
    let id = parent.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    children.trim().parse().unwrap()
}

/// Waits until a process is gone: its parent is another one then, which may take its time to see that.
fn wait_for_end(process: u32) {
    let is_alive = || {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    };
    while is_alive() {
        thread::sleep(Duration::from_millis(5));
    }
}

fn signal(name: &str, process: u32) {
    let kill = Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status().unwrap();
    assert!(kill.success());
}

#[test]
fn ctrl_c_ends_both_processes_and_leaves_nothing() {
    for name in ["INT", "TERM"] {
        let scene = scene();
        let child =
            under_way(&scene, &["--requests", "r.csv", "--summary", "s.json", "--timeline", "t.json"]);
        let worker = worker_of(&child);
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(130), "{err}");
        assert!(err.ends_with("\u{1b}[2Kinterrupted\n"), "{err:?}");
        assert!(output.stdout.is_empty());
        assert!(!fs::exists(format!("/proc/{worker}")).unwrap());
        assert_eq!(scene.names(), ["run.yaml", "tmp"]);
        assert!(left(&scene).is_empty());
    }
}

/// A terminal sends Ctrl-C to both processes.
#[test]
fn the_worker_leaves_ctrl_c_to_its_parent() {
    let scene = scene();
    let child = under_way(&scene, &[]);
    signal("INT", worker_of(&child));
    signal("INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stderr.ends_with(b"interrupted\n"));
}

#[test]
fn ctrl_c_ends_a_policy_that_hangs() {
    let scene = scene();
    let [option, file] = plugin();
    let hang = policy("scorer", "how: loop, call: 100000");
    let child = under_way(&scene, &[&option, &file, "--set", &hang, "--policy-timeout", "none"]);
    signal("INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
}

#[test]
fn a_worker_does_not_outlive_its_parent() {
    let scene = scene();
    let mut child = under_way(&scene, &[]);
    let worker = worker_of(&child);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for_end(worker);
}

#[test]
fn a_worker_that_somebody_kills_is_no_fault_of_a_library() {
    let scene = scene();
    let child = under_way(&scene, &["--routing", "round-robin"]);
    signal("KILL", worker_of(&child));
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("was ended by SIGKILL (by the system for lack of memory, or by somebody)"), "{err}");
    assert!(left(&scene).is_empty());
}
