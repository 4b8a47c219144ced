//! How fast the engines simulate: requests per second of CPU, nanoseconds per simulated token and per event,
//! and memory, on the shapes that `README.md` beside this file describes.
//!
//! `cargo bench -p pointsman --bench engine` measures all; `-- S` the shapes whose name begins so,
//! `-- S fast` on one engine alone. Every figure is the best of a few runs, since noise only
//! ever adds, and every row is a process of its own, so that its memory is its own.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures time and prints it"
)]

use std::sync::OnceLock;
use std::time::Instant;

use pointsman::config::Config;
use pointsman::engine::Unwatched;
use pointsman::registry::Sources;
use pointsman::run;
use serde_json::{Value, json};

const ROUND_ROBIN: (&str, &str) = ("round-robin", "fcfs");
const THREE: (&str, &str) = ("pa:3,qd:2,kv-pressure-slo:3", "fcfs");
const PRIORITIES: (&str, &str) = ("pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs");

/// A cluster with its requests.
struct Shape {
    name: &'static str,
    /// Runs of the fast engine; the plain one is run once where it takes long.
    runs: usize,
    config: Value,
    policies: &'static [(&'static str, &'static str)],
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
fn shapes() -> Vec<Shape> {
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
            name: "K",
            runs: 3,
            config: json!({
                "cluster": {
                    "instances": 4,
                    "kv": {"blocks": 6000, "cpu_blocks": 20_000, "offload_threshold": 0.8},
                },
                "workload": {
                    "requests": 20_000,
                    "arrivals": {"process": "poisson", "rate_per_s": 8},
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

/// Measures one row and prints it; without the libraries that it needs it says so.
fn measure(shape: &Shape, (routing, scheduler): (&str, &str), engine: &str, runs: Option<usize>) {
    let mut config = shape.config.clone();
    config["engine"] = json!(engine);
    config["policy"] = json!({"routing": routing, "scheduler": scheduler});
    let row = format!("{:<4} {:<36} {engine:<6}", shape.name, format!("{routing} {scheduler}"));
    let runs = runs.unwrap_or(if engine == "plain" { 1 } else { shape.runs });
    let (mut best, mut last) = (f64::INFINITY, None);
    for _ in 0..runs {
        let start = cpu_seconds();
        let resolved = Config::from_value(&config, "benchmark", &[]).unwrap().resolve().unwrap();
        let mut catalogue = run::builtin_catalogue();
        // Beside the benchmark's own folder lie the libraries of a plain release build.
        let directory = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        // Reading libraries is not what is measured, and counts of instructions have no beginning.
        if (routing, scheduler) != ROUND_ROBIN {
            catalogue.discover(&Sources { directories: vec![directory], ..Sources::default() }).unwrap();
        }
        let Ok(prepared) = run::prepare(resolved, &catalogue, None) else {
            return println!("{row} skipped: no plugin libraries; `cargo build --release` builds them");
        };
        // A trace is read within, and building policies takes no time to speak of.
        let loading = if shape.name == "M" { start } else { cpu_seconds() };
        let outcome = prepared.execute(&mut Unwatched).unwrap();
        best = best.min(cpu_seconds() - loading);
        last = Some(outcome);
    }
    let outcome = last.unwrap();
    let records = outcome.collector.records();
    let tokens: u64 = records.iter().map(|r| r.prompt_tokens + r.output_tokens).sum();
    let steps = outcome.summary.steps;
    let events = outcome.events;
    println!(
        "{row} {:>10.0} {:>9.2} {:>9.1} {steps:>9} {:>9.1} {:>8}",
        records.len() as f64 / best,
        best * 1e9 / tokens as f64,
        best * 1e9 / events as f64,
        best * 1e3,
        peak_memory_mib().map_or_else(|| "?".to_owned(), |mib| format!("{mib:.0}")),
    );
}

/// Time that this process has computed for, on Linux; elsewhere time that has passed. Other
/// processes on the machine then count for little.
fn cpu_seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let nanoseconds = std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64(), |ns| ns / 1e9)
}

/// The most memory that this process ever had, in MiB; Linux only.
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let shapes = shapes();
    if let [one, shape, policies, engine, runs @ ..] = &args[..]
        && one == "row"
    {
        let shape = &shapes[shape.parse::<usize>().unwrap()];
        return measure(
            shape,
            shape.policies[policies.parse::<usize>().unwrap()],
            engine,
            runs.first().map(|runs| runs.parse().unwrap()),
        );
    }
    println!(
        "{:<48} {:>10} {:>9} {:>9} {:>9} {:>9} {:>8}",
        "shape, policies, engine", "requests/s", "ns/token", "ns/event", "steps", "ms", "peak MiB"
    );
    let wanted = |name: &str| args.first().is_none_or(|prefix| name.starts_with(prefix.as_str()));
    for (index, shape) in shapes.iter().enumerate().filter(|(_, shape)| wanted(shape.name)) {
        for policies in 0..shape.policies.len() {
            for engine in ["plain", "fast"] {
                if args.get(1).is_none_or(|only| only == engine) {
                    let row = ["row", &index.to_string(), &policies.to_string(), engine].map(String::from);
                    let status =
                        std::process::Command::new(std::env::current_exe().unwrap()).args(row).status();
                    assert!(status.unwrap().success());
                }
            }
        }
    }
}
