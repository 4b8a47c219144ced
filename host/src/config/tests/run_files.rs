//! The run files of the repository: each loads without a warning and says what it should.

use std::path::{Path, PathBuf};

use super::super::{Config, Resolved};

fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs")
}

fn load(name: &str) -> Resolved {
    let config = Config::load(&configs().join(name).with_extension("yaml"), &[]);
    config.and_then(|config| config.resolve()).unwrap_or_else(|error| panic!("{name}:\n{error}"))
}

/// Name, routing, scheduler, priority, blocks, CPU blocks.
const RUNS: [(&str, &str, &str, &str, u32, u32); 10] = [
    ("rr", "round-robin", "fcfs", "constant", 132_139, 0),
    ("rr-low-kv", "round-robin", "fcfs", "constant", 2000, 0),
    ("static-default", "pa:3,qd:2,kv:2", "fcfs", "constant", 2000, 0),
    ("kv-heavy", "pa:2,qd:2,kv:5", "fcfs", "constant", 2000, 0),
    ("kv-pressure", "pa:3,qd:2,kv-pressure:3", "fcfs", "constant", 2000, 0),
    ("slo-priority", "pa:3,qd:2,kv-pressure:3", "priority-fcfs", "slo-class", 2000, 0),
    ("slo-kv-scorer", "pa:3,qd:2,kv-pressure-slo:3", "fcfs", "constant", 2000, 0),
    ("full-compound", "pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs", "slo-class", 2000, 0),
    ("full-offload", "pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs", "slo-class", 2000, 3000),
    ("static-offload", "pa:3,qd:2,kv:2", "fcfs", "constant", 2000, 3000),
];

#[test]
fn the_ten_runs_are_what_they_should_be() {
    for (name, routing, scheduler, priority, blocks, cpu_blocks) in RUNS {
        let run = load(name);
        let scorers = run.policy.routing.scorers.iter().map(|one| format!("{}:{}", one.policy, one.weight));
        let scorers: Vec<String> = scorers.collect();
        let shown =
            if scorers.is_empty() { run.policy.routing.picker.name().to_owned() } else { scorers.join(",") };
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
        .filter(|path| path.is_file())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let mut expected: Vec<&str> = RUNS.iter().map(|run| run.0).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}
