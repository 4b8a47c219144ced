//! Where results go.

use std::process::Stdio;

use crate::scene::Scene;

#[test]
fn files_hold_what_was_asked_for() {
    let scene = Scene::new();
    let seen = scene.run(&["run", "run.yaml", "--requests", "r.csv", "--summary", "s.json", "--quiet"]);
    assert_eq!((seen.code, seen.out.as_str(), seen.err.as_str()), (Some(0), "", ""));
    assert_eq!(scene.names(), ["r.csv", "run.yaml", "s.json"]);
    let requests = String::from_utf8(scene.read("r.csv")).unwrap();
    let head = "id,instance,tenant,slo_class,session,round,arrival_us,queued_us,first_scheduled_us,ttft_us,e2e_us,\
                prompt_tokens,output_tokens,hit_tokens_gpu,hit_tokens_cpu,preemptions,state";
    assert_eq!(requests.lines().next(), Some(head));
    assert_eq!(requests.lines().count(), 61);
    let summary: serde_json::Value = serde_json::from_slice(&scene.read("s.json")).unwrap();
    assert_eq!(summary["schema_version"], 1);
    assert_eq!(summary["provenance"]["seed"], 1);
    assert_eq!(summary["summary"]["overall"]["states"]["completed"], 60);
    assert_eq!(summary["policies"][0]["name"], "prefix-affinity");
}

#[test]
fn standard_output_takes_one_thing() {
    let scene = Scene::new();
    scene.run(&["run", "run.yaml", "--requests", "r.csv", "--summary", "s.json", "--quiet"]);
    let (requests, summary) = (scene.read("r.csv"), scene.read("s.json"));
    assert_eq!(scene.run(&["run", "run.yaml", "--format", "json"]).out.as_bytes(), summary);
    assert_eq!(scene.run(&["run", "run.yaml", "--summary", "-"]).out.as_bytes(), summary);
    assert_eq!(scene.run(&["run", "run.yaml", "--requests", "-"]).out.as_bytes(), requests);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let scene = Scene::new();
    for format in ["text", "json"] {
        let mut command = scene.command(&["run", "run.yaml", "--format", format, "--summary", "s.json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert!(scene.names().contains(&"s.json".to_owned()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let scene = Scene::new();
    let full = scene.run(&["run", "run.yaml", "--requests", "/dev/full"]);
    assert_eq!(full.code, Some(1));
    assert!(full.err.contains("cannot write /dev/full: no space left"), "{}", full.err);
    let mut command = scene.command(&["run", "run.yaml"]);
    command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let seen = crate::scene::seen(command);
    assert_eq!(seen.code, Some(1));
    assert!(seen.err.contains("cannot write to standard output"), "{}", seen.err);
}

#[test]
fn exactness_is_said_to_be_needless_where_it_is() {
    let scene = Scene::new();
    let plain = scene.run(&["run", "run.yaml", "--format", "json"]);
    let exact = scene.run(&["run", "run.yaml", "--format", "json", "--exact"]);
    assert_eq!((exact.code, &exact.out), (Some(0), &plain.out));
    let warning = "--exact has no effect on a run of 60 requests: summaries of up to 1,000,000 are exact";
    assert!(exact.err.contains(warning), "{}", exact.err);
    let quiet = scene.run(&["run", "run.yaml", "--exact", "--quiet"]);
    assert!(quiet.err.contains("--exact has no effect: no summary is wanted"), "{}", quiet.err);
    scene.write("s.json", &plain.out);
    let again = scene.run(&["run", "--from", "s.json", "--exact"]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("`--from` and `--exact` cannot be used together"), "{}", again.err);
}
