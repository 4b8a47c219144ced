//! `pointsman experiment` and `pointsman ab`, through the binary.

use std::fs;

use crate::libraries::misbehaving;
use crate::scene::{Scene, Seen};

/// Two arms and a claim; a run takes a moment.
const EXPERIMENT: &str = "\
base: run.yaml
seeds: 6
arms:
  affinity: {policy: {routing: 'pa:1,qd:1'}}
  blind: {policy: {routing: round-robin}}
  same: {}
metrics: [ttft_mean, 'ttft_p99{class=critical}']
hypotheses:
  - {id: H1, claim: the base has affinity, expect: 'identical(affinity, same)'}
  - {id: H2, claim: twice as slow, expect: 'ttft_mean: blind / affinity > 2'}
";

fn experiment(text: &str, more: &[&str]) -> (Scene, Seen) {
    let scene = Scene::new();
    scene.write("e.yaml", text);
    let seen = scene.run(&[&["experiment", "e.yaml", "--out", "out"], more].concat());
    (scene, seen)
}

#[test]
fn claims_get_verdicts_and_everything_is_on_disk() {
    let (scene, seen) = experiment(EXPERIMENT, &[]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{}", seen.out);
    assert!(seen.out.contains("H1") && seen.out.contains("CONFIRMED") && seen.out.contains("REFUTED"));
    for name in ["report.html", "results.json", "results.csv", "results.parquet", "summary.md"] {
        assert!(scene.path("out").join(name).is_file(), "{name}");
    }
    let results: serde_json::Value = serde_json::from_slice(&scene.read("out/results.json")).unwrap();
    assert_eq!(results["hypotheses"][0]["verdict"], "CONFIRMED");
    assert_eq!(results["hypotheses"][1]["verdict"], "REFUTED");
    assert_eq!(results["arms"][0]["runs"].as_array().unwrap().len(), 6);
    let strict = scene.run(&["experiment", "e.yaml", "--out", "out", "--strict", "-q"]);
    assert_eq!(strict.code, Some(4), "{}", strict.err);
}

/// Law L6: what was cut off and went on is what was never cut off, to the byte.
#[test]
fn an_experiment_goes_on_where_it_was() {
    let (scene, _) = experiment(EXPERIMENT, &["-q"]);
    let whole = scene.read("out/results.json");
    let runs: Vec<_> =
        fs::read_dir(scene.path("out/runs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    // `affinity` and `same` are one configuration: their runs are made once.
    assert_eq!(runs.len(), 12);
    let kept = fs::metadata(&runs[0]).unwrap().modified().unwrap();
    runs[1..7].iter().for_each(|run| fs::remove_file(run).unwrap());
    fs::write(&runs[8], "{\"key\": \"half").unwrap();
    scene.run(&["experiment", "e.yaml", "--out", "out", "-q"]);
    assert!(scene.read("out/results.json") == whole);
    assert_eq!(fs::metadata(&runs[0]).unwrap().modified().unwrap(), kept, "a known run is not made again");
    scene.run(&["experiment", "e.yaml", "--out", "out", "-q", "--jobs", "1", "--fresh"]);
    assert!(
        String::from_utf8(scene.read("out/results.json")).unwrap().contains("--jobs 1"),
        "the command is in it"
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place_before_anything_runs() {
    let arms = "base: run.yaml\narms: {a: {}, b: {horizon_us: 3}}\n";
    let claim = |expect: &str| format!("{arms}hypotheses:\n  - {{id: H, claim: c, expect: \"{expect}\"}}\n");
    for (text, place, message) in [
        (claim("ttft_p98: a / b < 1"), "e.yaml:4:32", "there is no metric `ttft_p98`"),
        (claim("ttft_p99: a / c < 1"), "e.yaml:4:", "there is no arm `c`"),
        (claim("ttft_p99{class=critcal}: a / b < 1"), "e.yaml:4:", "is of the class `critcal`"),
        (claim("ttft_p99: a / b"), "e.yaml:4:", "`<=`, `>=`, `in` or `~` is expected"),
        (claim("ttft_p99: a ~ b"), "e.yaml:4:", "`within` is expected"),
        (claim("preemptions{class=batch}: a / b < 1"), "e.yaml:4:", "is a figure of whole runs"),
        (claim("ttft_p99: a / b < 0"), "e.yaml:4:", "a ratio is always above 0"),
        (claim("ttft_p99: 1 < 2"), "e.yaml:4:", "there is no arm in this expectation"),
        (format!("{arms}seeds: 0\n"), "e.yaml:3:8", "`seeds` must be a whole number from 1"),
        (format!("{arms}seeds: [1, 1]\n"), "e.yaml:3:", "seed 1 is there twice"),
        (format!("{arms}metrics: [ttft]\n"), "e.yaml:3:", "there is no metric `ttft`"),
        (format!("{arms}hypothesis: []\n"), "e.yaml:3:1", "unknown key `hypothesis`"),
        (
            "base: run.yaml\narms: {a: {seed: 1}, b: {}}\n".to_owned(),
            "e.yaml:2:",
            "`seed` has no effect in an experiment",
        ),
        ("base: run.yaml\n".to_owned(), "e.yaml:1:1", "an experiment needs arms"),
        ("arms: {a: {}}\n".to_owned(), "e.yaml:1:", "this arm has no configuration"),
        (
            "base: run.yaml\nfactors:\n  x: {path: horizon_us, values: [1, 2]}\n  y: {path: horizon_us, values: [3]}\n"
                .to_owned(),
            "e.yaml:4:",
            "the factors `x` and `y` both set `horizon_us`",
        ),
        (
            format!("{arms}factors: {{x: {{path: horizon_us, values: [1]}}}}\n"),
            "e.yaml:3:",
            "the factor `x` and an arm both set `horizon_us`",
        ),
        ("base: run.yaml\narms: {a: {policy: {routing: pq}}}\n".to_owned(), "e.yaml:2:", "pq"),
        (
            format!(
                "{arms}hypotheses: [{{id: H, claim: c, expect: 'ttft_p99: a / b < 1', active: kv-pressure.x}}]\n"
            ),
            "e.yaml:3:",
            "no arm of this claim has the scorer `kv-pressure`",
        ),
    ] {
        let (scene, seen) = experiment(&text, &[]);
        assert_eq!(seen.code, Some(2), "{text}\n{}", seen.err);
        assert!(seen.err.contains(place) && seen.err.contains(message), "{text}\n{}", seen.err);
        assert!(!scene.path("out").exists(), "{text}");
    }
}

/// The command line is laid over every arm: what a factor sets cannot be among it.
#[test]
fn a_factor_is_not_undone_by_the_command_line() {
    let text = "base: run.yaml\nseeds: 2\nfactors: {rate: {path: workload.rate, values: [10, 20]}}\n";
    let (_, seen) = experiment(text, &["--rate", "30"]);
    assert_eq!(seen.code, Some(2));
    assert!(
        seen.err.contains("the factor `rate` and the command line both set `workload.rate`"),
        "{}",
        seen.err
    );

    let text = "base: run.yaml\nseeds: 1\nfactors: {speedup: {path: workload.speedup, values: [1, 4]}}\n";
    let scene = Scene::new();
    scene.write("e.yaml", text);
    let lines: Vec<String> = (0..20)
        .map(|at| {
            let (time, hash) = (at * 500, at / 2);
            format!("{{\"timestamp\": {time}, \"input_length\": 600, \"output_length\": 4, \"hash_ids\": [{hash}, {}]}}", hash + 100)
        })
        .collect();
    scene.write("trace.jsonl", &(lines.join("\n") + "\n"));
    let seen = scene.run(&["experiment", "e.yaml", "--out", "out", "--trace", "trace.jsonl", "-q"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let results: serde_json::Value = serde_json::from_slice(&scene.read("out/results.json")).unwrap();
    let rate = |arm: usize| {
        results["arms"][arm]["runs"][0]["measured"]["metrics"][""]["throughput_rps"].as_f64().unwrap()
    };
    assert!(rate(1) > 3.0 * rate(0), "{} {}", rate(0), rate(1));
    let notes = results["notes"].to_string();
    assert!(!notes.contains("met other requests"), "other times are not other requests: {notes}");

    let text = "base: run.yaml\narms: {a: {}, b: {workload: {prompt_tokens: 3}}}\n";
    scene.write("e.yaml", text);
    let seen = scene.run(&["experiment", "e.yaml", "--out", "other", "--trace", "trace.jsonl"]);
    assert!(seen.code == Some(2) && seen.err.contains("a workload of its own"), "{}", seen.err);
}

/// A run that fails leaves the others alone, and a claim over its arm says why it is open.
#[test]
fn a_claim_over_an_arm_that_failed_is_inconclusive_and_says_why() {
    let text = "\
base: run.yaml
seeds: 2
arms:
  sound: {}
  faulty: {policy: {routing: 'panics-in-score:1'}}
hypotheses:
  - {id: H, claim: c, expect: 'ttft_mean: faulty / sound < 1'}
";
    let library = misbehaving();
    let (_, seen) = experiment(text, &["--plugin", library.to_str().unwrap()]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(
        seen.out.contains("INCONCLUSIVE") && seen.out.contains("2 of 2 runs of `faulty` failed"),
        "{}",
        seen.out
    );
}

#[test]
fn ab_of_identical_policies_says_identical() {
    let scene = Scene::new();
    let seen = scene.run(&["ab", "run.yaml", "--b", "pa:2,qd:2"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    assert!(seen.out.contains("B is identical") && seen.out.contains("not tested"), "{}", seen.out);
    let strict = scene.run(&["ab", "run.yaml", "--b", "pa:2,qd:2", "--strict"]);
    assert_eq!(strict.code, Some(4));
    let not_worse = scene.run(&["ab", "run.yaml", "--b", "pa:2,qd:2", "--strict=not-worse"]);
    assert_eq!(not_worse.code, Some(0));
}

#[test]
fn ab_refuses_questions_that_make_no_sense() {
    let scene = Scene::new();
    for (args, message) in [
        (vec![], "A and B are the same"),
        (vec!["--b", "[1]"], "these are no policies"),
        (vec!["--b", "qd:1", "--metric", "ttft_p9"], "there is no metric `ttft_p9`"),
        (vec!["--b", "qd:1", "--guardrail", "e2e_p99<1"], "is no guardrail"),
        (vec!["--b", "qd:1", "--min-effect", "2"], "a percentage"),
        (vec!["--b", "qd:1", "--min-seeds", "9", "--max-seeds", "8"], "is above --max-seeds"),
        (vec!["--b", "qx:1"], "qx"),
    ] {
        let seen = scene.run(&[&["ab", "run.yaml"], &args[..]].concat());
        assert_eq!(seen.code, Some(2), "{args:?} {}", seen.err);
        assert!(seen.err.contains(message), "{args:?} {}", seen.err);
    }
}

/// Options without effect are refused, and a policy that failed while the run went on is told.
#[test]
fn seeds_come_from_the_file_and_failures_are_not_lost() {
    let text = "\
base: run.yaml
seeds: 1
arms:
  limping: {policy: {routing: 'panics-in-score:1,qd:1', on_error: {scorer: skip}}}
";
    let library = misbehaving();
    let (scene, seen) = experiment(text, &["--plugin", library.to_str().unwrap()]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(seen.out.contains("`panics-in-score` failed while the run went on"), "{}", seen.out);
    let refused = scene.run(&["experiment", "e.yaml", "--seed", "3"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--seeds N"), "{}", refused.err);
}

/// What `run` would warn of for an arm is said once, with the arms that it is about.
#[test]
fn options_without_effect_are_told_once() {
    let text = "\
base: run.yaml
seeds: 2
arms:
  plain: {}
  idle: {policy: {priority: slo-class}}
  idler: {policy: {priority: slo-class}, cluster: {signals: {completion_delay_us: 5, refresh_interval_us: 9}}}
  scored: {policy: {routing: {picker: round-robin, scorers: [{name: qd, weight: 1}], tie_break: first}}}
  unread: {policy: {routing: round-robin}, cluster: {signals: {refresh_interval_us: 9}}}
  gated: {policy: {admission: {name: slo-gated, params: {classes: [bach], threshold: 3}}}}
  rated: {slo: {critcal: {ttft_ms: 5}}}
";
    let (scene, seen) = experiment(text, &[]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = flat(&seen.out);
    for warning in [
        "priority `slo-class` has no effect: the scheduler `fcfs` does not use priorities; choose a scheduler such as \
         `priority-fcfs` (idle, idler)",
        "`cluster.signals.completion_delay_us` has no effect: no policy listens to completions (idler)",
        "the scorers have no effect: the picker `round-robin` asks none (scored)",
        "`policy.routing.tie_break` has no effect: the picker `round-robin` takes none (scored)",
        "`cluster.signals.refresh_interval_us` has no effect: neither routing nor admission reads what instances \
         report (unread)",
        "`policy.admission` has no effect for `bach`: no request is of that class; there are `batch`, `critical` (gated)",
        "`slo` has no effect for `critcal`: no request is of that class; there are `batch`, `critical` (rated)",
    ] {
        assert_eq!(told.matches(warning).count(), 1, "{warning}\n{}", seen.out);
    }
    assert_eq!(told.matches("no effect").count(), 7, "{}", seen.out);
    let seen = scene.run(&["ab", "run.yaml", "--b", "{priority: slo-class}"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert_eq!(flat(&seen.out).matches("priority `slo-class` has no effect").count(), 1, "{}", seen.out);
}

/// Law: what the series of a run adds up to is what its metrics say.
#[test]
fn the_series_of_a_run_adds_up_to_its_figures() {
    let (scene, _) = experiment(EXPERIMENT, &["-q"]);
    let results: serde_json::Value = serde_json::from_slice(&scene.read("out/results.json")).unwrap();
    let run = &results["arms"][0]["runs"][0]["measured"];
    let sum = |instance: &serde_json::Value, key: &str| -> f64 {
        instance[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).sum()
    };
    let series = &run["series"];
    let instances = series["instances"].as_array().unwrap();
    let routed: f64 = instances.iter().map(|instance| sum(instance, "routed")).sum();
    assert_eq!(routed, 60.0);
    // Every bin is as long as the others but the last, which ends with the run.
    let (bin_us, end_us) =
        (series["bin_us"].as_f64().unwrap(), 1e3 * run["metrics"][""]["makespan_ms"].as_f64().unwrap());
    let mean = |instance: &serde_json::Value| {
        let bins = instance["kv_utilization"].as_array().unwrap();
        let weighted = bins
            .iter()
            .enumerate()
            .map(|(index, share)| share.as_f64().unwrap() * bin_us.min(end_us - bin_us * index as f64));
        weighted.sum::<f64>() / end_us
    };
    let average = instances.iter().map(mean).sum::<f64>() / instances.len() as f64;
    let told = run["metrics"][""]["kv_utilization_mean"].as_f64().unwrap();
    assert!((average - told).abs() < 1e-9, "{average} {told}");
}
