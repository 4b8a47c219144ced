//! The whole `workload:` section.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ArrivalsSpec, ClassSpec, Columns, DistSpec, SessionSpec, SharedPrefixSpec, TenantSpec, TimeUnit,
    TraceFormat,
};
use crate::workload::{MAX_ARRIVAL_US, MAX_TOKENS};

/// A workload as a configuration describes it: a trace when `trace` is given, synthetic otherwise.
///
/// The two forms share one struct, so that a mistyped key is reported where it stands;
/// [`WorkloadSpec::validate`] refuses keys of the other form. Paths are used as they are: `config` has made
/// them relative to the file that contains them. `rate`, `limit` and `speedup` are what
/// the command line's flags of these names set.
///
/// ```yaml
/// workload:
///   requests: 2000
///   arrivals: {process: poisson, rate_per_s: 100}
///   prompt_tokens: 512
///   output_tokens: {dist: lognormal, median: 200, sigma: 0.7, max: 4096}
///   classes: [{name: critical, share: 0.3}, {name: batch, share: 0.7}]
///   sessions: {rounds: 4, think_time_s: 1}
/// ```
/// ```yaml
/// workload: {trace: conversation_trace.jsonl, limit: 1000, speedup: 2}
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "workload")]
pub struct WorkloadSpec {
    /// Trace file; gzip is recognised by its first bytes. Its presence makes this a trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<PathBuf>,
    /// Format of the trace; default `auto`: decided by the file's first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TraceFormat>,
    /// For CSV traces: which column holds what; default the names of [`Columns`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
    /// For CSV traces: unit of the arrival column; default `s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<TimeUnit>,

    /// Only this many requests, counted over all rounds; default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub limit: Option<u64>,
    /// For traces: arrival times are divided by this; above 1 is faster than recorded. Not together
    /// with `rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub speedup: Option<f64>,
    /// Mean arrival rate. A trace's times are rescaled so that its `n` requests (after `limit`) have
    /// it: `(n - 1) / (last - first arrival) = rate`. In a synthetic workload it replaces
    /// `arrivals.rate_per_s`. \[requests/s\]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub rate: Option<f64>,

    /// How many requests there are, counted over all rounds; required in a synthetic workload. If
    /// the rounds do not divide it, the last session is cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_ARRIVAL_US))]
    pub requests: Option<u64>,
    /// When requests arrive; required in a synthetic workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<ArrivalsSpec>,
    /// New prompt tokens per round, beside shared prefix and context; required in a synthetic workload
    /// unless every class has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<DistSpec>,
    /// Output tokens per round; required in a synthetic workload unless every class has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<DistSpec>,
    /// Declared cap on the output, shown to policies; drawn outputs are cut to it. Default none.
    /// \[tokens\]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_TOKENS))]
    pub max_tokens: Option<u64>,
    /// SLO classes and their shares; a session draws one. Default: no class is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub classes: Option<Vec<ClassSpec>>,
    /// Tenants and their shares; a session draws one. Default: no tenant is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tenants: Option<Vec<TenantSpec>>,
    /// Prefixes that sessions have in common. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_prefixes: Option<SharedPrefixSpec>,
    /// Multi-turn sessions. Default: every request stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<SessionSpec>,
}
