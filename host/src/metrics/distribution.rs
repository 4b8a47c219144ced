//! Means and percentiles, of single values and of values with counts.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::sketch::Sketch;

/// What is shown of a sample of times. All but `count` are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distribution {
    /// Values in the sample.
    pub count: u64,
    /// Arithmetic mean. \[ms\]
    pub mean: f64,
    /// Median. \[ms\]
    pub p50: f64,
    /// 90th percentile. \[ms\]
    pub p90: f64,
    /// 99th percentile. \[ms\]
    pub p99: f64,
}

/// The value at rank `p/100 * (n-1)` of `n` ascending values, interpolated linearly between its
/// neighbours. `at(rank)` gives the value at a whole rank.
pub fn percentile(n: u64, p: f64, at: impl Fn(u64) -> f64) -> f64 {
    let rank = p / 100.0 * (n - 1) as f64;
    let (below, share) = (rank.floor(), rank.fract());
    let low = at(below as u64);
    if share == 0.0 { low } else { low + (at(below as u64 + 1) - low) * share }
}

impl Distribution {
    /// Of times in microseconds, in any order; `None` if there are none. Puts them in another order.
    #[must_use]
    pub fn of_us(times_us: &mut [f64]) -> Option<Self> {
        if times_us.is_empty() {
            return None;
        }
        let count = times_us.len() as u64;
        let mut sum = times_us.iter().sum::<f64>();
        if sum < EXACT_SUM && times_us.iter().all(|time_us| time_us.fract() == 0.0) {
            // The sum is the same in any order, and few ranks are asked for.
            select(times_us);
        } else {
            times_us.sort_unstable_by(f64::total_cmp);
            sum = times_us.iter().sum();
        }
        Some(Self::from_parts(count, sum / count as f64, |rank| times_us[rank as usize]))
    }

    pub(super) fn from_parts(count: u64, mean_us: f64, at: impl Fn(u64) -> f64) -> Self {
        let ms = |p: f64| percentile(count, p, &at) / 1e3;
        Self { count, mean: mean_us / 1e3, p50: ms(50.0), p90: ms(90.0), p99: ms(99.0) }
    }
}

/// Sums of whole numbers below it have no rounding: 2^53.
const EXACT_SUM: f64 = 9_007_199_254_740_992.0;

/// Puts the values that percentiles are made of in the places where sorting would.
fn select(values: &mut [f64]) {
    let last = values.len() - 1;
    let mut done = 0;
    for percent in [50, 90, 99] {
        let below = percent * last / 100;
        for rank in [below, below + 1] {
            if (done..=last).contains(&rank) {
                values[done..].select_nth_unstable_by(rank - done, f64::total_cmp);
                done = rank + 1;
            }
        }
    }
}

/// Exact counts of whole microseconds: memory follows the number of different values, not the
/// number of tokens. With a bound on that, more values go into a sketch.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    counts: FxHashMap<u64, u64>,
    most: Option<usize>,
    sketch: Option<Box<Sketch>>,
}

impl Histogram {
    /// The same with a bound on the number of different values that are counted apart.
    pub(super) fn bounded(self, most: usize) -> Self {
        let mut bounded = Self { most: Some(most), ..self };
        bounded.keep_to_bound();
        bounded
    }

    /// Adds a value `count` times.
    pub fn add(&mut self, value_us: u64, count: u64) {
        if let Some(sketch) = &mut self.sketch {
            return sketch.add(value_us, 1, count);
        }
        *self.counts.entry(value_us).or_default() += count;
        if self.most.is_some() {
            self.keep_to_bound();
        }
    }

    fn keep_to_bound(&mut self) {
        if self.most.is_none_or(|most| self.counts.len() <= most) {
            return;
        }
        let mut sketch = Sketch::new(1);
        std::mem::take(&mut self.counts)
            .iter()
            .for_each(|(&value_us, &count)| sketch.add(value_us, 1, count));
        self.sketch = Some(Box::new(sketch));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        if let Some(theirs) = &other.sketch {
            // Only what has a bound has a sketch, and then nothing is counted beside it.
            self.most = Some(0);
            self.keep_to_bound();
            return self.sketch.get_or_insert_with(|| Box::new(Sketch::new(1))).merge(theirs);
        }
        for (&value_us, &count) in &other.counts {
            self.add(value_us, count);
        }
    }

    /// Mean and percentiles; `None` if it is empty.
    #[must_use]
    pub fn distribution(&self) -> Option<Distribution> {
        if let Some(sketch) = &self.sketch {
            return sketch.distribution();
        }
        let mut values: Vec<(u64, u64)> = self.counts.iter().map(|(&value, &count)| (value, count)).collect();
        values.sort_unstable();
        let mut sum = 0u128;
        let mut count = 0;
        // Up to and with each value, how many there are.
        let mut ends = Vec::with_capacity(values.len());
        for &(value, times) in &values {
            sum += u128::from(value) * u128::from(times);
            count += times;
            ends.push(count);
        }
        let at = |rank: u64| values[ends.partition_point(|&end| end <= rank)].0 as f64;
        (count > 0).then(|| Distribution::from_parts(count, sum as f64 / count as f64, at))
    }

    /// Numbers that are kept.
    #[cfg(test)]
    pub(super) fn retained(&self) -> usize {
        self.counts.len() + self.sketch.as_ref().map_or(0, |sketch| sketch.retained())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_between_ranks() {
        let d = Distribution::of_us(&mut [4000.0, 1000.0, 2000.0, 3000.0]).unwrap();
        assert_eq!((d.count, d.mean, d.p50), (4, 2.5, 2.5));
        assert!((d.p90 - 3.7).abs() < 1e-12 && (d.p99 - 3.97).abs() < 1e-12);
        let one = Distribution::of_us(&mut [7000.0]).unwrap();
        assert_eq!((one.p50, one.p90, one.p99), (7.0, 7.0, 7.0));
        assert!(Distribution::of_us(&mut []).is_none());
    }

    /// Wherever a rank falls: what is selected is what sorting gives.
    #[test]
    fn selected_values_are_those_of_sorted_ones() {
        for count in (1..300u64).chain([1000, 12_345]) {
            let values: Vec<f64> = (0..count).map(|at| (at * 7919 % 1009 * 13) as f64).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let mean = sorted.iter().sum::<f64>() / count as f64;
            let expected = Distribution::from_parts(count, mean, |rank| sorted[rank as usize]);
            assert_eq!(Distribution::of_us(&mut values.clone()), Some(expected), "{count} values");
        }
    }

    #[test]
    fn a_histogram_is_its_values_written_out() {
        let mut histogram = Histogram::default();
        let mut values = vec![];
        for (value, count) in [(6910, 40), (7000, 3), (25_000, 1), (1, 2)] {
            histogram.add(value, count);
            values.extend(std::iter::repeat_n(value as f64, count as usize));
        }
        let (ours, written_out) =
            (histogram.distribution().unwrap(), Distribution::of_us(&mut values).unwrap());
        assert_eq!(
            (ours.count, ours.p50, ours.p90, ours.p99),
            (46, written_out.p50, written_out.p90, written_out.p99)
        );
        assert!((ours.mean - written_out.mean).abs() < 1e-9);
    }

    /// Whatever is merged into what, the same values give the same figures, within the error of a sketch.
    #[test]
    fn a_bounded_histogram_keeps_no_more_values_and_stays_within_the_error() {
        let mut exact = Histogram::default();
        let (mut even, mut odd) = (Histogram::default().bounded(100), Histogram::default());
        for value in (0..40_000_u64).map(|n| n * n * 31 % 5_000_011) {
            exact.add(value, 3);
            if value % 2 == 0 { even.add(value, 3) } else { odd.add(value, 3) }
        }
        assert!(even.retained() < 30_000 && odd.retained() > 10_000);
        let bounded = odd.clone().bounded(100);
        let mut merged = [(&even, &odd), (&odd, &even), (&even, &bounded)].map(|(a, b)| {
            let mut merged = a.clone();
            merged.merge(b);
            merged.distribution().unwrap()
        });
        let exact = exact.distribution().unwrap();
        merged.iter_mut().for_each(|found| {
            assert_eq!(found.count, exact.count);
            assert!((found.mean - exact.mean).abs() < 1e-9);
            for (found, exact) in [(found.p50, exact.p50), (found.p90, exact.p90), (found.p99, exact.p99)] {
                assert!((found - exact).abs() <= exact * super::super::RELATIVE_ERROR, "{found} {exact}");
            }
        });
        assert_eq!((merged[0], merged[0]), (merged[1], merged[2]));
    }
}
