//! The largest and the smallest that can be asked for: done, or refused in a sentence, at once.

use crate::scene::{Scene, Seen};

fn run(args: &[&str]) -> Seen {
    Scene::new().run(&[&["run", "run.yaml"], args].concat())
}

#[test]
fn values_at_the_edge_are_taken() {
    for args in [
        &["--seed", "18446744073709551615"][..],
        &["--horizon", "0"],
        &["--horizon", "4611686018427387904"],
        &["--set", "workload.requests=1"],
        &["--kv-blocks", "4294967294"],
        &["--kv-cpu-blocks", "4294967294"],
        &["--kv-blocks", "1", "--set", "cluster.kv.block_size=1048576"],
        &["--instances", "1024"],
        // Prefix affinity meets prompts of 2^36 blocks, of which its index can hold 500.
        &["--set", "workload.prompt_tokens=1099511627776"],
        &["--set", "workload.output_tokens=1099511627776"],
        &["--rate", "1e-9"],
        &["--rate", "1e300"],
        &["--set", "cluster.admission_latency_us=1000000000000"],
    ] {
        let seen = run(args);
        assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_clock_that_runs_out_is_a_failed_run() {
    let scene = Scene::new();
    let line = |id: u64, us: u64| {
        format!("{{\"id\": {id}, \"arrival_us\": {us}, \"input_len\": 9, \"output_len\": 2}}\n")
    };
    scene.write("late.jsonl", &(line(0, 0) + &line(1, (1 << 62) - 10)));
    let seen = scene.run(&["run", "run.yaml", "--trace", "late.jsonl", "--requests", "r.csv"]);
    assert_eq!((seen.code, seen.out.as_str()), (Some(1), ""));
    assert!(seen.err.starts_with("error: simulated time passed 2^62 us"), "{}", seen.err);
    assert_eq!(scene.names(), ["late.jsonl", "run.yaml"]);
}

#[test]
fn names_of_any_length_keep_the_summary_readable() {
    let class = "x".repeat(100_000);
    let classes = format!("workload.classes=[{{name: {class}, share: 1}}]");
    let seen = run(&["--set", &classes, "--set", "workload.requests=3", "--set", "slo=null"]);
    assert_eq!(seen.code, Some(0), "{:.300}", seen.err);
    let longest = seen.out.lines().filter(|line| !line.contains(&class)).map(|line| line.chars().count());
    assert!(longest.max() < Some(120), "{:.3000}", seen.out);
    assert!(seen.out.contains("\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"), "{:.3000}", seen.out);
}
