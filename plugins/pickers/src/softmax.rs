//! `softmax`: the better, the likelier.

use pointsman_plugin_api::prelude::*;

use crate::draw::Draw;

parameters! {
    /// Parameters of `softmax`.
    pub struct Params {
        /// How evenly it spreads: the best is `exp(1/temperature)` times as likely as the worst. 0: the
        /// best, and any of equally good ones. \[in units of the range of the totals\]
        temperature: f64 = 0.1,
    }
}

/// The picker.
pub(crate) struct Softmax {
    temperature: f64,
    draw: Draw,
    weights: Vec<f64>,
}

impl Picker for Softmax {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "softmax",
        aliases: &[],
        summary: "draws by the exponential of the total scores, with a temperature",
        version: env!("CARGO_PKG_VERSION"),
    };
    const DEPENDS_ON_ORDER: bool = true;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let temperature = params.temperature;
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(format!("`temperature` must be 0 or more, not {temperature}"));
        }
        Ok(Self { temperature, draw: Draw::new(setup), weights: Vec::new() })
    }

    fn pick(&mut self, _: &Request<'_>, _: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
        let best = totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worst = totals.iter().copied().fold(f64::INFINITY, f64::min);
        let range = best - worst;
        let weight = |total: f64| {
            // From 0 for the best to 1 for the worst, so that a temperature means the same whatever the
            // scale of the totals.
            let behind = if range > 0.0 { (best - total) / range } else { 0.0 };
            match self.temperature {
                0.0 if behind > 0.0 => 0.0,
                0.0 => 1.0,
                temperature => (-behind / temperature).exp(),
            }
        };
        self.weights.clear();
        self.weights.extend(totals.iter().map(|&total| weight(total)));
        Ok(self.draw.by_weight(&self.weights))
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::Pickers;

    use super::*;

    /// The share of each in 100,000 draws.
    fn shares(params: &str, totals: &[f64]) -> Vec<f64> {
        let mut picker = Pickers::new::<Softmax>(params).unwrap();
        let mut counts = vec![0.0; totals.len()];
        for _ in 0..100_000 {
            counts[picker.pick(totals).unwrap()] += 1e-5;
        }
        counts
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        // Three standard deviations of a binomial with p = 1/2.
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 0.0048), "{found:?}");
    }

    #[test]
    fn shares_fall_exponentially_over_the_range_of_the_totals() {
        // Behind: 0, 1/2 and 1. At temperature 1/2: 1, exp(-1), exp(-2) over their sum, 1.50321.
        let expected = [0.665241, 0.244728, 0.090031];
        assert_near(&shares(r#"{"temperature": 0.5}"#, &[0.9, 0.5, 0.1]), &expected);
        // The scale of the totals is none of its business.
        assert_near(&shares(r#"{"temperature": 0.5}"#, &[0.009, 0.005, 0.001]), &expected);
    }

    #[test]
    fn a_high_temperature_spreads_and_a_low_one_does_not() {
        assert_near(&shares(r#"{"temperature": 1e9}"#, &[1.0, 0.0]), &[0.5, 0.5]);
        assert_near(&shares(r#"{"temperature": 1e-300}"#, &[1.0, 0.5, 0.0]), &[1.0, 0.0, 0.0]);
    }

    #[test]
    fn at_temperature_0_only_the_best_are_drawn_each_as_often() {
        assert_near(&shares(r#"{"temperature": 0}"#, &[0.25, 0.75, 0.75, 0.5]), &[0.0, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn equal_totals_are_equally_likely() {
        assert_near(&shares("{}", &[0.4; 4]), &[0.25; 4]);
    }

    #[test]
    fn a_negative_temperature_is_refused() {
        let refused = Pickers::new::<Softmax>(r#"{"temperature": -1}"#).err().unwrap();
        assert_eq!(refused, "`temperature` must be 0 or more, not -1");
    }
}
