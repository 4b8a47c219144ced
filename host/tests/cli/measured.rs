//! `validate` and `calibrate`, on runs that this program made itself.

use crate::scene::Scene;

const SERVER: &str = "\
cluster:
  latency: {model: affine-context, base_us: 9000, per_prefill_token_us: 40, per_decode_us: 50, alpha: [2000, 0, 1000]}
  kv: {blocks: 2000}
";

/// A scene with a server and a run of it, measured by `pointsman run`.
fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("server.yaml", SERVER);
    let workload = "workload: {requests: 80, arrivals: {process: poisson, rate_per_s: 6}, prompt_tokens: 300, output_tokens: 20}\n";
    scene.write("measure.yaml", &format!("{SERVER}{workload}"));
    let seen = scene.run(&["run", "measure.yaml", "--requests", "requests.csv", "-q"]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    let requests = String::from_utf8(scene.read("requests.csv")).unwrap();
    scene.write("m.csv", &requests.replacen("state", "status", 1).replace(",completed", ",ok"));
    scene
}

#[test]
fn what_was_made_by_the_same_server_is_predicted_exactly() {
    let scene = scene();
    let seen = scene.run(&["validate", "server.yaml", "m.csv", "--strict", "--plots", "plots"]);
    assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.err);
    assert!(seen.out.contains("80 requests compared") && seen.out.contains("verdict: holds"), "{}", seen.out);
    assert!(
        seen.out.lines().any(|line| line.contains("ttft_p99") && line.contains("+0.0 %")),
        "{}",
        seen.out
    );
    let svg = String::from_utf8(scene.read("plots/m.svg")).unwrap();
    assert!(svg.contains("requests in flight") && svg.contains("measured"));
    let seen = scene.run(&["validate", "server.yaml", "m.csv", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
    assert_eq!((&json["holds"], &json["runs"][0]["requests"]["compared"]), (&true.into(), &80.into()));
    assert_eq!(json["runs"][0]["figures"]["e2e_mean"]["error"], 0.0);
}

#[test]
fn a_server_that_is_another_does_not_hold() {
    let scene = scene();
    let slower = ["validate", "server.yaml", "m.csv", "--set", "cluster.latency.base_us=12000"];
    let seen = scene.run(&slower);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(
        seen.out.contains("verdict: does not hold: ") && seen.out.contains("tpot_mean is off by +"),
        "{}",
        seen.out
    );
    assert_eq!(scene.run(&[&slower[..], &["--strict"]].concat()).code, Some(4));
    let tolerant = ["--strict", "--threshold", "tpot_mean=50%", "--threshold", "e2e_mean=50%"];
    let more = ["--threshold", "ttft_mean=50%", "--threshold", "ttft_p99=90%"];
    assert_eq!(scene.run(&[&slower[..], &tolerant, &more].concat()).code, Some(0));
}

#[test]
fn a_calibration_writes_a_profile_that_holds() {
    let scene = scene();
    let fit = [
        "calibrate",
        "server.yaml",
        "m.csv",
        "--set",
        "cluster.latency.base_us=12000",
        "--max-replays",
        "60",
    ];
    std::fs::create_dir(scene.path("profiles")).unwrap();
    let seen = scene.run(&[&fit[..], &["--out", "profiles/mine.yaml"]].concat());
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(seen.out.contains("base_us") && seen.out.contains("not identified"), "{}", seen.out);
    scene.write("fitted.yaml", "cluster: {profile: mine}\n");
    let strict = ["--strict", "--threshold", "e2e_mean=3%", "--threshold", "tpot_mean=3%"];
    let seen = scene.run(&[&["validate", "fitted.yaml", "m.csv"][..], &strict].concat());
    assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.err);
}

#[test]
fn what_cannot_be_done_is_said() {
    let scene = scene();
    scene.write("bad.csv", "arrival_s,prompt_tokens,output_tokens,ttft_s,e2e_s\n1,5,5,-1,2\n");
    for (args, part) in [
        (&["validate", "server.yaml"][..], "give a measured run"),
        (&["validate", "server.yaml", "bad.csv"], "bad.csv:2, column `ttft_s`: `-1` is negative"),
        (&["validate", "server.yaml", "gone.csv"], "gone.csv: cannot be read"),
        (&["validate", "server.yaml", "m.csv", "--threshold", "e2e_mena=3%"], "did you mean `e2e_mean`?"),
        (&["validate", "server.yaml", "m.csv", "--set", "cluster.instances=2"], "one server"),
        (&["validate", "server.yaml", "m.csv", "--columns", "arrival=when"], "there is no column `when`"),
        (&["validate", "server.yaml", "m.csv", "--client-overhead-ms", "nan"], "--client-overhead-ms"),
        (&["calibrate", "server.yaml", "m.csv", "--hold-out"], "--hold-out needs two runs"),
        (&["calibrate", "server.yaml", "m.csv", "--fix", "beta"], "no parameter `beta`"),
        (
            &["calibrate", "server.yaml", "--layers", ".", "--out", "x.yaml"],
            "needs a profile that has `architecture`",
        ),
    ] {
        let seen = scene.run(args);
        assert_eq!(seen.code, Some(2), "{args:?}: {}", seen.err);
        assert!(seen.err.contains(part) && seen.out.is_empty(), "{args:?}: {}", seen.err);
    }
    assert!(!scene.path("x.yaml").exists());
}
