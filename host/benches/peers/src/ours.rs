//! Pointsman's side: the fast engine, linked as a library.

use pointsman::config::Config;
use pointsman::engine::{Observer, RequestRecord, Step, Unwatched};
use pointsman::run::{self, Outcome, Prepared};
use serde_json::{Value, json};

use crate::figures::{Figures, cpu_s, peak_mib};
use crate::shape::{BETA, BLOCK_SIZE, BLOCKS, MAX_NUM_BATCHED_TOKENS, MAX_NUM_SEQS, Requests, Shape};

/// Runs of which the fastest counts.
const RUNS: usize = 5;

/// The configuration; without the profile's `alpha`, which the peers have nothing like.
fn config(shape: &Shape) -> Value {
    let workload = match &shape.requests {
        Requests::Poisson { rate_per_s, count, prompt, output } => json!({
            "requests": count,
            "arrivals": {"process": "poisson", "rate_per_s": rate_per_s},
            "prompt_tokens": prompt,
            "output_tokens": output,
        }),
        Requests::Mooncake(trace) => json!({"trace": trace, "format": "mooncake"}),
    };
    json!({
        "engine": "fast",
        "policy": {"routing": "round-robin", "scheduler": "fcfs"},
        "cluster": {
            "instances": shape.instances,
            "latency": {"model": "linear", "alpha": [0, 0, 0], "beta": BETA},
            "kv": {"blocks": BLOCKS, "block_size": BLOCK_SIZE},
            "engine": {"max_num_seqs": MAX_NUM_SEQS, "max_num_batched_tokens": MAX_NUM_BATCHED_TOKENS},
        },
        "workload": workload,
    })
}

fn prepare(shape: &Shape) -> Result<Prepared, String> {
    let resolved = Config::from_value(&config(shape), "peers", &[]).and_then(|config| config.resolve());
    let resolved = resolved.map_err(|error| error.to_string())?;
    run::prepare(resolved, &run::builtin_catalogue(), None).map_err(|error| error.to_string())
}

/// Counts the seats of steps.
#[derive(Default)]
struct Seats {
    prefill_steps: u64,
    seats: u64,
}

impl Observer for Seats {
    fn step(&mut self, step: &Step) {
        self.seats += step.prefills + step.decodes;
        self.prefill_steps += u64::from(step.decodes == 0);
    }
}

/// The requests, as this side's generator makes them or reads them.
pub(crate) fn requests(shape: &Shape) -> Result<Vec<RequestRecord>, String> {
    let outcome = prepare(shape)?.execute(&mut Unwatched).map_err(|error| error.to_string())?;
    Ok(outcome.collector.records().to_vec())
}

/// Measures a shape. Generating the requests or reading the trace is on the clock.
pub(crate) fn measure(shape: &Shape) -> Result<Figures, String> {
    let (mut best, mut last): (f64, Option<Outcome>) = (f64::INFINITY, None);
    for _ in 0..RUNS {
        // Given back before the clock starts again: the run before is not measured, nor its memory.
        drop(last.take());
        let start = cpu_s();
        let outcome = prepare(shape)?.execute(&mut Unwatched).map_err(|error| error.to_string())?;
        best = best.min(cpu_s() - start);
        last = Some(outcome);
    }
    let outcome = last.ok_or("no run")?;
    let peak_mib = peak_mib();
    // What is looked at step by step is not measured.
    let mut seats = Seats::default();
    prepare(shape)?.execute_observed(&mut Unwatched, Some(&mut seats)).map_err(|error| error.to_string())?;
    let overall = &outcome.summary.overall;
    let mean = |of: &Option<pointsman::metrics::Distribution>| of.as_ref().map_or(0.0, |of| of.mean);
    Ok(Figures {
        requests: overall.requests,
        completed: overall.completed(),
        cpu_s: best,
        steps: outcome.summary.steps,
        prefill_steps: seats.prefill_steps,
        seats: seats.seats,
        simulated_s: outcome.summary.end_ms / 1e3,
        ttft_ms: mean(&overall.latencies.ttft_ms),
        tpot_ms: mean(&overall.latencies.tpot_ms),
        hit_rate: outcome.summary.hit_rate,
        peak_mib,
    })
}
