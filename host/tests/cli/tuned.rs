//! `pointsman tune`, through the binary.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::libraries::misbehaving;
use crate::scene::{Scene, Seen};

/// Few points, few seeds.
const SMALL: &[&str] = &[
    "tune",
    "run.yaml",
    "--space",
    "kv:0..2,qd:1..2",
    "--vary",
    "cluster.engine.max_num_seqs=2,256",
    "--rate",
    "200",
    "--first-seeds",
    "2",
    "--seeds",
    "4",
    "--held-out",
    "6",
    "--front",
    "3",
    "--out",
    "out",
];

fn small(scene: &Scene, more: &[&str]) -> Seen {
    scene.run(&[SMALL, more].concat())
}

fn answer(scene: &Scene) -> serde_json::Value {
    let mut answer: serde_json::Value = serde_json::from_slice(&scene.read("out/tune.json")).unwrap();
    // It has the number of jobs in it.
    answer["command"] = serde_json::Value::Null;
    answer
}

#[test]
fn a_search_leaves_a_front_that_can_be_run() {
    let scene = Scene::new();
    let seen = small(&scene, &[]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{}", seen.out);
    // 3 * 2 * 2 combinations; qd:1 and qd:2 alone, kv:1,qd:1 and kv:2,qd:2 choose alike.
    let out = seen.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("12 combinations (4 choose as others do); 8 points"), "{}", seen.out);
    assert!(out.contains("8 x 2 seeds, 4 x 4 seeds: 28 runs"), "{}", seen.out);
    let answer = answer(&scene);
    let csv = String::from_utf8(scene.read("out/points.csv")).unwrap();
    assert_eq!(csv.lines().count(), 9, "{csv}");
    assert!(
        csv.starts_with("point,rung,seeds,chosen,beyond_guardrails,ttft_mean,ttft_mean.baseline"),
        "{csv}"
    );
    let list = |name: &str| answer[name].as_array().unwrap().clone();
    let (search, held_out) = (list("search_seeds"), list("held_out_seeds"));
    assert_eq!((search.len(), held_out.len()), (4, 6));
    assert!(search.iter().all(|seed| !held_out.contains(seed)));
    for point in list("front") {
        let file = point["file"].as_str().unwrap();
        assert!(seen.out.contains(&format!("pointsman run {file}")), "{}", seen.out);
        // The file is the point: its figures are those of the first held-out seed.
        let run = scene.run(&["run", file, "--format", "json", "--seed", "1"]);
        assert!(run.code == Some(0) && !run.err.contains("no effect"), "{}", run.err);
        let run: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let base = scene.run(&["run", "run.yaml", "--rate", "200", "--format", "json", "--seed", "1"]);
        let base: serde_json::Value = serde_json::from_str(&base.out).unwrap();
        let ttft = |run: &serde_json::Value| run["summary"]["overall"]["ttft_ms"]["mean"].as_f64().unwrap();
        let told = point["rows"][0]["held_out"]["by_seed"][0]["value"].as_f64().unwrap();
        assert!((ttft(&run) / ttft(&base) - 1.0 - told).abs() < 1e-12, "{told}");
    }
}

#[test]
fn a_search_goes_on_where_it_was_and_jobs_change_nothing() {
    let scene = Scene::new();
    let first = small(&scene, &["--jobs", "1"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    let (whole, points) = (answer(&scene), scene.read("out/points.csv"));
    let bytes = scene.read("out/tune.json");
    let runs: Vec<_> = fs::read_dir(scene.path("out/runs")).unwrap().map(|run| run.unwrap().path()).collect();
    let kept = fs::metadata(&runs[0]).unwrap().modified().unwrap();
    runs[1..runs.len() / 2].iter().for_each(|run| fs::remove_file(run).unwrap());
    // A front that is no longer one, and a file that is somebody's.
    fs::write(scene.path("out/front-9.yaml"), "# Found by: earlier\n").unwrap();
    fs::write(scene.path("out/front-8.yaml"), "mine").unwrap();
    let again = small(&scene, &["--jobs", "1"]);
    assert_eq!(again, first);
    assert!(scene.read("out/tune.json") == bytes);
    assert!(!scene.path("out/front-9.yaml").exists() && scene.path("out/front-8.yaml").exists());
    assert_eq!(fs::metadata(&runs[0]).unwrap().modified().unwrap(), kept, "a known run is not made again");
    let two = small(&scene, &["--jobs", "2", "--fresh"]);
    assert_eq!((two, answer(&scene)), (first, whole));
    assert!(scene.read("out/points.csv") == points);
}

#[test]
fn what_is_wrong_is_named_before_anything_runs() {
    for (args, message) in [
        (&[][..], "there is nothing to search"),
        (&["--space", "pa:1..2,qx:1"], "there is no scorer `qx`"),
        (&["--space", "pa:5..1"], " | --space pa:5..1\n |            ^^^^"),
        (&["--space", "pa:0"], "no point of this space has a scorer"),
        (&["--space", "pa:1..9"], "choose alike"),
        (&["--space", "round-robin"], "leaves nothing open"),
        (&["--space", "pa:1..2,qd:1", "--metric", "ttft_p9"], "there is no metric `ttft_p9`"),
        (&["--space", "pa:1..2,qd:1", "--metric", "steps"], "neither less nor more of `steps` is better"),
        (&["--space", "pa:1..2,qd:1", "--metric", "ttft_p99{class=critcal}"], "did you mean `critical`?"),
        (&["--space", "pa:1..2,qd:1", "--guardrail", "e2e_p99<1"], "is no guardrail"),
        (&["--space", "pa:1..2,qd:1", "--min-effect", "2"], "a percentage"),
        (&["--space", "pa:1..2,qd:1", "--max-runs", "10"], "two points alone need"),
        (&["--space", "pa:1..2,qd:1", "--first-seeds", "9", "--seeds", "8"], "is above --seeds 8"),
        (&["--vary", "policy.scheduler=fcfs,sfj"], "did you mean `sjf`?"),
        (&["--vary", "cluster.kv.blokcs=1,2"], "did you mean `blocks`?"),
        (&["--vary", "cluster.kv.blocks=0..2"], "must be a whole number from 1"),
        (&["--vary", "workload.rate=1,2"], "`workload` cannot vary"),
        (&["--vary", "seed=1,2"], "`seed` cannot vary"),
        (
            &["--space", "{routing: {scorers: [{name: pa, weight: 1, params: {capacity: 1|2}}]}}"],
            "has no parameter `capacity`",
        ),
    ] {
        let scene = Scene::new();
        let seen = scene.run(&[&["tune", "run.yaml"], args].concat());
        assert_eq!(seen.code, Some(2), "{args:?} {}", seen.err);
        assert!(seen.err.contains(message), "{args:?}\n{}", seen.err);
        assert_eq!(scene.names(), ["run.yaml"], "{args:?}");
    }
}

#[test]
fn a_space_that_is_too_large_is_sampled_and_says_so() {
    let scene = Scene::new();
    let space = ["--space", "pa:1..30,qd:1..30", "--seeds", "2", "--held-out", "2", "--metric", "ttft_mean"];
    let by_points = scene.run(&[&["tune", "run.yaml", "--max-points", "5"], &space[..]].concat());
    assert!(by_points.out.contains("5 points drawn at random"), "{} {}", by_points.out, by_points.err);
    assert!(by_points.out.contains("note: 5 points were drawn at random from 900 combinations"));
    // 2 seeds of 8 points and the baseline, and 2 more of one point and the baseline.
    let by_runs = scene.run(&[&["tune", "run.yaml", "--max-runs", "22"], &space[..]].concat());
    assert!(by_runs.out.contains("8 points drawn at random"), "{} {}", by_runs.out, by_runs.err);
}

#[test]
fn without_time_the_first_rung_decides_and_the_claims_are_made_all_the_same() {
    let scene = Scene::new();
    let seen = small(&scene, &["--max-time", "1ms"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(seen.out.contains("note: there was no time for 1 more of the rungs"), "{}", seen.out);
    let answer = answer(&scene);
    assert_eq!(
        (&answer["stopped"], answer["search_seeds"].as_array().unwrap().len()),
        (&"out of time".into(), 2)
    );
    assert_eq!(answer["front"][0]["rows"][0]["held_out"]["by_seed"].as_array().unwrap().len(), 6);
}

#[test]
fn points_that_fail_are_left_out_and_a_gate_that_does_not_hold_is_an_exit_code() {
    let scene = Scene::new();
    let library = misbehaving();
    let library = library.to_str().unwrap();
    let args = [
        "tune",
        "run.yaml",
        "--space",
        "qd:1,panics-in-score:0|1",
        "--plugin",
        library,
        "--seeds",
        "2",
        "--held-out",
        "2",
        "--strict",
    ];
    let seen = scene.run(&[&args[..], &["--vary", "policy.scheduler=fcfs,sjf"]].concat());
    assert_eq!(seen.code, Some(4), "two seeds say nothing: {}{}", seen.out, seen.err);
    assert!(seen.out.contains("note: 2 points failed and were left out"), "{}", seen.out);
    let all =
        scene.run(&["tune", "run.yaml", "--space", "qd:1..2,panics-in-score:1", "--plugin", library, "-q"]);
    assert_eq!(all.code, Some(1), "{}", all.err);
    assert!(all.err.contains("all 2 points failed, the first of them"), "{}", all.err);
}

#[test]
fn ctrl_c_ends_a_search_and_leaves_no_answer() {
    let scene = Scene::new();
    let args = [SMALL, &["--set", "workload.requests=3000000", "--progress", "bar"]].concat();
    let mut child = scene.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert!(!scene.path("out/tune.json").exists());
    assert_eq!(fs::read_dir(scene.path("out/runs")).unwrap().count(), 0, "no half of a run");
}
