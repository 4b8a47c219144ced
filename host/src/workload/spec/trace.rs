//! How a trace is read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format of a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "trace-format")]
pub enum TraceFormat {
    /// Decided by the first line.
    #[default]
    Auto,
    /// Mooncake JSON lines: `timestamp` (ms), `input_length`, `output_length`, `hash_ids`.
    Mooncake,
    /// Azure LLM inference CSV: `TIMESTAMP,ContextTokens,GeneratedTokens`.
    Azure,
    /// Pointsman's own JSON lines: `id`, `arrival_us`, `input_len`, `output_len`, and where known
    /// `block_hashes` and `output_block_hashes` (unsigned 64-bit, one for each 16 tokens, chained over the
    /// prefix), `slo_class`, `tenant`, `session_id`, `round`, `max_tokens`.
    Native,
    /// Any other CSV, by `columns`.
    Csv,
}

impl TraceFormat {
    /// As it is written in a configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Mooncake => "mooncake",
            Self::Azure => "azure",
            Self::Native => "native",
            Self::Csv => "csv",
        }
    }
}

/// Which column of a CSV trace holds what, by the names in its first line. Columns that are not
/// named here are ignored; an empty field of an optional column means absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "columns")]
pub struct Columns {
    /// Arrival, in `time_unit`; default `arrival_s`.
    pub arrival: String,
    /// Prompt length; default `input_tokens`. \[tokens\]
    pub input: String,
    /// Output length; default `output_tokens`. \[tokens\]
    pub output: String,
    /// SLO class; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slo_class: Option<String>,
    /// Tenant; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Session label; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Round in the session, from 0; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<String>,
    /// Declared cap on the output; default none. \[tokens\]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<String>,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            arrival: "arrival_s".into(),
            input: "input_tokens".into(),
            output: "output_tokens".into(),
            slo_class: None,
            tenant: None,
            session: None,
            round: None,
            max_tokens: None,
        }
    }
}

/// The unit of a CSV trace's arrival column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "time-unit")]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
}

impl TimeUnit {
    /// How many decimal digits a tick lies below the unit.
    #[must_use]
    pub fn tick_digits(self) -> u32 {
        match self {
            Self::S => 6,
            Self::Ms => 3,
            Self::Us => 0,
        }
    }
}
