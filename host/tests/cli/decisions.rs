//! What a decisions file holds, and what is shown of it.

use std::io::Read as _;

use crate::scene::Scene;

/// A run of the scene with a decisions file of that name.
fn scene(file: &str, options: &[&str]) -> Scene {
    let scene = Scene::new();
    let args = [&["run", "run.yaml", "--quiet", "--decisions", file], options].concat();
    let seen = scene.run(&args);
    assert_eq!((seen.code, seen.out.as_str(), seen.err.as_str()), (Some(0), "", ""));
    scene
}

fn lines(scene: &Scene, file: &str) -> Vec<serde_json::Value> {
    let text = String::from_utf8(scene.read(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn every_decision_is_there_and_adds_up() {
    let scene = scene("d.jsonl", &["--requests", "r.csv"]);
    let all = lines(&scene, "d.jsonl");
    assert_eq!(
        (all[0]["format"].as_str(), all[0]["decisions"].as_u64()),
        (Some("pointsman-decisions"), Some(60))
    );
    assert_eq!((all.len(), all[0]["scorers"][1]["name"].as_str()), (61, Some("queue-depth")));
    let requests = String::from_utf8(scene.read("r.csv")).unwrap();
    for ((decision, request), id) in all[1..].iter().zip(requests.lines().skip(1)).zip(0..) {
        assert_eq!(decision["id"], id);
        assert_eq!(decision["chosen"].to_string(), request.split(',').nth(1).unwrap());
        assert!(
            decision["signals"].get("queue_depth").is_some() && decision["signals"].get("instance").is_none()
        );
        let totals = decision["totals"].as_array().unwrap();
        for (row, total) in totals.iter().enumerate() {
            let parts = decision["scorers"].as_array().unwrap().iter();
            let sum: f64 = parts.map(|one| number(&one["weight"]) * number(&one["scores"][row])).sum();
            assert!((sum - number(total)).abs() < 1e-12);
        }
        let best = totals.iter().map(number).fold(0.0, f64::max);
        assert_eq!(number(&totals[decision["chosen"].as_u64().unwrap() as usize]), best);
    }
}

#[test]
fn results_are_the_same_whoever_looks() {
    let scene = scene("d.jsonl", &["--requests", "looked.csv"]);
    scene.run(&["run", "run.yaml", "--quiet", "--requests", "plain.csv", "--summary", "plain.json"]);
    assert_eq!(scene.read("looked.csv"), scene.read("plain.csv"));
    scene.run(&["run", "run.yaml", "--quiet", "--decisions", "d2.jsonl", "--summary", "looked.json"]);
    assert_eq!(scene.read("looked.json"), scene.read("plain.json"));
    assert_eq!(scene.read("d.jsonl"), scene.read("d2.jsonl"));
}

#[test]
fn a_sample_keeps_the_same_requests_under_any_policy() {
    let scene = scene("half.jsonl", &["--decisions-sample", "0.5"]);
    let other = ["run", "run.yaml", "--quiet", "--routing", "qd:1", "--decisions", "other.jsonl"];
    scene.run(&[&other[..], &["--decisions-sample", "0.5"]].concat());
    let ids = |file| lines(&scene, file)[1..].iter().map(|line| line["id"].clone()).collect::<Vec<_>>();
    let half = ids("half.jsonl");
    assert_eq!(half, ids("other.jsonl"));
    assert!((15..45).contains(&half.len()), "{}", half.len());
    let left_out = (0..60).find(|id| !half.contains(&(*id).into())).unwrap().to_string();
    let seen = scene.run(&["decisions", "show", "half.jsonl", &left_out]);
    assert_eq!(seen.code, Some(2));
    assert!(
        seen.err.contains("does not belong to the sample of 0.5") && seen.err.contains("the nearest"),
        "{}",
        seen.err
    );
    let seen = scene.run(&["run", "run.yaml", "--quiet", "--decisions-sample", "0.5"]);
    assert_eq!(
        (seen.code, seen.err.as_str()),
        (Some(0), "warning: --decisions-sample has no effect without --decisions\n")
    );
}

#[test]
fn one_decision_is_a_table() {
    let scene = scene("d.jsonl", &[]);
    let seen = scene.run(&["decisions", "show", "d.jsonl", "7"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    for part in
        ["Request 7 (", "Scores x weights", "prefix-affinity", "* instance", "margin", "regret in hindsight"]
    {
        assert!(seen.out.contains(part), "{part}: {}", seen.out);
    }
    let seen = scene.run(&["decisions", "show", "d.jsonl", "7", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    assert_eq!(shown, lines(&scene, "d.jsonl")[8]);
}

#[test]
fn the_summary_of_a_file_is_that_of_its_run() {
    let scene = Scene::new();
    let run = scene.run(&["run", "run.yaml", "--decisions", "d.jsonl.gz"]).out;
    let seen = scene.run(&["decisions", "summary", "d.jsonl.gz"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(seen.out.contains("Which scorer decided") && seen.out.contains("Which signal mattered"));
    assert!(run.contains(&seen.out), "{}\n{run}", seen.out);
    let mut text = String::new();
    flate2::read::GzDecoder::new(&scene.read("d.jsonl.gz")[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 61);
    let json = scene.run(&["decisions", "summary", "d.jsonl.gz", "--format", "json"]).out;
    let summary: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(summary["attribution"]["all"]["decisions"], 60);
    assert_eq!(summary["header"]["probes"][0]["all"]["decisions"], 60);
}

#[test]
fn a_file_that_is_none_or_damaged_is_named_with_its_line() {
    let scene = scene("d.jsonl", &["--requests", "r.csv"]);
    let whole = String::from_utf8(scene.read("d.jsonl")).unwrap();
    scene.write("cut.jsonl", &whole[..whole.len() - 40]);
    let short: Vec<&str> = whole.lines().take(11).collect();
    scene.write("short.jsonl", &short.join("\n"));
    scene.write("empty.jsonl", "");
    for (file, part) in [
        ("cut.jsonl", "cut.jsonl:61: "),
        ("short.jsonl", "short.jsonl:11: the header says 60 decisions, here they end"),
        ("r.csv", "r.csv:1: this is no decisions file"),
        ("empty.jsonl", "it is empty"),
        ("missing.jsonl", "cannot read missing.jsonl"),
    ] {
        let seen = scene.run(&["decisions", "summary", file]);
        assert_eq!((seen.code, seen.out.as_str()), (Some(2), ""), "{file}");
        assert!(seen.err.contains(part), "{file}: {}", seen.err);
    }
    let seen = scene.run(&["decisions", "show", "d.jsonl", "999"]);
    assert!(
        seen.err.contains("no decision on request 999: it was not routed; the nearest are 59"),
        "{}",
        seen.err
    );
}

#[test]
fn places_are_checked_beforehand() {
    let scene = Scene::new();
    let err = |args: &[&str]| scene.run(&[&["run", "run.yaml"], args].concat()).err;
    assert!(err(&["--decisions", "-"]).contains("--decisions writes to a file"));
    assert!(err(&["--decisions", "run.yaml"]).contains("--decisions would overwrite run.yaml"));
    assert!(err(&["--decisions", "a", "--summary", "a"]).contains("--summary and --decisions both name a"));
    assert!(err(&["--decisions", "a", "--decisions-sample", "0"]).contains("above 0, up to 1"));
    assert_eq!(scene.names(), ["run.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_worker_process_writes_the_same() {
    let scene = scene("d.jsonl.gz", &[]);
    let seen = scene.run(&["run", "run.yaml", "--quiet", "--isolate", "--decisions", "isolated.jsonl.gz"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    assert_eq!(scene.read("d.jsonl.gz"), scene.read("isolated.jsonl.gz"));
}

#[test]
fn a_picker_that_asks_no_scorers_has_nobody_decide() {
    let scene = scene("d.jsonl", &["--routing", "round-robin"]);
    let seen = scene.run(&["decisions", "summary", "d.jsonl"]);
    assert!(seen.out.contains("none, the picker asks for no scores"), "{}{}", seen.out, seen.err);
    assert!(scene.run(&["decisions", "show", "d.jsonl", "0"]).out.contains("the picker asked for no scores"));
}
