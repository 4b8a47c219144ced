//! `run --timeline`, a file per behaviour.

mod laws;
mod options;
mod requests;
mod sampled;

use std::collections::BTreeSet;
use std::io::Read as _;

use serde_json::Value;

use crate::scene::{Scene, Seen};

/// Runs under pressure: preemptions, offloads, reloads, prompts that can never fit, refusals.
const PRESSED: &str = "\
seed: 3
cluster:
  instances: 2
  kv: {blocks: 90, cpu_blocks: 300, offload_threshold: 0.3, transfer_bandwidth: 10, transfer_base_latency_us: 100}
policy:
  routing: 'pa:1,qd:1'
  admission: {name: token-bucket, params: {rate_per_s: 12, burst: 20}}
workload:
  requests: 160
  arrivals: {process: poisson, rate_per_s: 30}
  prompt_tokens: {dist: uniform, min: 50, max: 400}
  output_tokens: {dist: uniform, min: 5, max: 120}
  classes: [{name: critical, share: 0.3}, {name: batch, share: 0.6}, {name: 'lo\"ng', share: 0.1, prompt_tokens: 1500}]
  sessions: {rounds: 3, think_time_s: 0.2, accumulate: true}
";

/// What such runs are made with.
const KINDS: [&[&str]; 4] = [
    &[],
    &["--set", "cluster.kv.reload=async"],
    &["--set", "cluster.kv.reload=async", "--set", "horizon_us=5000000"],
    &["--set", "horizon_us=6000000", "--set", "cluster.routing_latency_us=700"],
];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("run.yaml", PRESSED);
    scene
}

/// Runs it, quietly.
fn run(scene: &Scene, args: &[&str]) -> Seen {
    let seen = scene.run(&[&["run", "run.yaml", "--quiet"], args].concat());
    assert_eq!((seen.code, seen.out.as_str()), (Some(0), ""), "{}", seen.err);
    seen
}

/// A trace that was read.
struct Trace {
    all: Value,
    /// Its events, a line each.
    lines: BTreeSet<String>,
}

impl Trace {
    fn read(scene: &Scene, file: &str) -> Self {
        let bytes = scene.read(file);
        let mut text = String::new();
        if file.ends_with(".gz") {
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        let lines = text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
        Self { all: serde_json::from_str(&text).unwrap(), lines }
    }

    /// The trace of a run with these options.
    fn of(scene: &Scene, args: &[&str]) -> Self {
        run(scene, &[&["--timeline", "of.json"], args].concat());
        Self::read(scene, "of.json")
    }

    fn about(&self) -> &Value {
        &self.all["otherData"]
    }

    fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.all["traceEvents"].as_array().unwrap().iter().map(Event)
    }

    /// Events with this phase and category.
    fn of_kind(&self, ph: &str, cat: &str) -> Vec<Event<'_>> {
        self.events().filter(|event| event.ph() == ph && event.0["cat"] == cat).collect()
    }
}

#[derive(Debug, Clone, Copy)]
struct Event<'t>(&'t Value);

impl<'t> Event<'t> {
    fn ph(self) -> &'t str {
        self.0["ph"].as_str().unwrap()
    }

    fn name(self) -> &'t str {
        self.0["name"].as_str().unwrap()
    }

    fn number(self, key: &str) -> u64 {
        self.0[key].as_u64().unwrap_or_else(|| panic!("{key} in {self:?}"))
    }

    fn arg(self, key: &str) -> Option<u64> {
        self.0["args"][key].as_u64()
    }

    fn ts(self) -> u64 {
        self.number("ts")
    }

    fn end(self) -> u64 {
        self.ts() + self.0["dur"].as_u64().unwrap_or(0)
    }

    fn thread(self) -> (u64, u64) {
        (self.number("pid"), self.number("tid"))
    }

    /// The instance whose process it is of.
    fn instance(self) -> usize {
        (self.number("pid") / 10) as usize - 1
    }
}

/// The summary file of a run.
fn summary(scene: &Scene, file: &str) -> Value {
    serde_json::from_slice(&scene.read(file)).unwrap()
}
