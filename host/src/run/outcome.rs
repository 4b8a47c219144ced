//! What a run leaves behind, with the record of where it came from.

use serde::{Deserialize, Serialize};

use crate::metrics::{Attribution, Collector, DecisionLog, Summary};
use crate::policy::{CallCount, Ejection, FailureCount, ProbeCounts, TrialLog};
use crate::registry::{self, LibraryRecord};

/// A run that reached its end.
#[derive(Debug)]
pub struct Outcome {
    /// The figures.
    pub summary: Summary,
    /// Events that were handled or counted, reports aside: the same on either engine.
    pub events: u64,
    /// The records of all requests, in order of id, unless there are more than were to be kept.
    pub collector: Collector,
    /// The policies, in configured order.
    pub policies: Vec<Used>,
    /// Libraries that were found and that none of the policies is from. Not part of any record: they
    /// have no say.
    pub idle: Vec<IdleLibrary>,
    /// How often each of them was asked: what the boundary of plugins was crossed for.
    pub calls: Vec<CallCount>,
    /// Policies that failed while the run went on.
    pub failures: Vec<FailureCount>,
    /// Policies that failed and that others took the place of, in order of time.
    pub ejections: Vec<Ejection>,
    /// Scores that were outside 0 to 1.
    pub clamped_scores: u64,
    /// Answers of filters that would have left no candidate.
    pub passed_over_filters: u64,
    /// Where all this came from.
    pub provenance: Provenance,
    /// Which scorer decided, if somebody wanted to know.
    pub attribution: Option<Attribution>,
    /// The routing decisions, if somebody wanted them.
    pub decisions: Option<DecisionLog>,
    /// Which signals made a difference to scorers, if somebody wanted to know.
    pub probes: Option<Vec<ProbeCounts>>,
    /// What was seen of a second routing, if there was one.
    pub trial: Option<Trialled>,
    /// Oddities of the workload that did not stop the run.
    pub warnings: Vec<String>,
}

/// Two routings on one cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Trialled {
    /// Who decided, and where they disagreed.
    pub log: TrialLog,
    /// Where the policies of the second one came from.
    pub policies: Vec<registry::Provenance>,
}

/// A policy in the composition of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Used {
    /// `filter`, `scorer`, `picker`, `scheduler`, `priority`, `admission` or `fallback`.
    pub role: &'static str,
    /// Its name.
    pub name: String,
    /// A scorer's weight, for classes without weights of their own.
    pub weight: Option<f64>,
    /// Parameters, weights by class, and the like.
    pub note: Option<String>,
    /// The library that it came from; `None`: built in.
    pub library: Option<LibraryRecord>,
}

/// A library that was found and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleLibrary {
    /// The names of its policies.
    pub policies: Vec<String>,
    /// The library.
    pub library: LibraryRecord,
}

/// All that is needed to make the same run again. Nothing in it depends on the hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the host.
    pub host_version: String,
    /// Version of the plugin API of the host.
    pub api_version: String,
    /// Root of all randomness.
    pub seed: u64,
    /// The whole configuration, every default written out.
    pub config: serde_json::Value,
    /// The workload.
    pub workload: WorkloadRecord,
    /// Every policy object's origin, in the order in which they are built.
    pub policies: Vec<registry::Provenance>,
}

/// What identifies a workload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRecord {
    /// `synthetic`, or the format of a trace.
    pub kind: String,
    /// One line for a person.
    pub description: String,
    /// Hash of the trace file, or of the description and the seed.
    pub sha256: String,
}
