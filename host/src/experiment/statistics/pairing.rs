//! Two arms on the same seeds.

use super::sample::{Sample, p_value};
use crate::metrics::Scale;

/// Values of two arms, seed by seed, on the scale on which they are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    a: Vec<f64>,
    b: Vec<f64>,
    scale: Scale,
}

impl Paired {
    /// Pairs of A and B. Where a ratio is wanted and a value is not above 0, the difference is taken.
    #[must_use]
    pub fn new(pairs: &[(f64, f64)], scale: Scale) -> Self {
        let has_ratio = pairs.iter().all(|(a, b)| *a > 0.0 && *b > 0.0);
        let scale = if has_ratio { scale } else { Scale::Difference };
        let on_scale = |value: f64| match scale {
            Scale::Ratio => value.ln(),
            Scale::Difference => value,
        };
        Self {
            a: pairs.iter().map(|(a, _)| on_scale(*a)).collect(),
            b: pairs.iter().map(|(_, b)| on_scale(*b)).collect(),
            scale,
        }
    }

    /// What they are compared by.
    #[must_use]
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// B - A of each seed: logarithms of ratios, or differences.
    #[must_use]
    pub fn differences(&self) -> Vec<f64> {
        self.a.iter().zip(&self.b).map(|(a, b)| b - a).collect()
    }

    /// The share of the variance of the difference that pairing took away: 0.9 means that unpaired
    /// runs would need ten times the seeds for the same interval. Negative where pairing did harm.
    /// `None` without spread.
    #[must_use]
    pub fn variance_saved(&self) -> Option<f64> {
        let variance = |values: &[f64]| Sample::of(values).map(|sample| sample.deviation.powi(2));
        let unpaired = variance(&self.a)? + variance(&self.b)?;
        (unpaired > 0.0).then_some(1.0 - variance(&self.differences())? / unpaired)
    }
}

/// The two-sided p-value of equal means of two independent samples, by Welch's t-test (Biometrika 34,
/// 1947, 28-35).
#[must_use]
pub fn unpaired_p(a: &Sample, b: &Sample) -> f64 {
    let (in_a, in_b) = (a.error().powi(2), b.error().powi(2));
    let sum = in_a + in_b;
    if sum == 0.0 || a.count < 2 || b.count < 2 {
        return 1.0;
    }
    let parts = in_a * in_a / f64::from(a.count - 1) + in_b * in_b / f64::from(b.count - 1);
    p_value((a.mean - b.mean) / sum.sqrt(), sum * sum / parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_logarithms_and_need_values_above_0() {
        let paired = Paired::new(&[(1.0, 2.0), (4.0, 8.0)], Scale::Ratio);
        assert_eq!(paired.scale(), Scale::Ratio);
        assert!(paired.differences().iter().all(|one| (one - 2f64.ln()).abs() < 1e-12));
        let paired = Paired::new(&[(0.0, 2.0), (4.0, 8.0)], Scale::Ratio);
        assert_eq!((paired.scale(), paired.differences()), (Scale::Difference, vec![2.0, 4.0]));
    }

    #[test]
    fn pairing_saves_what_seeds_have_in_common() {
        // Var A = Var B = 1, and the difference is constant: all is saved.
        let together = [(1.0, 2.0), (2.0, 3.0), (3.0, 4.0)];
        assert_eq!(Paired::new(&together, Scale::Difference).variance_saved(), Some(1.0));
        // Against each other: differences 2, 0, -2 have variance 4, unpaired 2.
        let against = [(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)];
        assert_eq!(Paired::new(&against, Scale::Difference).variance_saved(), Some(-1.0));
        assert_eq!(Paired::new(&[(1.0, 1.0), (1.0, 1.0)], Scale::Difference).variance_saved(), None);
    }

    /// R: t.test(c(1,2,3,4,5), c(2,4,6,8,10)): t = -1.8974, df = 5.8824, p = 0.1075.
    #[test]
    fn welch_is_that_of_other_programs() {
        let a = Sample::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let b = Sample::of(&[2.0, 4.0, 6.0, 8.0, 10.0]).unwrap();
        assert!((unpaired_p(&a, &b) - 0.1075).abs() < 5e-4);
        assert!((unpaired_p(&a, &b) - unpaired_p(&b, &a)).abs() < 1e-15);
    }
}
