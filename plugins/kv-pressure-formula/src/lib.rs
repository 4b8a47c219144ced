//! How hard the KV memory of an instance is pressed: what `kv-pressure` and `kv-pressure-slo`
//! share, written once.

use pointsman_plugin_api::prelude::*;

/// The signals that the formula reads.
pub const SIGNALS: &[Need] = &[
    signal::KV_UTILIZATION.required(),
    signal::PENDING_TRANSFER_LATENCY.required(),
    signal::KV_THRASHING_RATE.required(),
];

/// `1 - utilization - (transfer / transfer_scale) * class_weight - thrash_weight * thrashing`,
/// held within 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Formula {
    /// Pending transfers that cost a whole point. \[us\]
    transfer_scale_us: f64,
    /// What a thrashing rate of 1 costs.
    thrash_weight: f64,
}

impl Formula {
    /// Checks the constants.
    ///
    /// # Errors
    ///
    /// A sentence on the one that makes no sense.
    pub fn new(transfer_scale_us: f64, thrash_weight: f64) -> Result<Self, String> {
        if !(transfer_scale_us.is_finite() && transfer_scale_us > 0.0) {
            return Err(format!("`transfer_scale_us` must be above 0, not {transfer_scale_us}"));
        }
        check_weight("thrash_weight", thrash_weight)?;
        Ok(Self { transfer_scale_us, thrash_weight })
    }

    /// Scores all instances for a request whose class weighs transfers by `class_weight`.
    pub fn score(&self, instances: &Instances<'_>, class_weight: f64, scores: &mut [f64]) {
        let used = instances.get(&signal::KV_UTILIZATION);
        let transfer_us = instances.get(&signal::PENDING_TRANSFER_LATENCY);
        let thrashing = instances.get(&signal::KV_THRASHING_RATE);
        for (i, score) in scores.iter_mut().enumerate() {
            // In this order, without fused operations: equal inputs give equal bits everywhere.
            let transfer = transfer_us[i] as f64 / self.transfer_scale_us * class_weight;
            let value = 1.0 - used[i] - transfer - self.thrash_weight * thrashing[i];
            *score = value.clamp(0.0, 1.0);
        }
    }
}

/// Checks a weight: finite and not negative.
///
/// # Errors
///
/// A sentence that names it.
pub fn check_weight(name: &str, weight: f64) -> Result<(), String> {
    if weight.is_finite() && weight >= 0.0 {
        Ok(())
    } else {
        Err(format!("`{name}` must be 0 or more, not {weight}"))
    }
}
