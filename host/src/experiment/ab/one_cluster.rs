//! A and B on one cluster: what such a test says, and whether it is to be believed.
//!
//! In a simulator both can have the whole cluster, too. That is what one wants to know in the end: what
//! happens if all requests go one way. The difference between the two answers is the bias of the test.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF as _};

use super::answer::{Row, Verdict};
use super::mode::Mode;
use super::question::Question;
use super::weigh::{Pair, Weighed, p_value, values, weigh};
use crate::experiment::judge::ALPHA;
use crate::experiment::measurement::Measurement;
use crate::experiment::results::Interval;
use crate::experiment::statistics::{Paired, Sample, holm};
use crate::metrics::Scale;
use crate::policy::Side;

/// A sample ratio this unlikely says that the assignment is broken. The usual level for this check
/// (Fabijan et al., KDD 2019) is far below 5 %: it is made with every test.
pub const MISMATCH: f64 = 0.001;

/// What is known of a test on one cluster, besides what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneCluster {
    /// Who decided how often.
    pub ratio: SampleRatio,
    /// Pairs of whole windows, over all seeds; `None` where there are no windows.
    pub window_pairs: Option<u64>,
    /// Requests that count for neither, over all seeds: of the beginning of a window, or of one that is not
    /// whole.
    pub left_out: u64,
    /// The same metrics where each had the whole cluster.
    pub whole: Vec<WholeRow>,
}

/// Who decided how often, over all seeds; A first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleRatio {
    /// Sessions, and requests without one.
    pub units: [u64; 2],
    /// Requests.
    pub requests: [u64; 2],
    /// B's share of the units as planned; `None` where they are not drawn.
    pub planned: Option<f64>,
    /// The chance of a share at least as unlikely.
    pub p_value: Option<f64>,
}

/// A metric where each had the whole cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeRow {
    /// As written.
    pub metric: String,
    /// B/A - 1 with its 95 % interval.
    pub relative: Option<Interval>,
    /// The verdict.
    pub verdict: Verdict,
    /// By how much the test on one cluster is off: its B/A over that of whole clusters - 1, or, for metrics
    /// that are compared by difference, its B - A minus that of whole clusters.
    pub bias: Option<Interval>,
    /// Whether it is off for certain: adjusted for looks and the number of metrics.
    pub is_biased: bool,
}

/// What a look at the test says, and what is known of it. `whole` are the runs in which each had the whole
/// cluster; `shared`, in the order of their seeds, those in which they shared it.
#[must_use]
pub fn look_at(
    question: &Question,
    whole: &[Pair<'_>],
    shared: &[&Measurement],
    look: usize,
) -> (Weighed, OneCluster) {
    let split = |pooled: bool| -> Vec<(u64, Measurement, Measurement)> {
        let parts = whole.iter().zip(shared).filter_map(|(pair, run)| {
            let parts = run.parts.as_ref()?;
            let side = |side| if pooled { parts.pooled(side, run) } else { parts.as_run(side, run) };
            Some((pair.seed, side(Side::A), side(Side::B)))
        });
        parts.collect()
    };
    let (typical, pooled) = (split(false), split(true));
    let seen = weigh(question, &pairs(&typical), look);
    let of_whole = weigh(question, whole, look);
    let mut rows: Vec<(WholeRow, f64)> = of_whole
        .rows
        .iter()
        .filter(|row| row.decides)
        .map(|row| whole_row(question, row, whole, &pairs(&pooled), look))
        .collect();
    let adjusted = holm(&rows.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    for ((row, _), p) in rows.iter_mut().zip(adjusted) {
        let excludes_none =
            |one: Interval| one.low.is_some_and(|low| low > 0.0) || one.high.is_some_and(|high| high < 0.0);
        row.is_biased = p <= ALPHA && row.bias.is_some_and(excludes_none);
    }
    let sum = |of: fn(&crate::experiment::part::Parts) -> u64| {
        shared.iter().filter_map(|run| run.parts.as_ref()).map(of).sum::<u64>()
    };
    let one = OneCluster {
        ratio: SampleRatio::of(
            [sum(|parts| parts.units[0]), sum(|parts| parts.units[1])],
            [sum(|parts| parts.requests[0]), sum(|parts| parts.requests[1])],
            match question.mode {
                Mode::Split { share } => Some(share),
                _ => None,
            },
        ),
        window_pairs: question.mode.windows().map(|_| sum(|parts| parts.window_pairs)),
        left_out: sum(|parts| parts.left_out),
        whole: rows.into_iter().map(|(row, _)| row).collect(),
    };
    (seen, one)
}

fn pairs(runs: &[(u64, Measurement, Measurement)]) -> Vec<Pair<'_>> {
    runs.iter().map(|(seed, a, b)| Pair { seed: *seed, a, b }).collect()
}

/// A row of whole clusters, with the bias of the test and the p-value of none.
fn whole_row(
    question: &Question,
    row: &Row,
    whole: &[Pair<'_>],
    shared: &[Pair<'_>],
    look: usize,
) -> (WholeRow, f64) {
    let metric = question.deciding.iter().find(|metric| metric.to_string() == row.metric);
    let bias = metric.and_then(|metric| {
        let scale = metric.metric().scale;
        let differences = |pairs| Some(Paired::new(&values(metric, pairs)?, scale));
        let (whole, shared) = (differences(whole)?, differences(shared)?);
        // Ratios and differences cannot be subtracted from each other.
        if whole.scale() != shared.scale() {
            return None;
        }
        let off: Vec<(f64, f64)> = whole.differences().into_iter().zip(shared.differences()).collect();
        let off = Paired::new(&off, Scale::Difference);
        let sample = Sample::of(&off.differences())?;
        let shown = |value: f64| if whole.scale() == Scale::Ratio { value.exp_m1() } else { value };
        let bounds = question.looks.interval(&sample, look, ALPHA);
        let interval = Interval {
            estimate: shown(sample.mean),
            low: bounds.map(|(low, _)| shown(low)),
            high: bounds.map(|(_, high)| shown(high)),
            seeds: sample.count,
        };
        Some((interval, p_value(&question.looks, &off, look)?))
    });
    let p = bias.map_or(1.0, |(_, p)| p);
    let row = WholeRow {
        metric: row.metric.clone(),
        relative: row.effect.relative,
        verdict: row.verdict,
        bias: bias.map(|(interval, _)| interval),
        is_biased: false,
    };
    (row, p)
}

impl OneCluster {
    /// What one should know before believing the test.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.ratio.is_mismatch() {
            notes.push(format!(
                "sample ratio mismatch: B decided about {:.1} % of the sessions, planned were {:.1} %: the \
                 assignment is broken, and so is the comparison",
                100.0 * self.ratio.share(),
                100.0 * self.ratio.planned.unwrap_or(0.0)
            ));
        }
        let biased: Vec<String> =
            self.whole.iter().filter(|row| row.is_biased).map(|row| format!("`{}`", row.metric)).collect();
        let is_split = self.window_pairs.is_none();
        if !biased.is_empty() {
            let why = if is_split {
                "A and B use the same queues and the same KV memory, and what one does to them the other \
                 meets (interference)"
            } else {
                "what one left in queues and KV memory the other meets after its turn has begun (carry-over); a \
                 longer --burn-in and a longer --window help"
            };
            notes.push(format!(
                "this test is off in {}: with whole clusters the answer is another one. {why}",
                biased.join(", ")
            ));
        } else if is_split {
            notes.push(
                "A and B use the same queues and the same KV memory: a split can be off by interference; none was \
                 found here"
                    .to_owned(),
            );
        }
        notes
    }
}

impl SampleRatio {
    /// Of counts; A first. `planned` is B's share where units were drawn.
    #[must_use]
    pub fn of(units: [u64; 2], requests: [u64; 2], planned: Option<f64>) -> Self {
        let p_value = planned.and_then(|share| {
            let binomial = Binomial::new(share, units[0] + units[1]).ok()?;
            let at_most = binomial.cdf(units[1]);
            let at_least = units[1].checked_sub(1).map_or(1.0, |less| binomial.sf(less));
            Some((2.0 * at_most.min(at_least)).min(1.0))
        });
        Self { units, requests, planned, p_value }
    }

    /// B's share of the units; 0 of none.
    #[must_use]
    pub fn share(&self) -> f64 {
        let all = self.units[0] + self.units[1];
        if all == 0 { 0.0 } else { self.units[1] as f64 / all as f64 }
    }

    /// Whether the assignment is broken.
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        self.p_value.is_some_and(|p| p < MISMATCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_ratio_is_held_against_the_plan() {
        // Two-sided by doubling: 2 P(X <= 40) for 100 fair coins is 0.05689 (R: 2 * pbinom(40, 100, 0.5)).
        let ratio = SampleRatio::of([60, 40], [1, 1], Some(0.5));
        assert!((ratio.p_value.unwrap() - 0.056_888).abs() < 1e-5, "{ratio:?}");
        assert!(!ratio.is_mismatch() && (ratio.share() - 0.4).abs() < 1e-12);
        assert!(SampleRatio::of([600, 400], [1, 1], Some(0.5)).is_mismatch());
        assert!(!SampleRatio::of([900, 100], [1, 1], Some(0.1)).is_mismatch());
        assert!(SampleRatio::of([100, 0], [1, 1], Some(0.5)).is_mismatch());
        assert_eq!(SampleRatio::of([3, 1], [1, 1], None).p_value, None);
        assert_eq!(SampleRatio::of([0, 0], [0, 0], Some(0.5)).share(), 0.0);
    }
}
