//! What was found about two arms: plain data, for people and programs.

use serde::{Deserialize, Serialize};

use super::one_cluster::OneCluster;
use crate::experiment::results::{Interval, SeedValue};

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The version of this form.
    pub schema_version: u32,
    /// A.
    pub a: Side,
    /// B.
    pub b: Side,
    /// How they were put to the test: `paired`, `split` or `switchback`.
    pub mode: String,
    /// The seeds, in the order of running.
    pub seeds: Vec<u64>,
    /// After how many seeds one would look, to the end of the plan.
    pub looks: Vec<u32>,
    /// Why there are no more seeds: `decided`, `identical`, `all seeds used`, `out of time`.
    pub stopped: String,
    /// The smallest effect of interest, as a share.
    pub min_effect: f64,
    /// The metrics that decide, then the same by class.
    pub rows: Vec<Row>,
    /// What B must not make worse.
    pub guardrails: Vec<GuardrailRow>,
    /// Where they shared one cluster: what is known of such a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_cluster: Option<OneCluster>,
    /// Over all metrics that decide, and the guardrails.
    pub verdict: Verdict,
    /// In a sentence.
    pub because: String,
    /// What one should know before believing it.
    pub notes: Vec<String>,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Its policies in short form.
    pub composition: String,
    /// Its libraries, by path with their hashes.
    pub libraries: Vec<(String, String)>,
}

/// What B is, compared with A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every request fared the same in every run.
    Identical,
    /// Better.
    Better,
    /// Worse.
    Worse,
    /// Within the smallest effect of interest.
    Equivalent,
    /// Different, where neither direction is good.
    Different,
    /// Better or equivalent, but a guardrail is broken.
    GuardrailBroken,
    /// The seeds do not say.
    Undecided,
}

impl Verdict {
    /// In one or two words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Equivalent => "equivalent",
            Self::Different => "different",
            Self::GuardrailBroken => "guardrail broken",
            Self::Undecided => "undecided",
        }
    }
}

/// A metric of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// As written: `ttft_p99{class=critical}`.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// `lower`, `higher` or `neither`: which is better.
    pub better: String,
    /// Whether it has a say in the verdict.
    pub decides: bool,
    /// Mean of A over seeds.
    pub a: f64,
    /// Mean of B.
    pub b: f64,
    /// What B does to it.
    pub effect: Effect,
    /// The p-value of no difference, valid although one looks more than once; for metrics that decide
    /// adjusted for their number (Holm).
    pub p_value: f64,
    /// Share of the variance that pairing took away.
    pub variance_saved: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// Relative difference of each seed: the data behind it.
    pub by_seed: Vec<SeedValue>,
}

/// A difference between B and A.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// B/A - 1 with its 95 % interval; `None` where A is 0 on average.
    pub relative: Option<Interval>,
    /// B - A in the metric's unit, with its 95 % interval.
    pub absolute: Interval,
    /// Whether the relative difference is from ratios of each seed (a geometric mean), or the absolute one
    /// over the mean of A.
    pub is_ratio: bool,
}

/// A guardrail, and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardrailRow {
    /// As written.
    pub text: String,
    /// B/A - 1 with its 95 % interval.
    pub relative: Option<Interval>,
    /// Whether it holds.
    pub state: GuardrailState,
}

/// Whether a guardrail holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardrailState {
    /// The whole interval is on the right side.
    Holds,
    /// None of it is.
    Broken,
    /// The seeds do not say.
    Undecided,
}
