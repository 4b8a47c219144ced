//! How fast the engine simulates: requests per second, nanoseconds per simulated token, memory.
//!
//! `cargo bench -p pointsman --bench engine`. Shape C: 8 instances, 20,000 requests of 512 prompt
//! and 512 output tokens at 200 requests/s on the default profile. Each figure is the best of
//! three runs, since noise only ever adds.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures time and prints it"
)]

use std::time::Instant;

use pointsman::config::Config;
use pointsman::engine::Unwatched;
use pointsman::registry::Sources;
use pointsman::run::{self, Outcome};
use serde_json::json;

const REQUESTS: u64 = 20_000;
const RUNS: usize = 3;

/// One run; its wall time in seconds, the building of policies and workload left out.
fn measure(routing: &str, scheduler: &str) -> Option<(f64, Outcome)> {
    let config = json!({
        "cluster": {"instances": 8},
        "policy": {"routing": routing, "scheduler": scheduler},
        "workload": {
            "requests": REQUESTS,
            "arrivals": {"process": "poisson", "rate_per_s": 200},
            "prompt_tokens": 512,
            "output_tokens": 512,
        },
    });
    let resolved = Config::from_value(&config, "benchmark", &[]).unwrap().resolve().unwrap();
    let mut catalogue = run::builtin_catalogue();
    // Beside the benchmark's own folder lie the libraries of a plain release build.
    let directory = std::env::current_exe().unwrap().parent()?.parent()?.to_owned();
    catalogue.discover(&Sources { directories: vec![directory], ..Sources::default() }).unwrap();
    let prepared = run::prepare(resolved, &catalogue, None).ok()?;
    let start = Instant::now();
    let outcome = prepared.execute(&mut Unwatched).unwrap();
    Some((start.elapsed().as_secs_f64(), outcome))
}

/// The most memory that this process ever had, in MiB; Linux only.
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn main() {
    println!("{REQUESTS} requests of 512 in and 512 out, 200/s, 8 instances; best of {RUNS}");
    println!("{:<44} {:>10} {:>9} {:>8}  {:>9}", "policies", "requests/s", "ns/token", "steps", "peak MiB");
    for (routing, scheduler) in [
        ("round-robin", "fcfs"),
        ("pa:3,qd:2,kv:2", "fcfs"),
        ("pa:3,qd:2,kv-pressure-slo:3", "fcfs"),
        ("pa:3,qd:2,kv-pressure-slo:3", "priority-fcfs"),
    ] {
        let name = format!("{routing} {scheduler}");
        let runs: Option<Vec<_>> = (0..RUNS).map(|_| measure(routing, scheduler)).collect();
        let Some(runs) = runs else {
            println!("{name:<44} skipped: no plugin libraries; `cargo build --release` builds them");
            continue;
        };
        let seconds = runs.iter().map(|(seconds, _)| *seconds).fold(f64::INFINITY, f64::min);
        let tokens: u64 =
            runs[0].1.collector.records().iter().map(|r| r.prompt_tokens + r.output_tokens).sum();
        let steps = runs[0].1.summary.steps;
        let requests_per_s = REQUESTS as f64 / seconds;
        let ns_per_token = seconds * 1e9 / tokens as f64;
        let peak = peak_memory_mib().map_or_else(|| "?".to_owned(), |mib| format!("{mib:.0}"));
        println!("{name:<44} {requests_per_s:>10.0} {ns_per_token:>9.1} {steps:>8}  {peak:>9}");
    }
}
