//! `kv-pressure` with pending transfers weighed by the SLO class of the request: a critical
//! request shuns an instance that is busy reloading, background work hardly minds.

use kv_pressure_formula::{Formula, SIGNALS, check_weight};
use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `kv-pressure-slo`.
    pub struct Params {
        /// Pending transfers that cost a request of weight 1 a whole point. \[us\]
        transfer_scale_us: f64 = 10_000.0,
        /// What a thrashing rate of 1 costs. \[points\]
        thrash_weight: f64 = 2.0,
        /// How much transfers count for class `critical`. \[factor\]
        critical_weight: f64 = 5.0,
        /// How much transfers count for class `standard`. \[factor\]
        standard_weight: f64 = 1.0,
        /// How much transfers count for class `batch`. \[factor\]
        batch_weight: f64 = 0.2,
        /// How much transfers count for class `background`. \[factor\]
        background_weight: f64 = 0.1,
        /// How much transfers count for every other class. \[factor\]
        other_weight: f64 = 1.0,
    }
}

/// The scorer.
#[derive(Debug)]
pub struct KvPressureSlo {
    formula: Formula,
    weights: Params,
}

impl KvPressureSlo {
    fn class_weight(&self, class: &str) -> f64 {
        match class {
            "critical" => self.weights.critical_weight,
            "standard" => self.weights.standard_weight,
            "batch" => self.weights.batch_weight,
            "background" => self.weights.background_weight,
            _ => self.weights.other_weight,
        }
    }
}

impl Scorer for KvPressureSlo {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "kv-pressure-slo",
        aliases: &[],
        summary: "kv-pressure, with transfers weighed by the request's SLO class",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = SIGNALS;
    const ATTRIBUTES: &'static [Need] = &[attribute::SLO_CLASS.required()];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        for (name, weight) in [
            ("critical_weight", params.critical_weight),
            ("standard_weight", params.standard_weight),
            ("batch_weight", params.batch_weight),
            ("background_weight", params.background_weight),
            ("other_weight", params.other_weight),
        ] {
            check_weight(name, weight)?;
        }
        let formula = Formula::new(params.transfer_scale_us, params.thrash_weight)?;
        Ok(Self { formula, weights: params })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let weight = self.class_weight(request.get(&attribute::SLO_CLASS));
        self.formula.score(instances, weight, scores);
        Ok(())
    }
}

export! { scorers: [KvPressureSlo] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{attribute, signal, testkit::Scorers};

    use super::KvPressureSlo;

    fn scored(params: &str, class: &'static str) -> f64 {
        let mut scorer = Scorers::new::<KvPressureSlo>(params).unwrap();
        scorer.request.set(&attribute::SLO_CLASS, &[class]);
        scorer
            .instances
            .set(&signal::KV_UTILIZATION, &[0.25])
            .set(&signal::PENDING_TRANSFER_LATENCY, &[1000])
            .set(&signal::KV_THRASHING_RATE, &[0.0]);
        scorer.score().unwrap()[0]
    }

    #[test]
    fn each_class_has_its_weight() {
        assert_eq!(scored("{}", "critical"), 1.0 - 0.25 - 0.1 * 5.0);
        assert_eq!(scored("{}", "standard"), 1.0 - 0.25 - 0.1 * 1.0);
        assert_eq!(scored("{}", "batch"), 1.0 - 0.25 - 0.1 * 0.2);
        assert_eq!(scored("{}", "background"), 1.0 - 0.25 - 0.1 * 0.1);
        assert_eq!(scored("{}", "made-up"), 1.0 - 0.25 - 0.1 * 1.0);
    }

    #[test]
    fn each_weight_is_a_parameter_of_its_own() {
        for (class, name) in [
            ("critical", "critical_weight"),
            ("standard", "standard_weight"),
            ("batch", "batch_weight"),
            ("background", "background_weight"),
            ("made-up", "other_weight"),
        ] {
            assert_eq!(scored(&format!(r#"{{"{name}": 2.5}}"#), class), 0.5, "{name}");
            let refused = Scorers::new::<KvPressureSlo>(&format!(r#"{{"{name}": -2}}"#)).err().unwrap();
            assert_eq!(refused, format!("`{name}` must be 0 or more, not -2"));
        }
    }
}
