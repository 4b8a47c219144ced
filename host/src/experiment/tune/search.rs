//! The search: rung after rung, all points of a rung on the same seeds, the better part goes on.

use std::collections::BTreeMap;

use super::answer::Estimate;
use super::claim::pairs;
use super::halving::Rung;
use super::pareto::{order, ranks};
use crate::config::experiment::MetricRef;
use crate::experiment::ab::{Guardrail, Question, effect, values};
use crate::experiment::conduct::{ConductError, Ran};
use crate::experiment::measurement::Measurement;
use crate::experiment::statistics::{Looks, Sample};
use crate::metrics::{Better, Scale};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// The runs could not be made.
    #[error(transparent)]
    Conduct(#[from] ConductError),
    /// There is nothing to compare with.
    #[error("the baseline failed in seed {seed}: {message}")]
    Baseline {
        /// The seed.
        seed: u64,
        /// Why.
        message: String,
    },
    /// No point is left.
    #[error("all {points} points failed, the first of them: {message}")]
    AllFailed {
        /// How many.
        points: usize,
        /// Why the first did.
        message: String,
    },
    /// A point did not meet the same requests.
    #[error(
        "in seed {seed}, `{point}` and the baseline did not meet the same requests: nothing can be compared; please report this"
    )]
    OtherRequests {
        /// Which.
        point: String,
        /// The seed.
        seed: u64,
    },
    /// A metric has no value in a run of the baseline.
    #[error("`{0}` has no value in the runs of the baseline: there is nothing to compare")]
    NoValue(String),
}

/// Runs some arms on the seeds from one number up to another: arm 0 is the baseline, arm 1 the first point.
pub type Measure<'a> =
    dyn FnMut(usize, &[usize], u32, u32) -> Result<Vec<Vec<Ran<Measurement>>>, TuneError> + 'a;

/// Says whether there is time for so many more runs, of which so many have been made.
pub type Budget<'a> = dyn FnMut(u64, u64) -> bool + 'a;

/// A point, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Its runs, seed by seed.
    pub runs: Vec<Measurement>,
    /// The last rung that it was in, from 1.
    pub rung: usize,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The runs of the baseline, seed by seed.
    pub baseline: Vec<Measurement>,
    /// All points.
    pub points: Vec<Known>,
    /// What it chose, the best or most alone first; of points with equal runs the first, with the others.
    pub front: Vec<(usize, Vec<usize>)>,
    /// Rungs that were climbed.
    pub rungs: Vec<Rung>,
    /// Whether there was no time for the others.
    pub is_out_of_time: bool,
    /// Whether all that is left is beyond a guardrail.
    pub is_beyond: bool,
}

/// Searches `count` points. `most` is the size of the front; with one metric it is one point.
///
/// # Errors
///
/// If the baseline or all points failed, or the runs could not be made.
pub fn search(
    question: &Question,
    count: usize,
    rungs: &[Rung],
    most: usize,
    measure: &mut Measure<'_>,
    budget: &mut Budget<'_>,
) -> Result<Found, TuneError> {
    let mut found = Found {
        baseline: Vec::new(),
        points: vec![Known::default(); count],
        front: Vec::new(),
        rungs: Vec::new(),
        is_out_of_time: false,
        is_beyond: false,
    };
    let mut alive: Vec<usize> = (0..count).collect();
    let (mut seeds, mut done) = (0, 0);
    for (index, rung) in rungs.iter().enumerate() {
        alive.truncate(rung.points);
        // As they came: who was ahead so far has no advantage among equals.
        alive.sort_unstable();
        let more = (alive.len() as u64 + 1) * u64::from(rung.seeds - seeds);
        if index > 0 && !budget(more, done) {
            found.is_out_of_time = true;
            break;
        }
        let which: Vec<usize> = std::iter::once(0).chain(alive.iter().map(|point| point + 1)).collect();
        let mut ran = measure(index, &which, seeds, rung.seeds)?.into_iter();
        found.baseline.extend(ran.next().into_iter().flatten().filter_map(Result::ok));
        for (&point, outcomes) in alive.iter().zip(ran) {
            found.points[point].add(outcomes, question, index + 1);
        }
        found.rungs.push(Rung { points: alive.len(), seeds: rung.seeds });
        (seeds, done) = (rung.seeds, done + more);
        alive.retain(|&point| found.points[point].failure.is_none());
        if alive.is_empty() {
            let message = found.points.iter().find_map(|point| point.failure.clone()).unwrap_or_default();
            return Err(TuneError::AllFailed { points: count, message });
        }
        let (values, violations) = found.judged(question, &alive);
        alive = order(&values, &violations).into_iter().map(|place| alive[place]).collect();
    }
    found.choose(question, &alive, most);
    Ok(found)
}

impl Known {
    fn add(&mut self, outcomes: Vec<Ran<Measurement>>, question: &Question, rung: usize) {
        self.rung = rung;
        for outcome in outcomes {
            match outcome {
                Ok(run) => {
                    let missing = |metric: &&MetricRef| value(&run, metric).is_none();
                    if let Some(metric) = question.deciding.iter().find(missing) {
                        self.failure.get_or_insert(format!("`{metric}` has no value"));
                    }
                    self.runs.push(run);
                }
                Err(message) => {
                    self.failure.get_or_insert(message);
                }
            }
        }
    }
}

impl Found {
    /// Every metric of these points against the baseline, lower is better, and by how much they are
    /// beyond the guardrails.
    fn judged(&self, question: &Question, points: &[usize]) -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut all = vec![Vec::new(); points.len()];
        for metric in &question.deciding {
            let runs: Vec<&[Measurement]> =
                points.iter().map(|&point| &self.points[point].runs[..]).collect();
            for (values, value) in all.iter_mut().zip(compared(metric, &self.baseline, &runs)) {
                values.push(value);
            }
        }
        let violations = points.iter().map(|&point| self.violation(question, point));
        (all, violations.collect())
    }

    /// By how much a point is beyond the guardrails, added up, as a share.
    #[must_use]
    pub fn violation(&self, question: &Question, point: usize) -> f64 {
        let beyond = |guardrail: &Guardrail| {
            let relative = self.estimate(&guardrail.metric, point)?.relative?;
            let beyond =
                if guardrail.is_upper { relative - guardrail.bound } else { guardrail.bound - relative };
            Some(beyond.max(0.0))
        };
        question.guardrails.iter().filter_map(beyond).sum()
    }

    /// What the search knows of a metric of a point.
    #[must_use]
    pub fn estimate(&self, metric: &MetricRef, point: usize) -> Option<Estimate> {
        let runs = &self.points[point].runs;
        let numbers: Vec<u64> = (0..runs.len() as u64).collect();
        let values = values(metric, &pairs(&numbers, &self.baseline, runs))?;
        let count = values.len() as f64;
        let relative = effect(&Looks::once(values.len() as u32), &values, metric.metric().scale, 0)?.relative;
        let (baseline, mean) =
            values.iter().fold((0.0, 0.0), |(a, b), one| (a + one.0 / count, b + one.1 / count));
        Some(Estimate { mean, baseline, relative: relative.map(|one| one.estimate) })
    }

    /// The front of the points that are left, the best first.
    fn choose(&mut self, question: &Question, alive: &[usize], most: usize) {
        let (values, violations) = self.judged(question, alive);
        self.is_beyond = violations.iter().all(|violation| *violation > 0.0);
        let within: Vec<usize> = (0..alive.len()).filter(|&place| violations[place] <= 0.0).collect();
        let ranks = ranks(&within.iter().map(|&place| values[place].clone()).collect::<Vec<_>>());
        let front: Vec<usize> =
            within.iter().zip(&ranks).filter(|(_, rank)| **rank == 0).map(|(&place, _)| place).collect();
        let ordered = order(&values, &violations);
        // Where nothing keeps within the guardrails, what is nearest to it.
        let chosen = ordered.iter().filter(|place| front.contains(place) || self.is_beyond);
        let mut kept: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &place in chosen {
            let point = alive[place];
            let digests = self.points[point].runs.iter().map(|run| run.requests_sha256.as_str()).collect();
            let next = groups.len();
            match kept.entry(digests).or_insert(next) {
                group if *group == next => groups.push(vec![point]),
                group => groups[*group].push(point),
            }
        }
        let most = if question.deciding.len() == 1 || self.is_beyond { 1 } else { most };
        groups.truncate(most);
        self.front = groups
            .into_iter()
            .map(|mut group| {
                group.sort_unstable();
                (group[0], group.split_off(1))
            })
            .collect();
    }
}

fn value(run: &Measurement, metric: &MetricRef) -> Option<f64> {
    run.value(&metric.group(), metric.metric().name)
}

/// The mean difference of each point from the baseline, on the scale of the metric, lower is better. On one
/// scale for all: logarithms only where every value has one.
fn compared(metric: &MetricRef, baseline: &[Measurement], points: &[&[Measurement]]) -> Vec<f64> {
    let of =
        |runs: &[Measurement]| -> Vec<f64> { runs.iter().filter_map(|run| value(run, metric)).collect() };
    let (baseline, points) = (of(baseline), points.iter().map(|runs| of(runs)).collect::<Vec<_>>());
    let has_ratio = metric.metric().scale == Scale::Ratio
        && points.iter().flatten().chain(&baseline).all(|value| *value > 0.0);
    let on_scale = |value: f64| if has_ratio { value.ln() } else { value };
    let sign = if metric.metric().better == Better::Higher { -1.0 } else { 1.0 };
    let one = |values: &Vec<f64>| {
        let differences: Vec<f64> =
            values.iter().zip(&baseline).map(|(b, a)| on_scale(*b) - on_scale(*a)).collect();
        Sample::of(&differences).map_or(f64::INFINITY, |sample| sign * sample.mean)
    };
    points.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
