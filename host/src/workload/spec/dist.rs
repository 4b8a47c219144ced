//! A distribution of lengths or of durations.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A distribution of token counts or of seconds, depending on the key that holds it. A plain
/// number is short for `{dist: constant, value: NUMBER}`.
///
/// ```yaml
/// prompt_tokens: 512
/// prompt_tokens: {dist: uniform, min: 100, max: 1000}
/// prompt_tokens: {dist: normal, mean: 512, stddev: 100, min: 1, max: 4096}
/// prompt_tokens: {dist: lognormal, median: 300, sigma: 0.9, max: 8192}
/// prompt_tokens: {dist: empirical, values: [[128, 3], [512, 1]]}
/// prompt_tokens: {dist: empirical, file: lengths.csv}
/// think_time_s: {dist: exponential, mean: 5}
/// ```
///
/// `normal`, `lognormal` and `exponential` are clamped to `min` and `max` where these are given;
/// token counts are rounded to the nearest whole number and are at least 1, durations at least 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
#[schemars(rename = "distribution")]
pub struct DistSpec {
    /// The family.
    pub dist: DistKind,
    /// For `constant`: the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// For `normal` and `exponential`: the mean before clamping; for `lognormal` this or `median`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// For `lognormal`: the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// For `normal`: the standard deviation before clamping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stddev: Option<f64>,
    /// For `lognormal`: the standard deviation of the logarithm, from 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<f64>,
    /// Smallest value, itself included; for `uniform` required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value, itself included; for `uniform` required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// For `empirical`: pairs of value and weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<(f64, f64)>>,
    /// For `empirical`: a CSV file of one or two columns, value and weight (1 where absent), with or
    /// without a line of headings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

/// A family of distributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "family")]
pub enum DistKind {
    /// Always `value`.
    Constant,
    /// Every value from `min` to `max` is equally likely.
    Uniform,
    /// Normal with `mean` and `stddev`, clamped.
    Normal,
    /// The logarithm is normal with `sigma`.
    Lognormal,
    /// Exponential with `mean`.
    Exponential,
    /// One of `values`, by weight.
    Empirical,
}

impl DistKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Constant, Self::Uniform, Self::Normal, Self::Lognormal, Self::Exponential, Self::Empirical];

    /// The keys that it may have beside `dist`, and whether it needs them.
    #[must_use]
    pub fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Constant => &[("value", true)],
            Self::Uniform => &[("min", true), ("max", true)],
            Self::Normal => &[("mean", true), ("stddev", true), ("min", false), ("max", false)],
            Self::Lognormal => {
                &[("mean", false), ("median", false), ("sigma", true), ("min", false), ("max", false)]
            }
            Self::Exponential => &[("mean", true), ("min", false), ("max", false)],
            Self::Empirical => &[("values", false), ("file", false)],
        }
    }

    /// Two keys of which it needs exactly one; empty where there are none.
    #[must_use]
    pub fn alternatives(self) -> &'static [&'static str] {
        match self {
            Self::Lognormal => &["mean", "median"],
            Self::Empirical => &["values", "file"],
            _ => &[],
        }
    }

    /// As it is written in a configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::Lognormal => "lognormal",
            Self::Exponential => "exponential",
            Self::Empirical => "empirical",
        }
    }
}

impl DistSpec {
    /// A distribution of this family with nothing else set.
    #[must_use]
    pub fn of(dist: DistKind) -> Self {
        Self {
            dist,
            value: None,
            mean: None,
            median: None,
            stddev: None,
            sigma: None,
            min: None,
            max: None,
            values: None,
            file: None,
        }
    }

    /// Always `value`.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self { value: Some(value), ..Self::of(DistKind::Constant) }
    }
}

impl Serialize for DistSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for DistSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortOrLong)
    }
}

/// Reads either form, so that an error in the long one keeps its place.
struct ShortOrLong;

impl<'de> Visitor<'de> for ShortOrLong {
    type Value = DistSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a map such as {dist: uniform, min: 1, max: 100}")
    }

    #[expect(clippy::cast_precision_loss, reason = "larger values are refused by validation")]
    fn visit_u64<E>(self, value: u64) -> Result<DistSpec, E> {
        Ok(DistSpec::constant(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "negative values are refused by validation")]
    fn visit_i64<E>(self, value: i64) -> Result<DistSpec, E> {
        Ok(DistSpec::constant(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<DistSpec, E> {
        Ok(DistSpec::constant(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DistSpec, A::Error> {
        DistSpec::deserialize(MapAccessDeserializer::new(map))
    }
}
