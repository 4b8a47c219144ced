//! The clusters and requests that are measured.

use serde_json::{Value, json};

pub(crate) const ROUND_ROBIN: (&str, &str) = ("round-robin", "fcfs");
const THREE: (&str, &str) = ("pa:3,qd:2,kv-pressure-slo:3", "fcfs");
const PRIORITIES: (&str, &str) = ("pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs");

/// A cluster with its requests.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Runs of the fast engine; the plain one is run once where it takes long.
    pub(crate) runs: usize,
    pub(crate) config: Value,
    pub(crate) policies: &'static [(&'static str, &'static str)],
}

fn poisson(instances: u64, rate_per_s: u64, requests: u64, (prompt, output): (u64, u64)) -> Value {
    json!({
        "cluster": {"instances": instances},
        "workload": {
            "requests": requests,
            "arrivals": {"process": "poisson", "rate_per_s": rate_per_s},
            "prompt_tokens": prompt,
            "output_tokens": output,
        },
    })
}

/// All shapes; M only where its trace is.
pub(crate) fn shapes() -> Vec<Shape> {
    let mut all = vec![
        Shape {
            name: "S4",
            runs: 5,
            config: poisson(4, 100, 100_000, (1024, 128)),
            policies: &[ROUND_ROBIN, THREE],
        },
        Shape {
            name: "S16",
            runs: 5,
            config: poisson(16, 400, 100_000, (1024, 128)),
            policies: &[ROUND_ROBIN, THREE],
        },
        Shape {
            name: "C",
            runs: 5,
            config: poisson(8, 200, 20_000, (512, 512)),
            policies: &[ROUND_ROBIN, THREE, PRIORITIES],
        },
        Shape {
            name: "W",
            runs: 3,
            config: poisson(64, 1600, 100_000, (512, 512)),
            policies: &[ROUND_ROBIN, THREE],
        },
        Shape {
            name: "W1024",
            runs: 3,
            config: poisson(1024, 25_600, 100_000, (512, 512)),
            policies: &[ROUND_ROBIN, THREE],
        },
        // Four fifths of the blocks in use, a preemption for every fourth request, a hundred blocks offloaded per
        // request, and a CPU tier that is soon full and evicts from then on.
        Shape {
            name: "K",
            runs: 3,
            config: json!({
                "cluster": {
                    "instances": 4,
                    "kv": {"blocks": 6000, "cpu_blocks": 20_000, "offload_threshold": 0.8},
                },
                "workload": {
                    "requests": 20_000,
                    "arrivals": {"process": "poisson", "rate_per_s": 70},
                    "prompt_tokens": {"dist": "lognormal", "median": 300, "sigma": 0.8, "max": 4000},
                    "output_tokens": {"dist": "lognormal", "median": 200, "sigma": 0.6, "max": 1500},
                    "sessions": {"rounds": 5, "think_time_s": {"dist": "exponential", "mean": 5.0}},
                },
            }),
            policies: &[ROUND_ROBIN, THREE, PRIORITIES],
        },
    ];
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let shared =
        if shared.exists() { shared } else { std::env::var_os("POINTSMAN_DATA").unwrap_or_default().into() };
    if let Some(trace) = find(&shared, "conversation") {
        all.push(Shape {
            name: "M",
            runs: 3,
            config: json!({
                "cluster": {"instances": 4},
                "workload": {"trace": trace, "format": "mooncake"},
            }),
            policies: &[ROUND_ROBIN, THREE],
        });
    }
    all
}

/// A file under a folder with this in its name.
fn find(folder: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.file_name().to_string_lossy().contains(name)
                && path.to_string_lossy().contains("jsonl")
            {
                return Some(path);
            }
        }
    }
    None
}
