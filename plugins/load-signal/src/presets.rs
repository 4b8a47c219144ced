//! The load scorers of llm-d, under their names and with their defaults.

use pointsman_plugin_api::prelude::*;

use crate::scale::{Range, Scale};
use crate::scorer::Scaled;

/// What they have in common: lower is better, and the best scores 1.
const LOWER: Scale = Scale { range: Range::Relative, prefer_high: false, best: 1.0, idle: None };

/// A scorer that is a load on a scale.
macro_rules! preset {
    ($doc:literal, $policy:ident, $name:literal, $summary:literal, $params:ty, $signal:ident, $new:expr) => {
        #[doc = $doc]
        pub(crate) struct $policy(Scaled);

        impl Scorer for $policy {
            type Params = $params;
            const INFO: PolicyInfo = PolicyInfo {
                name: $name,
                aliases: &[],
                summary: $summary,
                version: env!("CARGO_PKG_VERSION"),
            };
            const SIGNALS: &'static [Need] = &[signal::$signal.required()];

            fn new(params: $params, _: &Setup<'_>) -> Result<Self, String> {
                let scale: fn($params) -> Result<Scale, String> = $new;
                Ok(Self(Scaled::new(signal::$signal.id(), scale(params)?)?))
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
    };
}

preset!(
    "(max - q)/(max - min) of the waiting requests; 1 if all are equal.",
    Queue,
    "queue-scorer",
    "llm-d: fewer waiting requests, relative to the others",
    NoParams,
    QUEUE_DEPTH,
    |_| Ok(LOWER)
);

preset!(
    "(max - r)/(max - min) of the running requests; 1 if all are equal.",
    RunningRequests,
    "running-requests-size-scorer",
    "llm-d: fewer running requests, relative to the others",
    NoParams,
    BATCH_SIZE,
    |_| Ok(LOWER)
);

parameters! {
    /// Parameters of `token-load-scorer`.
    pub struct TokenLoadParams {
        /// Tokens in flight at which an instance scores 0. \[tokens\]
        queue_threshold_tokens: u64 = 4_194_304,
    }
}

preset!(
    "1 - min(1, tokens in flight / `queue_threshold_tokens`).",
    TokenLoad,
    "token-load-scorer",
    "llm-d: fewer prompt tokens in flight, on a fixed scale",
    TokenLoadParams,
    INFLIGHT_TOKENS,
    |params| Ok(Scale { range: up_to("queue_threshold_tokens", params.queue_threshold_tokens)?, ..LOWER })
);

parameters! {
    /// Parameters of `load-aware-scorer`.
    pub struct LoadAwareParams {
        /// Waiting requests at which an instance scores 0. \[requests\]
        threshold: u64 = 128,
    }
}

preset!(
    "0.5 * (1 - q/`threshold`), at least 0: half a point for an empty queue.",
    LoadAware,
    "load-aware-scorer",
    "llm-d: fewer waiting requests, on a fixed scale from 0.5 down",
    LoadAwareParams,
    QUEUE_DEPTH,
    |params| Ok(Scale { range: up_to("threshold", params.threshold)?, best: 0.5, ..LOWER })
);

parameters! {
    /// Parameters of `active-request-scorer`.
    pub struct ActiveRequestParams {
        /// Requests in flight up to which an instance counts as idle, and scores 1. \[requests\]
        idle_threshold: u64 = 0,
        /// Best score of an instance that is not idle. \[0 to 1\]
        max_busy_score: f64 = 1.0,
    }
}

preset!(
    "1 if idle, else (max - a)/max * `max_busy_score` of the requests in flight.",
    ActiveRequest,
    "active-request-scorer",
    "llm-d: fewer requests in flight, in proportion to the most; idle ones first",
    ActiveRequestParams,
    INFLIGHT_REQUESTS,
    |params| {
        let idle = Some(params.idle_threshold as f64);
        Ok(Scale { range: Range::Proportional, best: params.max_busy_score, idle, ..LOWER })
    }
);

/// From 0 to a threshold.
fn up_to(name: &str, threshold: u64) -> Result<Range, String> {
    if threshold == 0 {
        return Err(format!("`{name}` must be at least 1"));
    }
    Ok(Range::Fixed { low: 0.0, high: threshold as f64 })
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{Scorer, Signal, signal, testkit::Scorers};

    use super::*;

    fn scored<T: Scorer>(params: &str, signal: &Signal<u64>, values: &[u64]) -> Vec<f64> {
        let mut scorer = Scorers::new::<T>(params).unwrap();
        scorer.instances.set(signal, values);
        scorer.score().unwrap()
    }

    #[test]
    fn queue_and_running_requests_are_relative() {
        // (8 - 0)/8, (8 - 2)/8, 0.
        assert_eq!(scored::<Queue>("{}", &signal::QUEUE_DEPTH, &[0, 2, 8]), [1.0, 0.75, 0.0]);
        assert_eq!(scored::<RunningRequests>("{}", &signal::BATCH_SIZE, &[10, 12, 14]), [1.0, 0.5, 0.0]);
        assert_eq!(scored::<Queue>("{}", &signal::QUEUE_DEPTH, &[5, 5]), [1.0, 1.0]);
    }

    #[test]
    fn token_load_is_a_share_of_the_threshold() {
        // 4194304 = 2^22: a quarter is 1048576.
        let tokens = [0, 1_048_576, 4_194_304, 5_000_000];
        assert_eq!(scored::<TokenLoad>("{}", &signal::INFLIGHT_TOKENS, &tokens), [1.0, 0.75, 0.0, 0.0]);
        let params = r#"{"queue_threshold_tokens": 1000}"#;
        assert_eq!(scored::<TokenLoad>(params, &signal::INFLIGHT_TOKENS, &[250]), [0.75]);
    }

    #[test]
    fn load_aware_gives_half_a_point_to_an_empty_queue() {
        // 0.5, 0.5 * (1 - 64/128), 0.
        assert_eq!(scored::<LoadAware>("{}", &signal::QUEUE_DEPTH, &[0, 64, 200]), [0.5, 0.25, 0.0]);
    }

    #[test]
    fn active_request_sets_the_idle_apart() {
        let active = |params| scored::<ActiveRequest>(params, &signal::INFLIGHT_REQUESTS, &[0, 1, 2, 4]);
        assert_eq!(active("{}"), [1.0, 0.75, 0.5, 0.0]);
        // Up to 1 is idle; 0.5 * (4 - 2)/4.
        assert_eq!(active(r#"{"idle_threshold": 1, "max_busy_score": 0.5}"#), [1.0, 1.0, 0.25, 0.0]);
    }

    #[test]
    fn senseless_parameters_are_refused_by_name() {
        let refused = Scorers::new::<LoadAware>(r#"{"threshold": 0}"#).err().unwrap();
        assert_eq!(refused, "`threshold` must be at least 1");
        let refused = Scorers::new::<ActiveRequest>(r#"{"max_busy_score": -0.5}"#).err().unwrap();
        assert_eq!(refused, "the best score must be from 0 to 1, not -0.5");
    }
}
