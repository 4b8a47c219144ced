//! What cannot be done is said in one message, with the right exit code, and leaves nothing behind.

use std::fs;

use crate::scene::Scene;

/// Arguments after `run`, the exit code, and what the message must contain.
const REFUSED: &[(&[&str], i32, &str)] = &[
    (&[], 2, "required arguments were not provided"),
    (&["run.yaml", "--bogus"], 2, "unexpected argument '--bogus'"),
    (&["run.yaml", "--seed", "1", "--seed", "2"], 2, "cannot be used multiple times"),
    (&["missing.yaml"], 2, "cannot read `missing.yaml`"),
    (&["run.yaml", "--seed", "-1"], 2, "`seed` must be a whole number, 0 or more, found `-1`"),
    (&["run.yaml", "--set", "cluster.instance=2"], 2, "unknown key `instance`"),
    (&["run.yaml", "--routing", "pa:0"], 2, "--routing pa:0"),
    (&["run.yaml", "--routing", "queue-dept:1"], 2, "did you mean `queue-depth`?"),
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
    (&["--from", "run.yaml", "--seed", "2"], 2, "'--from <SUMMARY>' cannot be used with '--seed"),
    (&["--from", "run.yaml", "run.yaml"], 2, "cannot be used with"),
    (&["--from", "newer.json"], 2, "newer.json: this summary has schema version 99"),
];

#[test]
fn mistakes_are_named() {
    let scene = Scene::new();
    scene.write("broken.csv", "arrival_s,input_tokens,output_tokens\n0.5,100,10\n0.6,many,10\n");
    scene.write("newer.json", r#"{"schema_version": 99, "provenance": {"host_version": "9.0.0"}}"#);
    let before = scene.names();
    for (args, code, part) in REFUSED {
        let seen = scene.run(&[&["run", "--progress", "none"], *args].concat());
        assert_eq!(seen.code, Some(*code), "{args:?}: {}", seen.err);
        assert!(seen.err.contains(part), "{args:?} says: {}", seen.err);
        assert!(seen.out.is_empty(), "{args:?} prints {}", seen.out);
    }
    assert_eq!(scene.names(), before);
    assert_eq!(scene.read("run.yaml"), crate::scene::CONFIG.as_bytes());
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
