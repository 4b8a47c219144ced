//! Every run configuration runs, under the policies that the README's table says.

use std::fs;

use crate::{repository, run};

/// The rows of the README's table of configurations: name, routing, scheduler, priority, blocks.
fn table() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let rows = readme.lines().skip_while(|line| !line.starts_with("| configuration |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
        })
        .collect()
}

#[test]
fn every_configuration_is_in_the_table_and_the_other_way_round() {
    let mut files: Vec<String> = fs::read_dir(repository("configs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect();
    files.sort();
    let mut named: Vec<String> = table().into_iter().map(|row| row[0].clone()).collect();
    named.sort();
    assert_eq!(files, named);
}

#[test]
fn every_configuration_runs_under_the_policies_of_the_table() {
    let full = [
        ("pa", "prefix-affinity"),
        ("qd", "queue-depth"),
        ("kv", "kv-utilization"),
        ("prefix-cache-scorer", "prefix-affinity"),
        ("kv-cache-utilization-scorer", "kv-utilization"),
    ];
    for row in table() {
        let outcome = run(&repository(&format!("configs/{}.yaml", row[0])), &["workload.limit=200"], &[]);
        assert_eq!(outcome.summary.overall.completed(), 200, "{}", row[0]);
        let of_role = |role: &str| -> Vec<String> {
            let used = outcome.policies.iter().filter(|used| used.role == role);
            used.map(|used| match used.weight {
                Some(weight) => format!("{}:{weight}", used.name),
                None => used.name.clone(),
            })
            .collect()
        };
        let routing = if row[1] == "round-robin" {
            assert_eq!(of_role("picker"), ["round-robin"], "{}", row[0]);
            vec![]
        } else {
            let scorer = |part: &str| {
                let (name, weight) = part.split_once(':').unwrap();
                let name = full.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full);
                format!("{name}:{weight}")
            };
            row[1].split(',').map(scorer).collect()
        };
        assert_eq!(of_role("scorer"), routing, "{}", row[0]);
        assert_eq!(of_role("scheduler"), [row[2].as_str()], "{}", row[0]);
        assert_eq!(of_role("priority"), [row[3].as_str()], "{}", row[0]);
        let kv = &outcome.provenance.config["cluster"]["kv"];
        let blocks = match kv["cpu_blocks"].as_u64().unwrap() {
            0 => format!("{}", kv["blocks"]),
            cpu => format!("{} + {cpu} CPU", kv["blocks"]),
        };
        assert_eq!(blocks, row[4], "{}", row[0]);
    }
}

/// The policies that are libraries come from libraries, and nothing else does.
#[test]
fn the_three_libraries_decide() {
    let outcome = run(&repository("configs/full-compound.yaml"), &["workload.limit=8"], &[]);
    let libraries: Vec<_> = outcome
        .policies
        .iter()
        .filter_map(|used| Some((used.name.as_str(), used.library.as_ref()?.name.as_str())))
        .collect();
    assert_eq!(libraries, [("kv-pressure-slo", "kv-pressure-slo"), ("priority-fcfs", "priority-fcfs")]);
    // The others are found, and said to have no say here.
    let idle: Vec<_> = outcome.idle.iter().map(|idle| idle.library.name.as_str()).collect();
    assert!(idle.contains(&"kv-pressure") && idle.iter().all(|name| !name.contains("slo")), "{idle:?}");
    let outcome = run(&repository("configs/kv-pressure.yaml"), &["workload.limit=8"], &[]);
    assert!(
        outcome.policies.iter().any(|used| used.library.as_ref().is_some_and(|l| l.name == "kv-pressure"))
    );
}
