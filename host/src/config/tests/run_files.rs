//! The run files of the repository: each loads without a warning and says what it should.

use std::path::{Path, PathBuf};

use super::super::flags::by_name;
use super::super::{Config, Override, Resolved};
use crate::workload::WorkloadSpec;

fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs")
}

fn load(name: &str) -> Resolved {
    let config = Config::load(&configs().join(name).with_extension("yaml"), &[]);
    config.and_then(|config| config.resolve()).unwrap_or_else(|error| panic!("{name}:\n{error}"))
}

/// Name, routing, scheduler, priority, blocks, CPU blocks.
const RUNS: [(&str, &str, &str, &str, u32, u32); 11] = [
    ("rr", "round-robin", "fcfs", "constant", 132_139, 0),
    ("rr-low-kv", "round-robin", "fcfs", "constant", 2000, 0),
    ("static-default", "pa:3,qd:2,kv:2", "fcfs", "constant", 2000, 0),
    (
        "llm-d-default",
        "prefix-cache-scorer:3,queue-scorer:2,kv-cache-utilization-scorer:2",
        "fcfs",
        "constant",
        2000,
        0,
    ),
    ("kv-heavy", "pa:2,qd:2,kv:5", "fcfs", "constant", 2000, 0),
    ("kv-pressure", "pa:3,qd:2,kv-pressure:3", "fcfs", "constant", 2000, 0),
    ("slo-priority", "pa:3,qd:2,kv-pressure:3", "priority-fcfs", "slo-class", 2000, 0),
    ("slo-kv-scorer", "pa:3,qd:2,kv-pressure-slo:3", "fcfs", "constant", 2000, 0),
    ("full-compound", "pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs", "slo-class", 2000, 0),
    ("full-offload", "pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs", "slo-class", 2000, 3000),
    ("static-offload", "pa:3,qd:2,kv:2", "fcfs", "constant", 2000, 3000),
];

#[test]
fn the_runs_are_what_they_should_be() {
    for (name, routing, scheduler, priority, blocks, cpu_blocks) in RUNS {
        let run = load(name);
        let scorers = run.policy.routing.scorers.iter().map(|one| format!("{}:{}", one.policy, one.weight));
        let scorers: Vec<String> = scorers.collect();
        let shown =
            if scorers.is_empty() { run.policy.routing.picker.to_string() } else { scorers.join(",") };
        assert_eq!(shown, routing, "{name}");
        assert_eq!(run.policy.scheduler.name.value, scheduler, "{name}");
        assert_eq!(run.policy.priority.name.value, priority, "{name}");
        assert_eq!((run.settings.kv.blocks, run.settings.kv.cpu_blocks), (blocks, cpu_blocks), "{name}");
        assert_eq!(run.settings.instances, 4, "{name}");
        assert!(run.slo.contains_key("critical"), "{name}");
        assert!(run.warnings.is_empty(), "{name}");
        if cpu_blocks > 0 {
            let kv = &run.settings.kv;
            assert_eq!((kv.offload_threshold, kv.transfer_bandwidth), (0.8, 10), "{name}");
            assert_eq!(kv.transfer_base_latency_us, 100, "{name}");
        }
    }
}

#[test]
fn every_file_at_the_top_of_configs_is_one_of_them() {
    let files = configs().read_dir().expect("configs").flatten().map(|file| file.path());
    let mut names: Vec<String> = files
        .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "yaml"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let mut expected: Vec<&str> = RUNS.iter().map(|run| run.0).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn the_reference_shows_the_defaults() {
    let readme = std::fs::read_to_string(configs().join("README.md")).expect("the reference");
    let block = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let shown = Config::from_text(Path::new("README.md"), block, &[]).and_then(|config| config.resolve());
    let shown = shown.unwrap_or_else(|error| panic!("{error}"));
    let mut defaults = super::resolve("").expect("good");
    defaults.workload = shown.workload.clone();
    defaults.slo = shown.slo.clone();
    assert_eq!(shown.to_value(), defaults.to_value());
}

#[test]
fn every_profile_is_good() {
    for file in configs().join("profiles").read_dir().expect("profiles").flatten() {
        let name = file.path().file_stem().and_then(|name| name.to_str().map(str::to_owned)).expect("a name");
        let text = format!("cluster: {{profile: {name}}}\nworkload: {{}}\n");
        let run =
            Config::from_text(&configs().join("run.yaml"), &text, &[]).and_then(|config| config.resolve());
        let profile = run.unwrap_or_else(|error| panic!("{error}")).profile.expect("its figures are used");
        assert!(profile.model.is_some() && profile.gpu.is_some() && profile.source.is_some(), "{name}");
    }
}

#[test]
fn every_workload_file_is_a_workload() {
    for file in configs().join("workloads").read_dir().expect("workloads").flatten() {
        let name = file.path().display().to_string();
        let text = format!("workload: workloads/{}\n", file.file_name().to_string_lossy());
        let run =
            Config::from_text(&configs().join("run.yaml"), &text, &[]).and_then(|config| config.resolve());
        let run = run.unwrap_or_else(|error| panic!("{name}:\n{error}"));
        let spec: Result<WorkloadSpec, _> = run.workload.spec();
        let spec = spec.unwrap_or_else(|error| panic!("{name}:\n{error}"));
        // The record of a run says the same.
        let record = Config::from_value(&run.to_value(), "summary.json", &[]).expect("good");
        let again: WorkloadSpec = record.resolve().expect("good").workload.spec().expect("good");
        assert_eq!(again, spec, "{name}");
    }
}

#[test]
fn flags_change_the_workload_and_a_trace_replaces_it() {
    let load = |flags: &[(&str, &str)]| -> WorkloadSpec {
        let flag = |(name, value): &(&str, &str)| Override::flag(by_name(name).expect("a flag"), value);
        let overrides: Vec<Override> = flags.iter().map(flag).collect::<Result<_, _>>().expect("good");
        let config = Config::load(&configs().join("full-compound.yaml"), &overrides).expect("good");
        config.resolve().expect("good").workload.spec().expect("a workload")
    };
    let faster = load(&[("--rate", "250"), ("--limit", "10")]);
    assert_eq!((faster.rate, faster.limit, faster.requests), (Some(250.0), Some(10), Some(2000)));
    let trace = load(&[("--limit", "10"), ("--trace", "t.jsonl"), ("--speedup", "2")]);
    assert_eq!(trace.trace.as_deref(), Some(Path::new("t.jsonl")));
    assert_eq!((trace.requests, trace.limit, trace.speedup), (None, Some(10), Some(2.0)));
}
