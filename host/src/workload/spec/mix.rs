//! Who sends requests and what they have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DistSpec;
use crate::workload::{MAX_GROUPS, MAX_ROUNDS, MAX_TOKENS};

/// An SLO class of the mix. What it leaves out is taken from the workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "class")]
pub struct ClassSpec {
    /// The class: `critical`, `standard`, `sheddable`, `batch`, `background`, or any other name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Share of the sessions, relative to the sum over the classes; above 0.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub share: f64,
    /// New prompt tokens per round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<DistSpec>,
    /// Output tokens per round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<DistSpec>,
    /// Declared cap on the output. \[tokens\]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_TOKENS))]
    pub max_tokens: Option<u64>,
    /// The tenant of all its requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// A tenant of the mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "tenant")]
pub struct TenantSpec {
    /// Its label.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Share of the sessions, relative to the sum over the tenants; above 0.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub share: f64,
}

/// Prefixes, such as system prompts, that are put before the prompts of a session. Sessions of one
/// group have the same one; it adds to the prompt length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "shared-prefixes")]
pub struct SharedPrefixSpec {
    /// How many different prefixes there are.
    #[schemars(range(min = 1, max = MAX_GROUPS))]
    pub groups: u64,
    /// Length of each. \[tokens\]
    #[schemars(range(min = 1, max = MAX_TOKENS >> 10))]
    pub tokens: u64,
    /// How often each group is met; default uniform.
    #[serde(default)]
    pub popularity: Popularity,
    /// With `zipf`: group k (from 1) is met in proportion to `k^-exponent`; default 1, from 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10))]
    pub exponent: Option<f64>,
    /// Share of the sessions that have a shared prefix at all; default 1.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 1))]
    pub share: f64,
}

/// How often each prefix group is met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "popularity")]
pub enum Popularity {
    /// All alike.
    #[default]
    Uniform,
    /// A few often, many rarely.
    Zipf,
}

/// Multi-turn sessions (`model.md` section 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "sessions")]
pub struct SessionSpec {
    /// Requests of a session.
    #[schemars(range(min = 1, max = MAX_ROUNDS))]
    pub rounds: u64,
    /// Closed loop: time from the last token that the client saw to the next round. Open loop:
    /// time between the arrivals of two rounds. Default 0; cut to whole microseconds. \[s\]
    #[serde(default = "at_once")]
    pub think_time_s: DistSpec,
    /// Whether a round waits for the one before it; default closed.
    #[serde(default, rename = "loop")]
    pub mode: Loop,
    /// Whether a round's prompt contains everything said before; default true.
    #[serde(default = "yes")]
    pub accumulate: bool,
}

/// Whether a round waits for the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "loop")]
pub enum Loop {
    /// The next round arrives a think time after the client saw the last token.
    #[default]
    Closed,
    /// All arrivals are fixed beforehand.
    Open,
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

fn at_once() -> DistSpec {
    DistSpec::constant(0.0)
}
