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

/// Whole runs are kept, half ones are not, and the same command ends as if nothing had been.
#[test]
fn an_experiment_keeps_what_was_done_and_goes_on() {
    const ARMS: &str = "\
base: run.yaml
seeds: 4
arms:
  short: {}
  long: {workload: {requests: 100000, output_tokens: 200}, horizon_us: HORIZON}
";
    let scene = Scene::new();
    // Long enough to be in it when Ctrl-C comes; a minute of simulated time afterwards.
    scene.write("e.yaml", &ARMS.replace("HORIZON", "100000000000"));
    let args = ["experiment", "e.yaml", "--out", "out", "--jobs", "1", "--progress", "bar"];
    let mut child = scene.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Seeds are run arm by arm: the short run of the first seed is done when there is a file.
    let runs = scene.path("out").join("runs");
    let is_kept = |path: std::path::PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let kept = || {
        let entries = runs.read_dir().into_iter().flatten();
        entries.filter(|entry| is_kept(entry.as_ref().unwrap().path())).count()
    };
    while kept() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(kept() >= 1 && !scene.path("out").join("results.json").exists(), "{err}");
    let files = runs.read_dir().unwrap().count();
    assert_eq!(files, kept(), "no half of a run stays");

    scene.write("e.yaml", &ARMS.replace("HORIZON", "1000000"));
    let go_on = scene.run(&["experiment", "e.yaml", "--out", "out", "--jobs", "1", "-q"]);
    assert_eq!(go_on.code, Some(0), "{}", go_on.err);
    let fresh = scene.run(&["experiment", "e.yaml", "--out", "fresh", "--jobs", "1", "-q"]);
    assert_eq!(fresh.code, Some(0), "{}", fresh.err);
    let results = |folder: &str| {
        let text = String::from_utf8(scene.read(&format!("{folder}/results.json"))).unwrap();
        text.replace(&format!("--out {folder}"), "--out DIR")
    };
    assert!(results("out") == results("fresh"));
}
