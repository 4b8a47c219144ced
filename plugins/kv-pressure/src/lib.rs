//! Scores instances by how little their KV memory is pressed: how full it is, how long pending
//! reloads take, and whether blocks come back right after they were offloaded.

use kv_pressure_formula::{Formula, SIGNALS};
use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `kv-pressure`.
    pub struct Params {
        /// Pending transfers that cost a whole point. \[us\]
        transfer_scale_us: f64 = 10_000.0,
        /// What a thrashing rate of 1 costs. \[points\]
        thrash_weight: f64 = 2.0,
    }
}

/// The scorer.
#[derive(Debug)]
pub struct KvPressure {
    formula: Formula,
}

impl Scorer for KvPressure {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "kv-pressure",
        aliases: &["kvp"],
        summary: "prefers instances with free KV memory, short transfers and no thrashing",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = SIGNALS;

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { formula: Formula::new(params.transfer_scale_us, params.thrash_weight)? })
    }

    fn score(
        &mut self,
        _request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.formula.score(instances, 1.0, scores);
        Ok(())
    }
}

export! { scorers: [KvPressure] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{signal, testkit::Scorers};

    use super::KvPressure;

    fn scored(params: &str) -> Vec<f64> {
        let mut scorer = Scorers::new::<KvPressure>(params).unwrap();
        scorer
            .instances
            .set(&signal::KV_UTILIZATION, &[0.0, 0.25, 0.5, 0.9])
            .set(&signal::PENDING_TRANSFER_LATENCY, &[0, 2500, 0, 5000])
            .set(&signal::KV_THRASHING_RATE, &[0.0, 0.0, 0.125, 0.5]);
        scorer.score().unwrap()
    }

    #[test]
    fn each_term_takes_its_share_and_the_rest_is_clamped() {
        assert_eq!(scored("{}"), [1.0, 0.5, 0.25, 0.0]);
    }

    #[test]
    fn every_constant_is_a_parameter() {
        assert_eq!(scored(r#"{"transfer_scale_us": 5000}"#), [1.0, 0.25, 0.25, 0.0]);
        assert_eq!(scored(r#"{"thrash_weight": 1}"#), [1.0, 0.5, 0.375, 0.0]);
    }

    #[test]
    fn senseless_constants_are_refused_by_name() {
        let refused = |params| Scorers::new::<KvPressure>(params).err().unwrap();
        assert_eq!(refused(r#"{"transfer_scale_us": 0}"#), "`transfer_scale_us` must be above 0, not 0");
        assert_eq!(refused(r#"{"thrash_weight": -1}"#), "`thrash_weight` must be 0 or more, not -1");
    }
}
