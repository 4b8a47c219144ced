//! What is kept of one run of an experiment: figures, digests, curves; not its requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::part::Parts;
use crate::metrics::Series;

/// Metrics by group of requests: the empty group is all, others are `class=critical`, `at=offloading` or
/// `class=batch,at=calm`. A metric without a value is absent.
pub type Groups = BTreeMap<String, BTreeMap<String, f64>>;

/// Figures of one run. Two runs of the same configuration and seed give the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Its metrics.
    pub metrics: Groups,
    /// Hash of all request records, as `--requests` would write them: equal runs, equal routing.
    pub requests_sha256: String,
    /// Hash of the first rounds of all sessions, and of requests without a session: arrival, length,
    /// class and tenant. Runs of different policies on one seed must agree on it.
    pub arrivals_sha256: String,
    /// Hash of the workload's description or file, with the seed.
    pub workload_sha256: String,
    /// Whether the queue was still growing at the last arrival: latencies then depend on how long
    /// the run is. `None`: too few arrivals to say.
    pub still_growing: Option<bool>,
    /// TTFT of completed requests at 0, 1, ..., 100 percent, by group. \[ms\]
    pub ttft_cdf_ms: BTreeMap<String, Vec<f64>>,
    /// The instances over time.
    pub series: Series,
    /// How often each term of a scorer was in play, by arm's scorers in configured order.
    pub terms: Vec<Term>,
    /// What the run warned of, policies that failed while it went on among it.
    pub warnings: Vec<String>,
    /// Where two routings shared the cluster: what each of them did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
}

/// A signal in a scorer: how often it was in play. Counts are routing decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The scorer.
    pub scorer: String,
    /// The signal.
    pub signal: String,
    /// Decisions.
    pub decisions: u64,
    /// The signal was not 0 at some candidate.
    pub non_zero: u64,
    /// Without it, the scorer would have scored otherwise.
    pub changed_scores: u64,
    /// Without it, another instance would have been chosen.
    pub changed_choice: u64,
}
