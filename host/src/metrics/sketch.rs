//! Times in bounded memory: percentiles with a bound on their error, means without one.

use hdrhistogram::Histogram;

use super::Distribution;

/// By how much of itself a percentile of a sketch may be off: half the width of a bucket over its
/// least value, of which there are 1024 between a power of two and the next.
pub const RELATIVE_ERROR: f64 = 1.0 / 2048.0;

/// Decimal digits that the histogram is asked for: it then has buckets of at most 1/1024 of their values.
const DIGITS: u8 = 3;

/// Binary digits of a microsecond that are kept of sums.
const SUM_DIGITS: u32 = 20;

/// Longer times are counted as this long: what the histogram adds to it must not overflow.
const LONGEST: u64 = 1 << 62;

/// Times, each `span_us / parts`. What was added, in whichever order, gives the same sketch.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    counts: Histogram<u64>,
    /// Units of the histogram in a microsecond.
    per_us: u64,
    /// In units of 2^-[`SUM_DIGITS`] microseconds.
    sum: u128,
}

impl Sketch {
    /// None yet; to be told apart in steps of `1 / per_us` microseconds where that is coarser than
    /// [`RELATIVE_ERROR`].
    pub(super) fn new(per_us: u64) -> Self {
        let counts = Histogram::new(DIGITS).expect("3 digits are allowed");
        Self { counts, per_us, sum: 0 }
    }

    /// Adds a time so many times over. `parts` is not 0.
    pub(super) fn add(&mut self, span_us: u64, parts: u64, times: u64) {
        let of = |units: u128| (u128::from(span_us) * units + u128::from(parts / 2)) / u128::from(parts);
        let value = u64::try_from(of(u128::from(self.per_us))).unwrap_or(LONGEST).min(LONGEST);
        self.counts.record_n(value, times).expect("the histogram grows with its values");
        self.sum += of(1 << SUM_DIGITS) * u128::from(times);
    }

    /// Adds all of another of the same steps.
    pub(super) fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.per_us, other.per_us);
        self.counts.add(&other.counts).expect("the histogram grows with its values");
        self.sum += other.sum;
    }

    /// Mean and percentiles; `None` if it is empty. A percentile is interpolated between the values at its
    /// neighbouring ranks, as an exact one is, and each of them is known to within [`RELATIVE_ERROR`] of
    /// itself, so it is too.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let count = self.counts.len();
        let mut end = 0;
        // Up to and with each bucket, how many there are; the middle of the bucket.
        let buckets: Vec<(u64, f64)> = self
            .counts
            .iter_recorded()
            .map(|bucket| {
                end += bucket.count_at_value();
                let middle = self.counts.median_equivalent(bucket.value_iterated_to());
                (end, middle as f64 / self.per_us as f64)
            })
            .collect();
        let at = |rank: u64| buckets[buckets.partition_point(|&(end, _)| end <= rank)].1;
        let mean_us = self.sum as f64 / f64::from(1 << SUM_DIGITS) / count as f64;
        (count > 0).then(|| Distribution::from_parts(count, mean_us, at))
    }
}

#[cfg(test)]
impl Sketch {
    /// Buckets that there are.
    pub(super) fn retained(&self) -> usize {
        self.counts.distinct_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sketched(times: &[(u64, u64)], per_us: u64) -> Sketch {
        let mut sketch = Sketch::new(per_us);
        times.iter().for_each(|&(span_us, parts)| sketch.add(span_us, parts, 1));
        sketch
    }

    /// Spans of all magnitudes.
    fn spans() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec((any::<u64>(), 3_u32..63).prop_map(|(bits, zeros)| bits >> zeros), 1..200)
    }

    proptest! {
        #[test]
        fn percentiles_are_within_the_error_and_means_are_exact(spans in spans()) {
            let whole: Vec<(u64, u64)> = spans.iter().map(|&span_us| (span_us, 1)).collect();
            let found = sketched(&whole, 1).distribution().unwrap();
            let exact = Distribution::of_us(&mut spans.iter().map(|&us| us as f64).collect::<Vec<_>>()).unwrap();
            prop_assert_eq!(found.count, exact.count);
            prop_assert!((found.mean - exact.mean).abs() <= exact.mean * 1e-12);
            for (found, exact) in [(found.p50, exact.p50), (found.p90, exact.p90), (found.p99, exact.p99)] {
                prop_assert!((found - exact).abs() <= exact * (RELATIVE_ERROR + 1e-12), "{found} {exact}");
            }
        }

        /// Shares of a span are known to half a nanosecond where that is more.
        #[test]
        fn shares_too(times in prop::collection::vec((0_u64..1 << 32, 1_u64..10_000), 1..200)) {
            let found = sketched(&times, 1000).distribution().unwrap();
            let mut exact: Vec<f64> = times.iter().map(|&(span, parts)| span as f64 / parts as f64).collect();
            let exact = Distribution::of_us(&mut exact).unwrap();
            prop_assert!((found.mean - exact.mean).abs() <= 1e-9 + exact.mean * 1e-12);
            for (found, exact) in [(found.p50, exact.p50), (found.p90, exact.p90), (found.p99, exact.p99)] {
                let most = exact * RELATIVE_ERROR * 1.001 + 0.5001e-6;
                prop_assert!((found - exact).abs() <= most, "{found} {exact}");
            }
        }

        #[test]
        fn parts_put_together_are_the_whole_in_any_order(spans in spans(), at in any::<prop::sample::Index>()) {
            let times: Vec<(u64, u64)> = spans.iter().map(|&span_us| (span_us, 1)).collect();
            let (a, b) = times.split_at(at.index(times.len()));
            let mut merged = sketched(b, 1);
            merged.merge(&sketched(a, 1));
            prop_assert_eq!(merged.distribution(), sketched(&times, 1).distribution());
        }
    }

    #[test]
    fn memory_follows_the_magnitude_of_the_largest_and_not_the_number() {
        let mut sketch = Sketch::new(1);
        sketch.add(60_000_000, 1, 1);
        let buckets = sketch.retained();
        (0..1_000_000).for_each(|us| sketch.add(us * 60, 1, 1));
        assert_eq!(sketch.retained(), buckets);
        assert!(buckets < 20_000, "{buckets}");
        assert_eq!(Sketch::new(1).distribution(), None);
        // The largest of all does not overflow.
        sketch.add(u64::MAX, 1, 1);
        assert!(sketch.distribution().is_some());
    }
}
