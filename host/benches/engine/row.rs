//! One row: a shape with its policies, on one engine.

use std::sync::OnceLock;
use std::time::Instant;

use pointsman::config::Config;
use pointsman::engine::Unwatched;
use pointsman::registry::Sources;
use pointsman::run::{self, Outcome, Prepared};
use serde_json::json;

use crate::shapes::{ROUND_ROBIN, Shape};

/// Which shape, with which of its policies, on which engine.
pub(crate) struct Row<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) policies: usize,
    pub(crate) engine: &'a str,
    /// Runs, of which the fastest counts.
    pub(crate) runs: Option<usize>,
    /// Requests at most; what reads a trace ignores it.
    pub(crate) requests: Option<u64>,
}

impl Row<'_> {
    /// Its policies, as the table names them.
    pub(crate) fn policies(&self) -> String {
        let (routing, scheduler) = self.shape.policies[self.policies];
        format!("{routing} {scheduler}")
    }

    /// The command line of a process that measures it.
    pub(crate) fn args(&self) -> Vec<String> {
        let mut args =
            vec!["row".into(), self.shape.name.into(), self.policies.to_string(), self.engine.into()];
        args.extend(self.runs.map(|runs| runs.to_string()));
        args.extend(self.requests.map(|requests| requests.to_string()));
        args
    }

    /// Measures it and prints it; without the libraries that it needs it says so.
    pub(crate) fn measure(&self) {
        let (routing, scheduler) = self.shape.policies[self.policies];
        let mut config = self.shape.config.clone();
        config["engine"] = json!(self.engine);
        config["policy"] = json!({"routing": routing, "scheduler": scheduler});
        if let (Some(most), Some(requests)) = (self.requests, config["workload"].get_mut("requests")) {
            *requests = json!(requests.as_u64().map_or(most, |requests| requests.min(most)));
        }
        let name = format!("{:<5} {:<40} {:<6}", self.shape.name, self.policies(), self.engine);
        let runs = self.runs.unwrap_or(if self.engine == "plain" { 1 } else { self.shape.runs });
        let (mut best, mut last) = (f64::INFINITY, None);
        for _ in 0..runs {
            let start = cpu_seconds();
            let resolved = Config::from_value(&config, "benchmark", &[]).unwrap().resolve().unwrap();
            let mut catalogue = run::builtin_catalogue();
            // Beside the benchmark's own folder lie the libraries of a plain release build.
            let directory = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
            if (routing, scheduler) != ROUND_ROBIN {
                catalogue.discover(&Sources { directories: vec![directory], ..Sources::default() }).unwrap();
            }
            let Ok(prepared) = run::prepare(resolved, &catalogue, None) else {
                return println!("{name} skipped: no plugin libraries; `cargo build --release` builds them");
            };
            // A trace is read within, and building policies takes no time to speak of.
            let loading = if self.shape.name == "M" { start } else { cpu_seconds() };
            let outcome = the_run_itself(prepared);
            best = best.min(cpu_seconds() - loading);
            last = Some(outcome);
        }
        let outcome = last.unwrap();
        print(&name, best, &outcome);
        if self.requests.is_some() {
            println!("requests {}", outcome.collector.records().len());
        }
    }
}

/// The function within which instructions are counted; it has a name of its own for that.
pub(crate) const COUNTED: &str = "*the_run_itself*";

#[inline(never)]
fn the_run_itself(prepared: Prepared) -> Outcome {
    prepared.execute(&mut Unwatched).unwrap()
}

fn print(name: &str, best_s: f64, outcome: &Outcome) {
    let records = outcome.collector.records();
    let tokens: u64 = records.iter().map(|r| r.prompt_tokens + r.output_tokens).sum();
    let steps = outcome.summary.steps;
    println!(
        "{name} {:>10.0} {:>9.2} {:>9.1} {steps:>9} {:>9.1} {:>8}",
        records.len() as f64 / best_s,
        best_s * 1e9 / tokens as f64,
        best_s * 1e9 / outcome.events as f64,
        best_s * 1e3,
        peak_memory_mib().map_or_else(|| "?".to_owned(), |mib| format!("{mib:.0}")),
    );
    if let Some(counts) = counts(outcome) {
        println!("      {counts}");
    }
}

/// What happened under pressure, and how often libraries were asked; `None` where nothing is to say.
fn counts(outcome: &Outcome) -> Option<String> {
    let summary = &outcome.summary;
    let output: u64 = outcome.collector.records().iter().map(|record| record.output_tokens).sum();
    let mut parts = Vec::new();
    if summary.preemptions + summary.offloaded_blocks > 0 {
        parts.push(format!(
            "{:.1} tokens a step, {} preemptions, {} blocks offloaded, {} reloaded",
            output as f64 / summary.steps as f64,
            summary.preemptions,
            summary.offloaded_blocks,
            summary.reloaded_blocks
        ));
    }
    let libraries = outcome.calls.iter().filter(|count| count.library != "built in");
    let calls: Vec<_> = libraries.map(|count| format!("{} {}", count.policy, count.decisions)).collect();
    if !calls.is_empty() {
        parts.push(format!("calls of libraries: {}", calls.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
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
