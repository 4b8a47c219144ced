//! `load-signal`: any load, on any of three scales.

use pointsman_plugin_api::prelude::*;
use routing_inputs::Load;

use crate::scale::{Range, Scale};

parameters! {
    /// Parameters of `load-signal`.
    pub struct Params {
        /// The load: a signal, or `effective_load` = `queue_depth + batch_size + pending_requests`.
        signal: String = "effective_load".into() => [
            "effective_load", "queue_depth", "batch_size", "pending_requests", "inflight_requests",
            "waiting_tokens", "inflight_tokens", "kv_utilization", "free_kv_blocks", "cpu_kv_utilization",
            "cache_hit_rate", "cached_prefix_blocks", "pending_transfer_latency", "kv_thrashing_rate",
            "preemption_count",
        ],
        /// What it is measured against: `relative` to the least and the most of the candidates,
        /// `proportional` to the most, or `fixed`: between `min` and `max`.
        scale: String = "relative".into() => ["relative", "proportional", "fixed"],
        /// Which end is the good one.
        prefer: String = "low".into() => ["low", "high"],
        /// Low end of the scale `fixed`. \[unit of the signal\]
        min: f64 = 0.0,
        /// High end of the scale `fixed`. \[unit of the signal\]
        max: f64 = 1.0,
        /// Score of the good end. \[0 to 1\]
        best: f64 = 1.0,
        /// A load of at most this scores 1; none: the scale decides. \[unit of the signal\]
        idle: Option<f64> = None,
    }
}

/// A load, read and put on a scale.
pub(crate) struct Scaled {
    load: Load,
    scale: Scale,
    loads: Vec<f64>,
}

impl Scaled {
    pub(crate) fn new(load: &str, scale: Scale) -> Result<Self, String> {
        if !(0.0..=1.0).contains(&scale.best) {
            return Err(format!("the best score must be from 0 to 1, not {}", scale.best));
        }
        Ok(Self { load: Load::named(load)?, scale, loads: Vec::new() })
    }

    pub(crate) fn reads(&self, id: &str) -> bool {
        self.load.reads(id)
    }

    pub(crate) fn score(&mut self, instances: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
        self.load.read(instances, &mut self.loads)?;
        self.scale.score(&self.loads, scores);
        Ok(())
    }
}

/// The scorer.
pub(crate) struct LoadSignal(Scaled);

impl Scorer for LoadSignal {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "load-signal",
        aliases: &["endpoint-attribute-scorer"],
        summary: "prefers instances by a load signal of one's choice",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = Load::SIGNALS;

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        let range = match params.scale.as_str() {
            "relative" => Range::Relative,
            "proportional" => Range::Proportional,
            _ => Range::Fixed { low: params.min, high: params.max },
        };
        let ordered = params.min.is_finite() && params.max.is_finite() && params.min < params.max;
        if matches!(range, Range::Fixed { .. }) && !ordered {
            return Err(format!("`min` must be less than `max`, not {} and {}", params.min, params.max));
        }
        let scale =
            Scale { range, prefer_high: params.prefer == "high", best: params.best, idle: params.idle };
        Ok(Self(Scaled::new(&params.signal, scale)?))
    }

    fn reads(&self, id: &str) -> bool {
        self.0.reads(id)
    }

    fn score(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.0.score(instances, scores)
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{signal, testkit::Scorers};

    use super::LoadSignal;

    fn scorer(params: &str) -> Scorers {
        let mut scorer = Scorers::new::<LoadSignal>(params).unwrap();
        scorer
            .instances
            .set(&signal::QUEUE_DEPTH, &[0, 1, 4])
            .set(&signal::BATCH_SIZE, &[2, 5, 6])
            .set(&signal::PENDING_REQUESTS, &[0, 0, 0])
            .set(&signal::KV_UTILIZATION, &[0.5, 0.25, 0.75]);
        scorer
    }

    #[test]
    fn by_default_it_is_the_effective_load_relative_to_the_others() {
        // Loads 2, 6, 10.
        assert_eq!(scorer("{}").score().unwrap(), [1.0, 0.5, 0.0]);
    }

    #[test]
    fn signal_scale_and_direction_are_parameters() {
        let scored = |params| scorer(params).score().unwrap();
        assert_eq!(scored(r#"{"signal": "queue_depth"}"#), [1.0, 0.75, 0.0]);
        assert_eq!(scored(r#"{"signal": "kv_utilization", "scale": "fixed"}"#), [0.5, 0.75, 0.25]);
        let high = r#"{"signal": "kv_utilization", "scale": "fixed", "prefer": "high", "max": 0.5}"#;
        assert_eq!(scored(high), [1.0, 0.5, 1.0]);
        // 5/6 of the way down, and the fullest.
        let busy = r#"{"signal": "batch_size", "scale": "proportional", "idle": 2, "best": 0.6}"#;
        assert_eq!(scored(busy), [1.0, (6.0 - 5.0) / 6.0 * 0.6, 0.0]);
    }

    #[test]
    fn what_the_host_lacks_is_named() {
        let refused = scorer(r#"{"signal": "inflight_tokens"}"#).score().unwrap_err();
        assert_eq!(refused, "this host has no signal `inflight_tokens`");
    }

    #[test]
    fn senseless_parameters_are_refused() {
        let refused = |params| Scorers::new::<LoadSignal>(params).err().unwrap();
        assert_eq!(
            refused(r#"{"scale": "fixed", "min": 2, "max": 2}"#),
            "`min` must be less than `max`, not 2 and 2"
        );
        assert_eq!(refused(r#"{"best": 1.5}"#), "the best score must be from 0 to 1, not 1.5");
        assert!(refused(r#"{"signal": "queue"}"#).starts_with("parameter `signal`: `queue` is none of"));
    }
}
