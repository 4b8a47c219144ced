//! What an experiment came to: plain data, which `report` turns into pages and files, and which
//! `results.json` holds as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measurement::Measurement;

/// The version of the form of `results.json`. It grows when a program that reads it must change.
pub const SCHEMA_VERSION: u32 = 1;

/// An experiment and everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The name of the experiment.
    pub name: String,
    /// What it is about, in words.
    pub about: Option<String>,
    /// The file that describes it.
    pub file: String,
    /// Version of the host.
    pub host_version: String,
    /// The command that makes it again.
    pub command: String,
    /// How seeds were used.
    pub seeds: SeedUse,
    /// Factors of the grid, in the order of writing; empty where arms are listed.
    pub factors: Vec<Factor>,
    /// The arms, in the order of writing.
    pub arms: Vec<Arm>,
    /// The metrics that the experiment is about, as written: `ttft_p99{class=critical}`.
    pub metrics: Vec<MetricInfo>,
    /// The unit of every metric in the measurements, by its name without a group: `ttft_p99` is in `ms`.
    pub units: BTreeMap<String, String>,
    /// Every metric of every arm, over seeds; arms in order, metrics in order.
    pub estimates: Vec<ArmEstimate>,
    /// The claims, in the order of writing.
    pub hypotheses: Vec<Hypothesis>,
    /// Where arms pass saturation as a factor goes on.
    #[serde(default)]
    pub knees: Vec<Knee>,
    /// What one should know before believing any of it.
    pub notes: Vec<String>,
}

/// Where arms that differ in one factor alone pass saturation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// The levels of the other factors, joined by dots; empty where there are none.
    pub line: String,
    /// The factor, which is a number.
    pub factor: String,
    /// The level beside the knee that is not past saturation, or the last of all if none is; `None` where
    /// each is, and where they go back and forth.
    pub holds_at: Option<f64>,
    /// The level beside the knee that is past saturation, or the first of all if each is.
    pub saturated_at: Option<f64>,
    /// How often neighbouring levels differ: 1 where there is a knee.
    pub flips: u64,
}

/// How many seeds were run, and why no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedUse {
    /// The seeds, in the order of running.
    pub seeds: Vec<u64>,
    /// Whether the number was open, and after how many seeds one looked; the last look is the plan's end.
    pub looks: Vec<u32>,
    /// Why there are no more: `fixed`, `decided`, `all seeds used`.
    pub stopped: String,
}

/// A factor of a grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// The names of its levels.
    pub levels: Vec<String>,
    /// The levels as numbers, where every name is one: a plot can have an axis of them.
    pub numbers: Option<Vec<f64>>,
}

/// A composition that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name; levels of a grid joined by dots.
    pub name: String,
    /// The level of each factor.
    pub levels: BTreeMap<String, String>,
    /// Its routing in short form: `pa:3,qd:2,kv:2`.
    pub routing: String,
    /// Its scheduler.
    pub scheduler: String,
    /// Its priority.
    pub priority: String,
    /// The libraries that its policies come from.
    pub libraries: Vec<Library>,
    /// The whole configuration, but for the seed.
    pub config: serde_json::Value,
    /// Its runs, by seed in the order of running.
    pub runs: Vec<Run>,
}

impl Arm {
    /// The runs that reached their end, with their seeds.
    pub fn measured(&self) -> impl Iterator<Item = (u64, &Measurement)> {
        self.runs.iter().filter_map(|Run { seed, outcome }| match outcome {
            RunOutcome::Measured(measurement) => Some((*seed, &**measurement)),
            RunOutcome::Failed(_) => None,
        })
    }

    /// The runs that failed: seed and message.
    pub fn failed(&self) -> impl Iterator<Item = (u64, &str)> {
        self.runs.iter().filter_map(|run| Some((run.seed, run.outcome.failure()?)))
    }

    /// Whether the queue was still growing at the last arrival in most of the runs.
    #[must_use]
    pub fn is_past_saturation(&self) -> bool {
        let growing = self.measured().filter(|(_, run)| run.still_growing == Some(true)).count();
        2 * growing > self.measured().count()
    }
}

/// A library of an arm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Library {
    /// The policies of it that the arm uses.
    pub policies: Vec<String>,
    /// Where it lies.
    pub path: String,
    /// Its hash.
    pub sha256: String,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: RunOutcome,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// It reached its end.
    Measured(Box<Measurement>),
    /// It failed, with this message.
    Failed(String),
}

impl From<Result<Box<Measurement>, String>> for RunOutcome {
    fn from(ran: Result<Box<Measurement>, String>) -> Self {
        match ran {
            Ok(measurement) => Self::Measured(measurement),
            Err(message) => Self::Failed(message),
        }
    }
}

impl RunOutcome {
    /// The message of one that failed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Measured(_) => None,
            Self::Failed(message) => Some(message),
        }
    }
}

/// A metric, with what a reader needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricInfo {
    /// As written.
    pub metric: String,
    /// `ms`, `1/s`, `share` (of 1), or nothing.
    pub unit: String,
    /// `lower`, `higher` or `neither`: which is better.
    pub better: String,
}

/// A metric of an arm, over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmEstimate {
    /// The arm.
    pub arm: String,
    /// The metric.
    pub metric: String,
    /// Mean over seeds and its 95 % interval, by Student's t; `None` where no run has the metric.
    pub mean: Option<Interval>,
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end; `None`: unbounded, as with a single seed.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How many seeds it is from.
    pub seeds: u32,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// The data hold it to be so.
    Confirmed,
    /// The data hold it not to be so.
    Refuted,
    /// The data do not say, or cannot.
    Inconclusive,
}

/// A claim and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// Its id, such as `H6-1`.
    pub id: String,
    /// The claim in words.
    pub claim: String,
    /// What is expected; all of it must hold.
    pub expectations: Vec<Expectation>,
    /// The verdict over all.
    pub verdict: Verdict,
    /// Why, where the verdict alone does not say it.
    pub reason: Option<String>,
}

/// One expectation, and how it was tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// As written: `ttft_p99{class=critical}: full-compound / static-default <= 0.8`.
    pub text: String,
    /// The metric that it is about; `None` for `identical(...)` and other expectations on whole runs.
    pub metric: Option<String>,
    /// The arms in it, in order.
    pub arms: Vec<String>,
    /// How the quantity is read: `ratio` (estimated on the log scale, shown as a ratio) or `difference`
    /// or `runs` (a statement on whole runs, without an interval).
    pub scale: String,
    /// The quantity over seeds, on the scale that people read.
    pub estimate: Option<Interval>,
    /// Where the quantity must lie for the claim: from here ...
    pub from: Option<f64>,
    /// ... to here.
    pub to: Option<f64>,
    /// The bounds themselves are not in the range: `<`, not `<=`.
    #[serde(default)]
    pub is_open: bool,
    /// The quantity of each seed: the data behind it.
    pub by_seed: Vec<SeedValue>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where the verdict alone does not say it.
    pub reason: Option<String>,
}

/// A quantity of one seed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SeedValue {
    /// The seed.
    pub seed: u64,
    /// The quantity.
    pub value: f64,
}
