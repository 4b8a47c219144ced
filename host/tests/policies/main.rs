//! The policy libraries of this repository at work in the simulator.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod learning;
mod pickers;
mod prefix;
mod presets;
mod sessions;
mod starvation;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary needs a part of it")]
mod support;

use std::fs;
use std::path::Path;

use pointsman::config::Config;
use pointsman::engine::{RequestRecord, Unwatched};
use pointsman::registry::Sources;
use pointsman::run::{self, Outcome};

/// A cluster that is short of memory, with a CPU tier, and sessions over a few shared prefixes: blocks are
/// cached, evicted, offloaded and reloaded, and queues form.
const BUSY: &str = "
seed: 7
cluster:
  instances: 4
  kv: {blocks: 400, cpu_blocks: 600, offload_threshold: 0.5, transfer_bandwidth: 10}
workload:
  requests: 600
  arrivals: {process: poisson, rate_per_s: 60}
  prompt_tokens: {dist: lognormal, median: 120, sigma: 0.8, max: 1500}
  output_tokens: {dist: uniform, min: 10, max: 120}
  classes: [{name: critical, share: 1}, {name: batch, share: 2}]
  shared_prefixes: {groups: 12, tokens: 640, popularity: zipf, exponent: 0.8}
  sessions: {rounds: 3, think_time_s: 0.2, loop: closed, accumulate: true}
";

/// Runs a configuration with the libraries of the workspace. Nothing may fail on the way.
fn run(config: &str) -> Outcome {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = directory.path().join("run.yaml");
    fs::write(&file, config).unwrap();
    let resolved = Config::load(&file, &[]).and_then(|config| config.resolve());
    let resolved = resolved.unwrap_or_else(|error| panic!("{error}\n{config}"));
    let mut catalogue = run::builtin_catalogue();
    let sources = Sources { directories: vec![support::plugin_dir().to_owned()], ..Sources::default() };
    catalogue.discover(&sources).unwrap();
    let prepared = run::prepare(resolved, &catalogue, None);
    let prepared = prepared.unwrap_or_else(|error| panic!("{error}\n{config}"));
    let outcome = prepared.execute(&mut Unwatched).unwrap_or_else(|error| panic!("{error}\n{config}"));
    assert!(outcome.failures.is_empty() && outcome.clamped_scores == 0, "{:?}", outcome.failures);
    outcome
}

/// What became of the requests of [`BUSY`] under this `routing:`.
fn busy(routing: &str) -> Vec<RequestRecord> {
    records(&format!("{BUSY}policy:\n  routing: {routing}\n"))
}

/// What became of the requests of a configuration.
fn records(config: &str) -> Vec<RequestRecord> {
    run(config).collector.records().to_vec()
}

/// The tick at which each request first had something computed.
fn starts(records: &[RequestRecord]) -> Vec<u64> {
    records.iter().map(|record| record.first_scheduled_us.unwrap()).collect()
}

/// Puts a trace beside nothing else, and gives the `workload:` that reads it.
fn trace(directory: &Path, lines: impl IntoIterator<Item = String>) -> String {
    let file = directory.join("trace.jsonl");
    fs::write(&file, lines.into_iter().map(|line| line + "\n").collect::<String>()).unwrap();
    format!("{{trace: '{}', format: native}}", file.display())
}
