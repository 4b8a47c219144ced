//! When requests arrive.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The arrival process of a synthetic workload. With sessions, it says when they start, at
/// `rate / rounds`.
///
/// The rate is constant (`rate_per_s`), swings around a mean (`rate_per_s` and `swing`), or is given
/// piece by piece (`phases`):
///
/// ```yaml
/// arrivals: {process: gamma, rate_per_s: 20, cv: 2.5}
/// arrivals: {process: poisson, rate_per_s: 20, swing: {period_s: 600, amplitude: 0.5}}
/// arrivals: {process: poisson, phases: [{until_s: 60, rate_per_s: 10}, {rate_per_s: 50}]}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "arrivals")]
pub struct ArrivalsSpec {
    /// How the gaps between arrivals vary.
    pub process: Process,
    /// Mean rate; exactly one of this and `phases`. \[requests/s\]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub rate_per_s: Option<f64>,
    /// For `gamma`: standard deviation of the gaps over their mean, above 0; 1 is Poisson.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.01, max = 100))]
    pub cv: Option<f64>,
    /// A sinusoid on top of `rate_per_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swing: Option<SwingSpec>,
    /// A rate that is constant piece by piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub phases: Option<Vec<PhaseSpec>>,
    /// With `phases`: begin again after the last one. Default false: the last one holds for ever.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeat: bool,
}

/// How the gaps between arrivals vary. Where the rate changes, the gaps are drawn with mean 1 and
/// stretched by the rate (time is warped), which for Poisson gives the inhomogeneous process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "process")]
pub enum Process {
    /// Equal gaps; the first arrival is at 0.
    Constant,
    /// Independent exponential gaps, the first of them before the first arrival.
    Poisson,
    /// Independent gamma gaps with coefficient of variation `cv`, likewise.
    Gamma,
}

/// A stretch of time with one rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "phase")]
pub struct PhaseSpec {
    /// End of the phase, counted from the start of the workload (of the cycle, with `repeat`). The
    /// last phase has none unless the phases repeat. \[s\]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub until_s: Option<f64>,
    /// Rate in it; 0 is a pause. \[requests/s\]
    #[schemars(range(min = 0))]
    pub rate_per_s: f64,
}

/// A daily rhythm, say: the rate at `t` is `rate_per_s * (1 + amplitude * sin(2 pi t / period_s))`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "swing")]
pub struct SwingSpec {
    /// Length of one swing. \[s\]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub period_s: f64,
    /// Height of the swing over the mean, from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub amplitude: f64,
}
