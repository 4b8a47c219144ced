//! What cannot be done is said in one message, with the right exit code, and leaves nothing behind.

use std::fs;

use crate::scene::Scene;

/// Arguments after `run`, the exit code, and what the message must contain.
const REFUSED: &[(&[&str], i32, &str)] = &[
    (&[], 2, "required arguments were not provided"),
    (&["run.yaml", "--bogus"], 2, "unexpected argument '--bogus'"),
    (&["run.yaml", "--seed", "1", "--seed", "2"], 2, "cannot be used multiple times"),
    (&["missing.yaml"], 2, "cannot read `missing.yaml`"),
    (&["run.yaml", "--seed", "-1"], 2, "`seed` must be a whole number from 0 to 2^64 - 1, found `-1`"),
    (&["run.yaml", "--set", "cluster.instance=2"], 2, "unknown key `instance`"),
    (&["run.yaml", "--routing", "pa:0"], 2, "--routing pa:0"),
    (&["run.yaml", "--routing", "queue-dept:1"], 2, "did you mean `queue-depth`?"),
    (&["run.yaml", "--seed", "18446744073709551616"], 2, "from 0 to 2^64 - 1, found `18446744073709551616`"),
    (&["run.yaml", "--set", "workload.prompt_tokens=1e300"], 2, "is 1e300, but must be"),
    (&["run.yaml", "--set", "policy.routing={scorers: []}"], 2, "of 1 to 256 scorers, found an empty list"),
    (&["run.yaml", "--set", "policy.on_error={scorer: {fallback: fcfs}}"], 2, "there is no scorer `fcfs`"),
    (
        &["run.yaml", "--set", "policy.admission={name: token-bucket, params: {rate_per_s: 1, burst: 0.5}}"],
        2,
        "nothing would ever be admitted: `burst` is 0.5",
    ),
    (
        &["run.yaml", "--set", "policy.admission={name: slo-gated, params: {classes: [], threshold: 1}}"],
        2,
        "`classes` must be given: a list of one class or more",
    ),
    (&["run.yaml", "--admission", "token-buckets"], 2, "did you mean `token-bucket`?"),
    (&["run.yaml", "--admission", "token-bucket"], 2, "`rate_per_s` must be given"),
    (&["run.yaml", "--routing", "max-score"], 2, "the picker `max-score` needs scorers"),
    (&["run.yaml", "--routing", "rund-robin"], 2, "did you mean `round-robin`?"),
    (&["run.yaml", "--routing", "pa"], 2, "(there is a scorer of that name: give it a weight, `pa:1`)"),
    (&["run.yaml", "--set", "policy.routing.filters=[nothing]"], 2, "there is no filter `nothing`"),
    (
        &[
            "run.yaml",
            "--set",
            "policy.routing={picker: {name: max-score, params: {tie_break: first}}, tie_break: random}",
        ],
        2,
        "the tie-break is there twice",
    ),
    (&["run.yaml", "--trace", "."], 2, ".: is not a regular file"),
    (&["up.yaml"], 2, "cannot read `.`: it is a directory"),
    (
        &["run.yaml", "--trace", "native.jsonl", "--set", "cluster.kv.block_size=24"],
        2,
        " | --set cluster.kv.block_size=24\n |                             ^^",
    ),
    (&["run.yaml", "--rate", "3", "--speedup", "2"], 2, "`--rate` and `--speedup` cannot be used together"),
    (&["run.yaml", "--trace", "missing.jsonl"], 2, "missing.jsonl: cannot open the trace"),
    (&["run.yaml", "--trace", "broken.csv"], 2, "broken.csv:3"),
    (&["run.yaml", "--plugin", "missing.so"], 3, "cannot read the plugin library missing.so"),
    (&["run.yaml", "--plugin", "run.yaml"], 3, "run.yaml is not a shared library"),
    (&["run.yaml", "--plugin-dir", "missing"], 3, "missing"),
    (
        &["run.yaml", "--requests", "missing/out.csv"],
        2,
        "cannot write missing/out.csv: there is no directory missing",
    ),
    (&["run.yaml", "--summary", "."], 2, "cannot write .: "),
    (&["run.yaml", "--requests", "out", "--summary", "./out"], 2, "--requests and --summary both name ./out"),
    (&["run.yaml", "--requests", "run.yaml"], 2, "--requests would overwrite run.yaml, which is an input"),
    (
        &["run.yaml", "--trace", "broken.csv", "--summary", "broken.csv"],
        2,
        "--summary would overwrite broken.csv, which is an input",
    ),
    (&["run.yaml", "--requests", "-", "--format", "json"], 2, "not both"),
    (&["run.yaml", "--quiet", "--format", "json"], 2, "'--quiet' cannot be used with '--format"),
    (&["--from", "run.yaml"], 2, "run.yaml: this is not a summary that `pointsman run --summary` wrote"),
    (&["--from", "run.yaml", "--seed", "2"], 2, "`--from` and `--seed` cannot be used together"),
    (&["--from", "run.yaml", "run.yaml"], 2, "cannot be used with"),
    (&["--from", "newer.json"], 2, "newer.json: this summary has schema version 99"),
];

#[test]
fn mistakes_are_named() {
    let scene = Scene::new();
    scene.write("broken.csv", "arrival_s,input_tokens,output_tokens\n0.5,100,10\n0.6,many,10\n");
    scene.write("up.yaml", "base: .\n");
    scene.write("native.jsonl", "{\"id\": 0, \"arrival_us\": 0, \"input_len\": 32, \"output_len\": 4}\n");
    scene.write("newer.json", r#"{"schema_version": 99, "provenance": {"host_version": "9.0.0"}}"#);
    let before = scene.names();
    for (args, code, part) in REFUSED {
        let seen = scene.run(&[&["run", "--progress", "none"], *args].concat());
        assert_eq!(seen.code, Some(*code), "{args:?}: {}", seen.err);
        assert!(seen.err.contains(part), "{args:?} says: {}", seen.err);
        assert!(seen.out.is_empty(), "{args:?} prints {}", seen.out);
        if cfg!(unix) {
            let isolated = scene.run(&[&["run", "--progress", "none", "--isolate"], *args].concat());
            assert_eq!(isolated, seen, "{args:?}");
        }
    }
    assert_eq!(scene.names(), before);
    assert_eq!(scene.read("run.yaml"), crate::scene::CONFIG.as_bytes());
}

#[test]
fn no_input_is_overwritten_wherever_it_was_named() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("profiles")).unwrap();
    scene.write("base.yaml", "base: bottom.yaml\nworkload: workload.yaml\ncluster: {profile: own}\n");
    scene.write("bottom.yaml", crate::scene::CONFIG);
    let workload = "requests: 5\nprompt_tokens: {dist: empirical, file: lengths.csv}\noutput_tokens: 5\n\
                    arrivals: {process: constant, rate_per_s: 5}\n";
    scene.write("workload.yaml", workload);
    scene.write("lengths.csv", "10\n20\n");
    let latency = "{model: linear, alpha: [1, 1, 1], beta: [1, 1, 1]}";
    scene.write("profiles/own.yaml", &format!("model: m\ngpu: g\nlatency: {latency}\nkv: {{blocks: 100}}\n"));
    scene.write("top.yaml", "base: base.yaml\n");
    // A flag that changes the workload reads its file earlier than a run without one.
    let before = scene.names();
    for more in [&["--quiet"][..], &["--quiet", "--rate", "7"]] {
        for input in
            ["top.yaml", "base.yaml", "bottom.yaml", "workload.yaml", "lengths.csv", "profiles/own.yaml"]
        {
            let bytes = scene.read(input);
            let seen = scene.run(&[&["run", "top.yaml", "--summary", input], more].concat());
            assert_eq!(seen.code, Some(2), "{input}: {}", seen.err);
            assert!(
                seen.err.contains(&format!("would overwrite {input}, which is an input")),
                "{}",
                seen.err
            );
            assert_eq!(scene.read(input), bytes);
        }
    }
    assert_eq!(scene.names(), before);
}

#[test]
fn nothing_is_written_when_a_run_fails() {
    let scene = Scene::new();
    fs::write(scene.path("requests.csv"), "earlier").unwrap();
    let overflow = ["--set", "cluster.latency={model: linear, alpha: [1e14, 0, 0], beta: [1e14, 0, 0]}"];
    let seen = scene.run(
        &[&["run", "run.yaml", "--requests", "requests.csv", "--summary", "s.json"], &overflow[..]].concat(),
    );
    assert_ne!(seen.code, Some(0), "{}", seen.out);
    assert!(seen.err.starts_with("error: "), "{}", seen.err);
    assert_eq!(scene.read("requests.csv"), b"earlier");
    assert_eq!(scene.names(), ["requests.csv", "run.yaml"]);
}
