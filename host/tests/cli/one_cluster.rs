//! `pointsman ab --mode`: two routings on one cluster.

use serde_json::Value;

use crate::scene::{Scene, Seen};

/// Requests of very different sizes and no caching: what one routing does to queues is the only thing that
/// the other one meets. Queues are empty again within seconds.
const QUEUES: &str = "\
seed: 1
cluster: {instances: 4, kv: {blocks: 20000}, engine: {max_num_seqs: 2}}
policy: {routing: 'lb:1'}
workload:
  requests: 6000
  arrivals: {process: poisson, rate_per_s: 80}
  prompt_tokens: {dist: lognormal, mean: 300, sigma: 1.0, min: 10, max: 4000}
  output_tokens: {dist: lognormal, mean: 10, sigma: 1.2, min: 2, max: 200}
";

fn answer(seen: &Seen) -> Value {
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{}", seen.out);
    serde_json::from_str(&seen.out).unwrap()
}

fn ab(scene: &Scene, file: &str, more: &[&str]) -> Value {
    answer(&scene.run(&[&["ab", file, "--format", "json"], more].concat()))
}

/// Balance by load mends what round-robin breaks, so on a shared cluster round-robin looks nearly as good. In
/// turns that are long against the life of a queue, each meets its own queues.
#[test]
fn a_split_is_fooled_by_interference_and_a_switchback_is_not() {
    let scene = Scene::new();
    scene.write("queues.yaml", QUEUES);
    let test = ["--b", "round-robin", "--metric", "ttft_mean", "--min-seeds", "6", "--max-seeds", "6"];
    let estimate = |one: &Value| one["estimate"].as_f64().unwrap();
    let high = |one: &Value| one["high"].as_f64().unwrap();

    let split = ab(&scene, "queues.yaml", &[&test[..], &["--mode", "split"]].concat());
    let whole = &split["one_cluster"]["whole"][0];
    let truth = &whole["relative"];
    assert_eq!(whole["verdict"], "worse");
    assert!(estimate(truth) > 1.0, "round-robin more than doubles the TTFT: {truth}");
    let seen = &split["rows"][0]["effect"]["relative"];
    // Nothing in the split itself gives it away: the interval is narrow, and far from the truth.
    assert!(high(seen) < truth["low"].as_f64().unwrap(), "{seen} {truth}");
    assert_eq!(whole["is_biased"], true);
    assert!(split["notes"][0].as_str().unwrap().contains("interference"));

    let turns = ["--mode", "switchback", "--window", "16s", "--burn-in", "8s"];
    let switchback = ab(&scene, "queues.yaml", &[&test[..], &turns].concat());
    assert_eq!(switchback["rows"][0]["verdict"], "worse");
    let whole = &switchback["one_cluster"]["whole"][0];
    assert_eq!(whole["relative"], *truth, "the same runs on whole clusters");
    assert_eq!(whole["is_biased"], false);
    let found = &switchback["rows"][0]["effect"]["relative"];
    assert!(estimate(found) > 2.0 * estimate(seen) && high(found) > estimate(truth), "{found}");
    assert_eq!(switchback["one_cluster"]["window_pairs"], 12);

    // The same question with a cluster each is what both are held against.
    let paired = ab(&scene, "queues.yaml", &test);
    assert_eq!(paired["rows"][0]["effect"]["relative"], *truth);
    assert!(paired.get("one_cluster").is_none());
}

#[test]
fn a_split_keeps_sessions_together_and_to_its_share() {
    let scene = Scene::new();
    let sessions = "\
seed: 3
cluster: {instances: 2, kv: {blocks: 2000}}
policy: {routing: 'pa:1,qd:1'}
workload:
  requests: 400
  arrivals: {process: poisson, rate_per_s: 20}
  sessions: {rounds: 4, think_time_s: 1, accumulate: true}
  prompt_tokens: 64
  output_tokens: 8
";
    scene.write("sessions.yaml", sessions);
    let test =
        ["--b", "round-robin", "--mode", "split", "--share", "25%", "--min-seeds", "4", "--max-seeds", "4"];
    let split = ab(&scene, "sessions.yaml", &test);
    let ratio = &split["one_cluster"]["ratio"];
    let count = |name: &str, side: usize| ratio[name][side].as_u64().unwrap();
    // 4 seeds of 100 sessions of 4 rounds.
    assert_eq!(
        (count("units", 0) + count("units", 1), count("requests", 0) + count("requests", 1)),
        (400, 1600)
    );
    assert_eq!(count("requests", 1), 4 * count("units", 1), "whole sessions");
    // Five standard deviations of a binomial count around 100 are 43.
    assert!((57..=143).contains(&count("units", 1)), "{ratio}");
    assert!(ratio["p_value"].as_f64().unwrap() > 0.001);
}

#[test]
fn a_shadow_is_asked_and_changes_nothing() {
    let scene = Scene::new();
    let shadow = |b: &str| ab(&scene, "run.yaml", &["--b", b, "--mode", "shadow"]);
    let same = shadow("pa:2,qd:2");
    assert_eq!(same["rows"][0]["asked"]["decisions"], 5 * 60);
    assert_eq!(same["rows"][0]["asked"]["differing"], 0);
    assert_eq!(same["examples"].as_array().unwrap().len(), 0);

    let other = shadow("kv:1");
    let rows = other["rows"].as_array().unwrap();
    let classes: Vec<&str> = rows.iter().filter_map(|row| row["slo_class"].as_str()).collect();
    assert_eq!(classes, ["batch", "critical"]);
    let sum = |name: &str| rows[1..].iter().map(|row| row["asked"][name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(rows[0]["asked"]["decisions"], sum("decisions"));
    assert_eq!(rows[0]["asked"]["differing"], sum("differing"));
    assert!(sum("differing") > 0);
    for example in other["examples"].as_array().unwrap() {
        assert_ne!(example["a"], example["b"]);
        let [at_a, at_b] = [0, 1].map(|at| example["b_totals"][at].as_f64().unwrap());
        assert!(at_b >= at_a, "B prefers its own choice: {example}");
        let [at_a, at_b] = [0, 1].map(|at| example["a_totals"][at].as_f64().unwrap());
        assert!(at_a >= at_b, "A prefers its own: {example}");
    }
    let text = scene.run(&["ab", "run.yaml", "--b", "kv:1", "--mode", "shadow"]);
    assert!(
        text.out.contains("where B sees most to gain") && text.out.contains("says nothing"),
        "{}",
        text.out
    );
}

#[test]
fn what_does_not_go_with_a_mode_is_said() {
    let scene = Scene::new();
    for (more, message) in [
        (&["--mode", "split", "--share", "0%"][..], "--share: `0%` is no share of the sessions"),
        (&["--mode", "split", "--share", "half"], "--share: `half`"),
        (&["--mode", "switchback", "--window", "0s"], "--window: a turn of no time is none"),
        (&["--mode", "switchback", "--window", "1s", "--burn-in", "1s"], "--burn-in: it must be shorter"),
        (
            &["--mode", "split", "--metric", "preemptions"],
            "`preemptions` is not known of one of two routings",
        ),
        (&["--mode", "split", "--metric", "itl_p99"], "`itl_p99` is not known"),
        (&["--mode", "split", "--guardrail", "preemptions<=+1%"], "--guardrail: `preemptions`"),
        (&["--mode", "shadow", "--strict"], "--strict: with --mode shadow"),
    ] {
        let seen = scene.run(&[&["ab", "run.yaml", "--b", "round-robin"], more].concat());
        assert_eq!(seen.code, Some(2), "{more:?} {}", seen.err);
        assert!(seen.err.contains(message), "{more:?} {}", seen.err);
    }
    let seen = scene.run(&["ab", "run.yaml", "--b", "{scheduler: sjf}", "--mode", "split"]);
    assert!(
        seen.code == Some(2) && seen.err.contains("A and B also differ in `policy.scheduler"),
        "{}",
        seen.err
    );
    // Turns that are longer than the run, and than the clock: there is nothing to compare.
    for window in ["1h", "500000years", "600000years"] {
        let test = ["ab", "run.yaml", "--b", "round-robin", "--mode", "switchback", "--window", window];
        let seen = scene.run(&test);
        let is_said = seen.err.contains("choose a shorter --window");
        assert!(seen.code == Some(1) && is_said, "{window} {:?} {}", seen.code, seen.err);
    }
    for (more, message) in [
        (&["--share", "10%"][..], "--share has no effect without --mode split"),
        (&["--mode", "split", "--burn-in", "1s"], "--burn-in has no effect without --mode switchback"),
        (&["--mode", "shadow", "--metric", "e2e_mean"], "--metric has no effect with --mode shadow"),
    ] {
        let seen = scene.run(&[&["ab", "run.yaml", "--b", "round-robin"], more].concat());
        assert_eq!((seen.code, seen.err.lines().count()), (Some(0), 1), "{}", seen.err);
        assert!(seen.err.contains(message), "{more:?} {}", seen.err);
    }
}
