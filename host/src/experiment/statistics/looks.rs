//! Looking more than once. Whoever looks after every batch of seeds and stops at the first "different"
//! finds a difference too often. Here the error that is allowed is divided over the looks beforehand
//! (alpha spending: Lan and DeMets, Biometrika 70, 1983, 659-663), so that it is not exceeded over
//! all looks together, whenever one stops.
//!
//! The share that is spent up to a part `t` of all seeds is `ln(1 + (e - 1) t)`, the spending function
//! that Lan and DeMets give for boundaries of Pocock's type: it leaves something for early looks, which
//! is where clear differences show. Each look has its own part as the level of an ordinary t-test. By
//! Bonferroni the sum bounds the error whatever the looks have to do with each other: nothing is
//! assumed of their joint distribution, which for few seeds is far from normal. It costs a little power
//! against boundaries computed from that distribution.
//!
//! The intervals are repeated confidence intervals (Jennison and Turnbull, JRSS B 51, 1989, 305-361): at
//! every look together they cover with the stated probability.

use super::sample::Sample;

/// After how many seeds one looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    counts: Vec<u32>,
}

impl Looks {
    /// One look, after `count` seeds: nothing is spent before.
    #[must_use]
    pub fn once(count: u32) -> Self {
        Self { counts: vec![count] }
    }

    /// Looks after `min` seeds, then each time after twice as many, at last after `max`.
    #[must_use]
    pub fn doubling(min: u32, max: u32) -> Self {
        let mut counts = vec![min.min(max)];
        while let Some(&last) = counts.last().filter(|&&last| last < max) {
            counts.push(last.saturating_mul(2).min(max));
        }
        Self { counts }
    }

    /// The numbers of seeds.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The share of the error that look number `look`, from 0, may spend.
    #[must_use]
    pub fn share(&self, look: usize) -> f64 {
        let last = f64::from(self.counts.last().copied().unwrap_or(1));
        let spent = |count: u32| ((std::f64::consts::E - 1.0) * f64::from(count) / last).ln_1p();
        let before = look.checked_sub(1).map_or(0.0, |before| spent(self.counts[before]));
        spent(self.counts[look]) - before
    }

    /// The interval of a mean at a look: with those of all other looks it covers with 1 - `alpha`.
    #[must_use]
    pub fn interval(&self, sample: &Sample, look: usize, alpha: f64) -> Option<(f64, f64)> {
        sample.interval(alpha * self.share(look))
    }

    /// The p-value, valid at any look, of the hypothesis that a mean is `null`: the smallest error
    /// at which one would have refused it by now. `samples` are those of the looks so far.
    #[must_use]
    pub fn p_value(&self, samples: &[Sample], null: f64) -> f64 {
        let one = |(look, sample): (usize, &Sample)| sample.p_value(null) / self.share(look);
        samples.iter().enumerate().take(self.counts.len()).map(one).fold(1.0, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double_up_to_the_last() {
        assert_eq!(Looks::doubling(5, 40).counts(), [5, 10, 20, 40]);
        assert_eq!(Looks::doubling(5, 50).counts(), [5, 10, 20, 40, 50]);
        assert_eq!(Looks::doubling(7, 7).counts(), [7]);
        assert_eq!(Looks::doubling(9, 4).counts(), [4]);
        assert_eq!(Looks::once(3).counts(), [3]);
    }

    #[test]
    fn all_looks_together_spend_the_whole_error() {
        for looks in [Looks::once(10), Looks::doubling(5, 40), Looks::doubling(3, 1000)] {
            let sum: f64 = (0..looks.counts().len()).map(|look| looks.share(look)).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{looks:?} {sum}");
        }
        // ln(1 + 1.718281828 / 8)
        assert!((Looks::doubling(5, 40).share(0) - 0.194_576).abs() < 1e-5);
        assert_eq!(Looks::once(10).share(0), 1.0);
    }

    #[test]
    fn a_single_look_is_the_plain_test() {
        let sample = Sample::of(&[1.0, 2.0, 4.0]).unwrap();
        let once = Looks::once(3);
        assert_eq!(once.interval(&sample, 0, 0.05), sample.interval(0.05));
        assert_eq!(once.p_value(&[sample], 0.0), sample.p_value(0.0));
    }

    #[test]
    fn a_p_value_remembers_the_look_that_saw_most() {
        let looks = Looks::doubling(5, 10);
        let clear = Sample { count: 5, mean: 1.0, deviation: 0.01 };
        let nothing = Sample { count: 10, mean: 0.0, deviation: 1.0 };
        let after_one = looks.p_value(&[clear], 0.0);
        assert_eq!(after_one, clear.p_value(0.0) / looks.share(0));
        assert_eq!(looks.p_value(&[clear, nothing], 0.0), after_one);
    }
}
