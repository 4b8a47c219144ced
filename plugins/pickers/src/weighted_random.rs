//! `weighted-random`: as likely as the total score is high.

use pointsman_plugin_api::prelude::*;

use crate::draw::Draw;

/// The picker.
pub(crate) struct WeightedRandom(Draw);

impl Picker for WeightedRandom {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "weighted-random",
        aliases: &["weighted-random-picker"],
        summary: "draws with probabilities in proportion to the total scores",
        version: env!("CARGO_PKG_VERSION"),
    };
    const DEPENDS_ON_ORDER: bool = true;

    fn new(_: NoParams, setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(Draw::new(setup)))
    }

    fn pick(&mut self, _: &Request<'_>, _: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
        Ok(self.0.by_weight(totals))
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::Pickers;

    use super::*;

    fn counts(totals: &[f64]) -> Vec<u32> {
        let mut picker = Pickers::new::<WeightedRandom>("{}").unwrap();
        let mut counts = vec![0; totals.len()];
        for _ in 0..40_000 {
            counts[picker.pick(totals).unwrap()] += 1;
        }
        counts
    }

    #[test]
    fn shares_are_those_of_the_totals() {
        // 1 to 3, and never one of 0. Three standard deviations: 3 * sqrt(40000 * 3/16) = 260.
        let counts = counts(&[0.25, 0.0, 0.75]);
        assert!(counts[0].abs_diff(10_000) < 260, "{counts:?}");
        assert_eq!((counts[1], counts[0] + counts[2]), (0, 40_000));
    }

    #[test]
    fn without_any_score_all_are_equal() {
        let counts = counts(&[0.0; 4]);
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 260), "{counts:?}");
    }
}
