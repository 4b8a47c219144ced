//! The same run gives the same bytes, and a summary file can be run again.

use crate::scene::Scene;

const FILES: [&str; 4] = ["--requests", "r.csv", "--summary", "s.json"];

fn results(scene: &Scene, args: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let seen = scene.run(&[&["run"], args, &FILES[..], &["--quiet"]].concat());
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    (scene.read("r.csv"), scene.read("s.json"))
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let scene = Scene::new();
    let first = results(&scene, &["run.yaml"]);
    assert_eq!(results(&scene, &["run.yaml"]), first);
    assert_ne!(results(&scene, &["run.yaml", "--seed", "2"]).0, first.0);
}

#[test]
fn a_record_repeats_its_run() {
    let scene = Scene::new();
    let flags =
        ["run.yaml", "--routing", "qd:2,kv:1", "--kv-blocks", "300", "--rate", "33.3", "--scheduler", "sjf"];
    let first = results(&scene, &flags);
    std::fs::rename(scene.path("s.json"), scene.path("record.json")).unwrap();
    // The configuration is not needed any more.
    std::fs::remove_file(scene.path("run.yaml")).unwrap();
    assert_eq!(results(&scene, &["--from", "record.json"]), first);
}

#[test]
fn a_record_wants_its_own_trace() {
    let scene = Scene::new();
    let trace = "arrival_s,input_tokens,output_tokens\n0.5,100,10\n0.6,200,10\n";
    scene.write("trace.csv", trace);
    let first = results(&scene, &["run.yaml", "--trace", "trace.csv", "--set", "slo=null"]);
    std::fs::rename(scene.path("s.json"), scene.path("record.json")).unwrap();
    assert_eq!(results(&scene, &["--from", "record.json"]), first);
    scene.write("trace.csv", &trace.replace("200", "201"));
    let seen = scene.run(&["run", "--from", "record.json"]);
    assert_eq!(seen.code, Some(2));
    assert!(seen.err.contains("this is not the recorded workload"), "{}", seen.err);
}
