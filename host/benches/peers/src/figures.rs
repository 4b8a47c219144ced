//! What is measured of one simulator on one shape.

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// The figures of one row. A row is a process of its own and hands them to its parent as a line of JSON.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// Requests that were given.
    pub(crate) requests: u64,
    /// Requests that got all their tokens.
    pub(crate) completed: u64,
    /// Time that the fastest run computed for, user and system, all threads. \[s\]
    pub(crate) cpu_s: f64,
    /// Steps of all instances; a forward pass is one.
    pub(crate) steps: u64,
    /// Of those, steps that computed prompts and nothing else.
    pub(crate) prefill_steps: u64,
    /// Requests that got tokens in a step, added up over all steps.
    pub(crate) seats: u64,
    /// Simulated time from the first arrival to the last token. \[s\]
    pub(crate) simulated_s: f64,
    /// Mean time to first token, simulated. \[ms\]
    pub(crate) ttft_ms: f64,
    /// Mean time from first to last token over the gaps between, simulated. \[ms\]
    pub(crate) tpot_ms: f64,
    /// Share of the prompts' tokens that were in the prefix cache.
    pub(crate) hit_rate: f64,
    /// The most memory that the process had before it counted steps; 0 where that is not known. \[MiB\]
    pub(crate) peak_mib: f64,
}

impl Figures {
    /// Requests per second of CPU time.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.cpu_s
    }

    /// Steps per request.
    pub(crate) fn steps_per_request(&self) -> f64 {
        self.steps as f64 / self.requests as f64
    }

    /// Requests in a step, on average.
    pub(crate) fn mean_batch(&self) -> f64 {
        self.seats as f64 / self.steps as f64
    }
}

/// Time that this process has computed for: user and system, all threads.
pub(crate) fn cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that this process ever had, in MiB; Linux only.
pub(crate) fn peak_mib() -> f64 {
    let read = || {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    };
    read().unwrap_or(0.0) / 1024.0
}
