//! The whole of an experiment: seeds are run until the plan is done or every claim is decided.

use std::collections::BTreeMap;
use std::io;

use super::cache::Cache;
use super::judge::{ALPHA, Look, judge};
use super::measurement::Measurement;
use super::plan::{Arm, Task};
use super::pool::{Event, NoMeasurement, Stop, run_all};
use super::results::{self, ArmEstimate, Interval, MetricInfo, SeedUse, Verdict};
use super::statistics::{Looks, Sample};
use crate::config::experiment::{ExperimentSpec, MetricRef, SeedSpec};
use crate::metrics::METRICS;

/// How runs are made, and who is told.
pub struct Means<'a> {
    /// Makes one run.
    pub measure: &'a (dyn Fn(&Task, &Stop) -> Result<Measurement, NoMeasurement> + Sync),
    /// How many at a time.
    pub jobs: usize,
    /// Whether to go on.
    pub stop: &'a Stop,
    /// What is known already.
    pub cache: &'a Cache,
    /// The hash of the program that makes runs.
    pub program_sha256: &'a str,
    /// Told how far it is.
    pub watch: &'a mut dyn Watch,
}

/// Sees an experiment.
pub trait Watch {
    /// A part of the work begins: "rung 2 of 4".
    fn stage(&mut self, _name: &str) {}
    /// A batch of seeds begins: so many runs, of which so many are known already.
    fn batch(&mut self, runs: usize, known: usize);
    /// A run began.
    fn begun(&mut self);
    /// A run ended, or failed with this message.
    fn ended(&mut self, arm: &str, seed: u64, failure: Option<&str>);
}

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum ConductError {
    /// Somebody asked for the end.
    #[error("interrupted")]
    Interrupted,
    /// What a run came to could not be kept.
    #[error("cannot keep the result of a run: {0}")]
    Cache(io::Error),
}

/// What was run.
#[derive(Debug)]
pub struct Conducted {
    /// By arm, in the order of seeds.
    pub runs: Vec<Vec<results::Run>>,
    /// The seeds.
    pub seeds: Vec<u64>,
}

/// Runs all arms on these seeds, those before them are kept.
///
/// # Errors
///
/// If it was ended, or a result could not be kept.
pub fn run_seeds(
    arms: &[Arm],
    seeds: &[u64],
    conducted: &mut Conducted,
    means: &mut Means<'_>,
) -> Result<(), ConductError> {
    let which: Vec<usize> = (0..arms.len()).collect();
    let ran = run_some(arms, &which, seeds, means, &|measurement| measurement)?;
    for (runs, outcomes) in conducted.runs.iter_mut().zip(ran) {
        let outcomes = seeds.iter().zip(outcomes);
        runs.extend(outcomes.map(|(&seed, outcome)| results::Run { seed, outcome: outcome.into() }));
    }
    conducted.seeds.extend(seeds);
    Ok(())
}

/// What came of a run: what is kept of it, or why it failed.
pub type Ran<T> = Result<T, String>;

/// Runs some of the arms on these seeds; `keep` takes what is wanted of each run. In the order of `which`,
/// then of the seeds.
///
/// # Errors
///
/// If it was ended, or a result could not be kept.
pub fn run_some<T: Clone>(
    arms: &[Arm],
    which: &[usize],
    seeds: &[u64],
    means: &mut Means<'_>,
    keep: &dyn Fn(Box<Measurement>) -> T,
) -> Result<Vec<Vec<Ran<T>>>, ConductError> {
    let mut tasks: Vec<Task> = Vec::new();
    // Arms that are the same have one key: one run is for all of them.
    let mut wanted: BTreeMap<String, Vec<(usize, u64)>> = BTreeMap::new();
    let mut known: BTreeMap<(usize, u64), Ran<T>> = BTreeMap::new();
    // Seed by seed, so that an experiment that is ended has whole pairs.
    for &seed in seeds {
        for &index in which {
            let task = arms[index].task(index, seed, means.program_sha256);
            match means.cache.get(&task.key) {
                Some(measurement) => {
                    known.insert((index, seed), Ok(keep(Box::new(measurement))));
                }
                None => {
                    let all = wanted.entry(task.key.clone()).or_default();
                    all.push((index, seed));
                    if all.len() == 1 {
                        tasks.push(task);
                    }
                }
            }
        }
    }
    let total = which.len() * seeds.len();
    means.watch.batch(total, total - tasks.len());
    let mut unkept = None;
    let (watch, cache) = (&mut *means.watch, means.cache);
    run_all(tasks, means.jobs, means.stop, means.measure, &mut |event| match event {
        Event::Begun => watch.begun(),
        Event::Ended { task, outcome } => {
            let failure = outcome.as_ref().err().map(String::as_str);
            watch.ended(&arms[task.arm].name.value, task.seed, failure);
            if let Ok(measurement) = &outcome
                && let Err(error) = cache.put(&task.key, measurement)
            {
                means.stop.ask();
                unkept.get_or_insert(error);
            }
            let outcome = outcome.map(keep);
            for place in wanted.remove(&task.key).unwrap_or_default() {
                known.insert(place, outcome.clone());
            }
        }
    });
    if let Some(error) = unkept {
        return Err(ConductError::Cache(error));
    }
    let mut take = |place| known.remove(&place).ok_or(ConductError::Interrupted);
    which.iter().map(|&index| seeds.iter().map(|&seed| take((index, seed))).collect()).collect()
}

/// Conducts an experiment to its end.
///
/// # Errors
///
/// If it was ended, or a result could not be kept.
pub fn conduct(
    spec: &ExperimentSpec,
    arms: &[Arm],
    command: String,
    means: &mut Means<'_>,
) -> Result<results::Results, ConductError> {
    let (all, looks) = match &spec.seeds {
        SeedSpec::Fixed(seeds) => (seeds.clone(), Looks::once(seeds.len() as u32)),
        SeedSpec::Sequential { min, max } => ((1..=u64::from(*max)).collect(), Looks::doubling(*min, *max)),
    };
    let mut conducted = Conducted { runs: vec![Vec::new(); arms.len()], seeds: Vec::new() };
    let mut described: Vec<results::Arm> = arms.iter().map(|arm| arm.describe(Vec::new())).collect();
    let mut hypotheses = Vec::new();
    let mut looked = 0;
    let mut stopped = "all seeds used";
    for (index, &count) in looks.counts().iter().enumerate() {
        run_seeds(arms, &all[conducted.seeds.len()..count as usize], &mut conducted, means)?;
        for (arm, runs) in described.iter_mut().zip(&conducted.runs) {
            arm.runs.clone_from(runs);
        }
        let look = Look { looks: &looks, index };
        hypotheses = spec.hypotheses.iter().map(|claim| judge(claim, &described, look)).collect();
        looked = index + 1;
        let is_open = |one: &results::Hypothesis| one.verdict == Verdict::Inconclusive;
        if looks.counts().len() > 1 && !hypotheses.is_empty() && !hypotheses.iter().any(is_open) {
            stopped = "decided";
            break;
        }
    }
    if looks.counts().len() == 1 {
        stopped = "fixed";
    }
    let seeds = SeedUse {
        seeds: conducted.seeds,
        looks: looks.counts()[..looked].to_vec(),
        stopped: stopped.to_owned(),
    };
    let metrics: Vec<&MetricRef> = spec.metrics.iter().map(|metric| &metric.value).collect();
    let factors: Vec<results::Factor> = spec
        .factors
        .iter()
        .map(|factor| results::Factor {
            name: factor.name.clone(),
            levels: factor.levels.clone(),
            numbers: factor.numbers.clone(),
        })
        .collect();
    Ok(results::Results {
        schema_version: results::SCHEMA_VERSION,
        name: spec.name.clone(),
        about: spec.about.clone(),
        file: spec.files.first().map(|file| file.display().to_string()).unwrap_or_default(),
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        command,
        seeds,
        knees: super::knee::knees(&factors, &described),
        factors,
        metrics: metrics.iter().map(|metric| info(metric)).collect(),
        units: METRICS.iter().map(|metric| (metric.name.to_owned(), metric.unit.to_owned())).collect(),
        estimates: estimates(&described, &metrics),
        notes: super::notes::notes(arms, &described, &hypotheses),
        arms: described,
        hypotheses,
    })
}

/// What a reader needs to know of a metric.
pub(super) fn info(metric: &MetricRef) -> MetricInfo {
    let found = metric.metric();
    MetricInfo {
        metric: metric.to_string(),
        unit: found.unit.to_owned(),
        better: found.better.name().to_owned(),
    }
}

fn estimates(arms: &[results::Arm], metrics: &[&MetricRef]) -> Vec<ArmEstimate> {
    let one = |arm: &results::Arm, metric: &MetricRef| ArmEstimate {
        arm: arm.name.clone(),
        metric: metric.to_string(),
        mean: mean(arm, metric),
    };
    arms.iter().flat_map(|arm| metrics.iter().map(move |metric| one(arm, metric))).collect()
}

/// The mean over seeds.
fn mean(arm: &results::Arm, metric: &MetricRef) -> Option<Interval> {
    let value = |(_, run): (u64, &Measurement)| run.value(&metric.group(), metric.metric().name);
    let values: Vec<f64> = arm.measured().filter_map(value).collect();
    let sample = Sample::of(&values)?;
    let interval = sample.interval(ALPHA);
    let (low, high) = (interval.map(|(low, _)| low), interval.map(|(_, high)| high));
    Some(Interval { estimate: sample.mean, low, high, seeds: sample.count })
}
