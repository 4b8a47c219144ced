//! Goodput: how many requests met all targets of their class.

use serde::Serialize;

use crate::engine::RequestRecord;

/// The latency targets of an SLO class; those not given are not asked for. \[ms\]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Targets {
    /// Time to the first token.
    pub ttft_ms: Option<f64>,
    /// Time per output token after the first.
    pub tpot_ms: Option<f64>,
    /// The longest gap between two tokens.
    pub itl_ms: Option<f64>,
    /// Time to the last token.
    pub e2e_ms: Option<f64>,
}

impl Targets {
    /// Whether a request completed within all targets.
    #[must_use]
    pub fn met(&self, record: &RequestRecord) -> bool {
        let within = |time_us: Option<f64>, target_ms: Option<f64>| match (time_us, target_ms) {
            (Some(us), Some(target_ms)) => us <= target_ms * 1e3,
            // No target, or no such time: a request of a single token has no TPOT.
            _ => true,
        };
        record.e2e_us.is_some()
            && within(record.ttft_us.map(|us| us as f64), self.ttft_ms)
            && within(record.tpot_us(), self.tpot_ms)
            && within(record.max_itl_us.map(|us| us as f64), self.itl_ms)
            && within(record.e2e_us.map(|us| us as f64), self.e2e_ms)
    }
}

/// Requests that met all targets of their class, out of all offered in classes with targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Goodput {
    /// Completed within all targets.
    pub met: u64,
    /// Arrived, in classes with targets.
    pub offered: u64,
}

impl Goodput {
    /// Share of the offered that met their targets.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.met as f64 / self.offered as f64)
    }
}
