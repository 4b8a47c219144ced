//! What a search found: plain data, for people and programs.

use serde::{Deserialize, Serialize};

use crate::experiment::ab::{GuardrailRow, Row};
use crate::experiment::results::{Interval, MetricInfo};

/// The version of the form of `tune.json`. It grows when a program that reads it must change.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The version of this form.
    pub schema_version: u32,
    /// Version of the host.
    pub host_version: String,
    /// The command that gives it again.
    pub command: String,
    /// The configuration that all points build on.
    pub config: String,
    /// What was searched.
    pub space: SpaceInfo,
    /// The metrics, in the order of asking.
    pub metrics: Vec<MetricInfo>,
    /// What no point may make worse, as written.
    pub guardrails: Vec<String>,
    /// The smallest effect of interest, as a share.
    pub min_effect: f64,
    /// How the search went.
    pub rungs: Vec<RungRow>,
    /// Why it ended: `all rungs`, `out of time`.
    pub stopped: String,
    /// The seeds of the search.
    pub search_seeds: Vec<u64>,
    /// The seeds of the claims, which the search never saw.
    pub held_out_seeds: Vec<u64>,
    /// The configuration as it is.
    pub baseline: Baseline,
    /// What the search chose, by the first metric on held-out seeds, the best first.
    pub front: Vec<FrontPoint>,
    /// All points that were tried, in the order of the space.
    pub points: Vec<PointRow>,
    /// What one should know before believing it.
    pub notes: Vec<String>,
}

/// What was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceInfo {
    /// As typed.
    pub texts: Vec<String>,
    /// All combinations of levels; a text, since there may be more than any number of JSON holds.
    pub combinations: String,
    /// Combinations without any scorer.
    pub without_scorers: Option<u64>,
    /// Combinations that choose as another one does.
    pub equal: Option<u64>,
    /// Points that were tried.
    pub points: usize,
    /// Whether they are a random part of all.
    pub is_sampled: bool,
}

/// A rung of the search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungRow {
    /// Points.
    pub points: usize,
    /// Seeds of each, those of earlier rungs included.
    pub seeds: u32,
    /// New runs, those of the baseline included.
    pub runs: u64,
}

/// The configuration as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Its policies in short form.
    pub composition: String,
}

/// What a point is, compared with the baseline, on held-out seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Every request fared the same in every run.
    Identical,
    /// Better in a metric, worse in none, with all guardrails.
    Better,
    /// Better in a metric, worse in another.
    TradeOff,
    /// Worse in a metric, better in none.
    Worse,
    /// All differences are within the smallest effect of interest.
    Equivalent,
    /// A guardrail is broken.
    GuardrailBroken,
    /// The seeds do not say.
    Undecided,
    /// A run failed.
    Failed,
}

impl Standing {
    /// In one or two words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Better => "better",
            Self::TradeOff => "trade-off",
            Self::Worse => "worse",
            Self::Equivalent => "equivalent",
            Self::GuardrailBroken => "guardrail broken",
            Self::Undecided => "undecided",
            Self::Failed => "failed",
        }
    }
}

/// A point that the search chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontPoint {
    /// What it is called: its open values.
    pub point: String,
    /// The options that give it to `pointsman run` and `ab`.
    pub arguments: Vec<String>,
    /// The configuration that was written for it.
    pub file: Option<String>,
    /// Points whose runs were the same, to the byte, on all seeds of the search.
    pub same: Vec<String>,
    /// Every metric, on both sets of seeds.
    pub rows: Vec<FrontRow>,
    /// The guardrails, on held-out seeds.
    pub guardrails: Vec<GuardrailRow>,
    /// Over all metrics and guardrails.
    pub standing: Standing,
    /// Points of the front, or `the baseline`, that are at least as good in all metrics on held-out seeds
    /// and better in one, by their estimates.
    pub dominated_by: Vec<String>,
}

/// A metric of a point of the front.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontRow {
    /// The relative difference that the search saw: it flatters, since the point was chosen for it.
    pub search: Option<Interval>,
    /// On held-out seeds; A is the baseline. p-values are adjusted over all points and metrics (Holm).
    pub held_out: Row,
}

/// A point as the search saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointRow {
    /// What it is called.
    pub point: String,
    /// The last rung that it was in, from 1.
    pub rung: usize,
    /// On how many seeds it was run.
    pub seeds: u32,
    /// Every metric, in the order of asking; empty for a point that failed.
    pub estimates: Vec<Estimate>,
    /// By how much it is beyond the guardrails, added up, as a share.
    pub violation: f64,
    /// Whether it was chosen.
    pub is_chosen: bool,
    /// Why it failed.
    pub failure: Option<String>,
}

/// An estimate of the search.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean over seeds, in the metric's unit.
    pub mean: f64,
    /// The mean of the baseline on the same seeds.
    pub baseline: f64,
    /// The relative difference, seed by seed; `None` where the baseline is 0.
    pub relative: Option<f64>,
}
