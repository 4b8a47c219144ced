//! `dynamo-mocker`: its offline replay, in virtual time, with its scheduler of vLLM's manner.
//!
//! A step's duration there is that of its prefills and that of its decodes, added: two calls of a model that is not
//! told which pass they belong to. So the constant of a step is put into the decodes' part, and a pass that only
//! computes prompts is that much too short; how many those are is counted. Of several prefills in a pass the model
//! is told the mean of their lengths, rounded down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dynamo_mocker::common::perf_model::{AisCallback, PerfModel};
use dynamo_mocker::common::protocols::{DirectRequest, MockerConfig};
use dynamo_mocker::loadgen::Trace;
use dynamo_mocker::replay::{
    ReplayRouterMode, ReplayRuntimeObservers, ReplayScalingDecision, ReplayScalingPolicy,
    ReplayScalingSnapshot, SlaThresholds, TraceSimulationReport, simulate_trace_file,
    simulate_trace_requests, simulate_trace_requests_with_router_mode_and_runtime_observers,
};
use serde_json::json;
use uuid::Uuid;

use crate::figures::{Figures, cpu_s, peak_mib};
use crate::ours;
use crate::shape::{
    BETA, BLOCK_SIZE, BLOCKS, MAX_NUM_BATCHED_TOKENS, MAX_NUM_SEQS, MOONCAKE_PIECE, Requests, Shape,
};

/// Runs of which the fastest counts: one takes seconds.
const RUNS: usize = 2;

/// Pointsman's step model, as far as it can be told, and what it was asked.
#[derive(Default)]
struct StepModel {
    seats: AtomicU64,
    decode_steps: AtomicU64,
}

impl AisCallback for StepModel {
    fn predict_prefill(
        &self,
        batch_size: usize,
        effective_isl: usize,
        _prefix: usize,
    ) -> anyhow::Result<f64> {
        self.seats.fetch_add(batch_size as u64, Ordering::Relaxed);
        Ok(BETA[1] * (batch_size * effective_isl) as f64 / 1e3)
    }

    fn predict_decode(&self, batch_size: usize, _isl: usize, _osl: usize) -> anyhow::Result<f64> {
        self.seats.fetch_add(batch_size as u64, Ordering::Relaxed);
        self.decode_steps.fetch_add(1, Ordering::Relaxed);
        Ok((BETA[0] + BETA[2] * batch_size as f64) / 1e3)
    }
}

/// The instances, in the peer's words. Speeds are 1: simulated time is that of the step model.
fn config(model: &Arc<StepModel>) -> anyhow::Result<MockerConfig> {
    let mut config = MockerConfig::from_value(json!({
        "engine": {
            "backend": "vllm",
            "block_size": BLOCK_SIZE,
            "num_gpu_blocks": BLOCKS,
            "max_num_seqs": MAX_NUM_SEQS,
            "max_num_batched_tokens": MAX_NUM_BATCHED_TOKENS,
            "enable_prefix_caching": true,
            "enable_chunked_prefill": true,
            "preemption_mode": "lifo",
            "speedup_ratio": 1.0,
            "decode_speedup_ratio": 1.0,
        },
    }))?;
    config.perf_model = Arc::new(PerfModel::from_ais_callback(Arc::<StepModel>::clone(model)));
    Ok(config)
}

/// The requests as token ids: it keeps prompts as such. They come from Pointsman's generator.
fn direct(shape: &Shape) -> anyhow::Result<Vec<DirectRequest>> {
    let mut fresh = 0_u32;
    let records = ours::requests(shape).map_err(anyhow::Error::msg)?;
    let request = |record: &pointsman::engine::RequestRecord| {
        let first = fresh;
        fresh = fresh.wrapping_add(record.prompt_tokens as u32);
        DirectRequest {
            tokens: (0..record.prompt_tokens as u32).map(|token| first.wrapping_add(token)).collect(),
            max_output_tokens: record.output_tokens as usize,
            uuid: Some(Uuid::from_u128(u128::from(record.id) + 1)),
            arrival_timestamp_ms: Some(record.arrival_us as f64 / 1e3),
            ..DirectRequest::default()
        }
    };
    Ok(records.iter().map(request).collect())
}

/// Counts passes without touching anything: it is shown the last pass of each worker at every tick, and a tick
/// is shorter than any pass that decodes.
struct Passes {
    prefill_only: Arc<AtomicU64>,
    decoding: Arc<AtomicU64>,
}

/// Between ticks. \[ms\]
const TICK_MS: f64 = 0.5;

impl ReplayScalingPolicy for Passes {
    fn initial_tick_ms(&mut self) -> anyhow::Result<f64> {
        Ok(TICK_MS)
    }

    fn on_tick(&mut self, snapshot: ReplayScalingSnapshot) -> anyhow::Result<ReplayScalingDecision> {
        // Idle workers say so now and then, with nothing in it.
        for (_, pass) in snapshot.decode_fpm.iter().filter(|(_, pass)| pass.wall_time_secs > 0.0) {
            let kind = if pass.num_decode_requests == 0 { &self.prefill_only } else { &self.decoding };
            kind.fetch_add(1, Ordering::Relaxed);
        }
        Ok(ReplayScalingDecision { next_tick_ms: Some(snapshot.now_ms + TICK_MS), ..Default::default() })
    }
}

/// Replays the shape: a trace as a file, everything else as requests that lie ready before the clock starts.
fn replay(
    shape: &Shape,
    config: MockerConfig,
    requests: Option<Vec<DirectRequest>>,
) -> anyhow::Result<TraceSimulationReport> {
    let instances = shape.instances as usize;
    match (&shape.requests, requests) {
        (Requests::Mooncake(trace), _) => simulate_trace_file(config, trace, MOONCAKE_PIECE, instances, 1.0),
        (Requests::Poisson { .. }, Some(requests)) => {
            simulate_trace_requests(config, requests, instances, 1.0)
        }
        (Requests::Poisson { .. }, None) => anyhow::bail!("no requests"),
    }
}

/// Measures a shape.
pub(crate) fn measure(shape: &Shape) -> Result<Figures, String> {
    try_measure(shape).map_err(|error| format!("{error:#}"))
}

fn try_measure(shape: &Shape) -> anyhow::Result<Figures> {
    let synthetic = matches!(shape.requests, Requests::Poisson { .. });
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..RUNS {
        let model = Arc::default();
        let config = config(&model)?;
        let requests = if synthetic { Some(direct(shape)?) } else { None };
        let start = cpu_s();
        let report = replay(shape, config, requests)?;
        best = best.min(cpu_s() - start);
        last = Some((report, model));
    }
    let peak_mib = peak_mib();
    let (report, model) = last.ok_or_else(|| anyhow::anyhow!("no run"))?;
    let passes = count(shape)?;
    let decode_steps = model.decode_steps.load(Ordering::Relaxed);
    // No tick comes after the last pass of a worker.
    let unseen = decode_steps.checked_sub(passes.decoding);
    anyhow::ensure!(
        unseen.is_some_and(|unseen| unseen <= u64::from(shape.instances)),
        "{} passes with decodes were seen, and {decode_steps} were timed",
        passes.decoding
    );
    let counts = report.request_counts;
    Ok(Figures {
        requests: counts.num_requests as u64,
        completed: counts.completed_requests as u64,
        cpu_s: best,
        steps: decode_steps + passes.prefill_only,
        prefill_steps: passes.prefill_only,
        seats: model.seats.load(Ordering::Relaxed),
        simulated_s: report.throughput.duration_ms / 1e3,
        ttft_ms: report.latency.ttft.mean_ms,
        tpot_ms: report.latency.tpot.mean_ms,
        hit_rate: report.prefix_cache_reused_ratio,
        peak_mib,
    })
}

/// Passes of a replay.
struct Counted {
    decoding: u64,
    prefill_only: u64,
}

/// Replays the shape once more and counts passes. Ticks take time, which is not measured.
fn count(shape: &Shape) -> anyhow::Result<Counted> {
    let (decoding, prefill_only): (Arc<AtomicU64>, Arc<AtomicU64>) = Default::default();
    let passes = Passes { decoding: Arc::clone(&decoding), prefill_only: Arc::clone(&prefill_only) };
    let observers = ReplayRuntimeObservers {
        scaling_policy: Some(Box::new(passes)),
        ..ReplayRuntimeObservers::default()
    };
    let requests = match &shape.requests {
        Requests::Poisson { .. } => direct(shape)?,
        Requests::Mooncake(trace) => {
            Trace::from_mooncake(trace, MOONCAKE_PIECE)?.to_single_turn_requests()?
        }
    };
    simulate_trace_requests_with_router_mode_and_runtime_observers(
        config(&Arc::default())?,
        None,
        None,
        requests,
        shape.instances as usize,
        1.0,
        ReplayRouterMode::RoundRobin,
        false,
        SlaThresholds::default(),
        observers,
    )?;
    Ok(Counted {
        decoding: decoding.load(Ordering::Relaxed),
        prefill_only: prefill_only.load(Ordering::Relaxed),
    })
}
