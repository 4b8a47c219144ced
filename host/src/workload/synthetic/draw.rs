//! Draws from the distributions of a description.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, LogNormal, Normal};

use crate::workload::spec::{DistKind, DistSpec};
use crate::workload::{MAX_SECONDS, MAX_TOKENS, WorkloadError};

/// Ticks in a second.
pub(super) const TICKS_PER_S: f64 = 1e6;

/// A distribution, ready to be drawn from. Mathematical functions come from `rand_distr` alone, which
/// computes them in portable Rust: the platform's own may differ in the last bit.
#[derive(Debug)]
pub(super) struct Draw {
    family: Family,
    min: f64,
    max: f64,
}

#[derive(Debug)]
enum Family {
    Constant(f64),
    /// Uniform between the bounds.
    Uniform,
    Normal(Normal<f64>),
    /// A scale, and a variable whose mean or median is 1.
    Lognormal(f64, LogNormal<f64>),
    Exponential {
        mean: f64,
    },
    Empirical(Vec<f64>, Shares),
}

impl Draw {
    /// A distribution from its validated description, whose file has been loaded; `key` is its dotted
    /// path.
    pub(super) fn new(key: &str, spec: &DistSpec) -> Result<Self, WorkloadError> {
        let missing = |name: &str| WorkloadError::config(format!("{key}.{name}"), "is missing");
        let need = |name: &str, value: Option<f64>| value.ok_or_else(|| missing(name));
        let out_of_range = || WorkloadError::config(key, "has parameters out of range");
        let family = match spec.dist {
            DistKind::Constant => Family::Constant(need("value", spec.value)?),
            DistKind::Uniform => Family::Uniform,
            DistKind::Normal => {
                let (mean, stddev) = (need("mean", spec.mean)?, need("stddev", spec.stddev)?);
                Family::Normal(Normal::new(mean, stddev).map_err(|_| out_of_range())?)
            }
            DistKind::Lognormal => {
                let sigma = need("sigma", spec.sigma)?;
                // exp(mu + sigma^2 / 2) is the mean, exp(mu) the median.
                let (scale, mu) = match spec.mean {
                    Some(mean) => (mean, -sigma * sigma / 2.0),
                    None => (need("median", spec.median)?, 0.0),
                };
                Family::Lognormal(scale, LogNormal::new(mu, sigma).map_err(|_| out_of_range())?)
            }
            DistKind::Exponential => Family::Exponential { mean: need("mean", spec.mean)? },
            DistKind::Empirical => {
                let values = spec.values.as_deref().ok_or_else(|| missing("values"))?;
                let shares = Shares::new(values.iter().map(|&(_, weight)| weight));
                Family::Empirical(values.iter().map(|&(value, _)| value).collect(), shares)
            }
        };
        Ok(Self { family, min: spec.min.unwrap_or(0.0), max: spec.max.unwrap_or(f64::INFINITY) })
    }

    /// A number of tokens: the nearest whole number, at least 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to 1..=2^40"
    )]
    pub(super) fn tokens(&self, rng: &mut ChaCha8Rng) -> u64 {
        let value = match self.family {
            // Every whole number between the bounds has the same share of [min, max + 1).
            Family::Uniform => (self.min + rng.random::<f64>() * (self.max - self.min + 1.0)).floor(),
            _ => self.unclamped(rng).round(),
        };
        value.max(self.min).min(self.max).clamp(1.0, MAX_TOKENS as f64) as u64
    }

    /// A duration, cut to whole ticks. \[us\]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=10^15")]
    pub(super) fn ticks(&self, rng: &mut ChaCha8Rng) -> u64 {
        let value = match self.family {
            Family::Uniform => self.min + rng.random::<f64>() * (self.max - self.min),
            _ => self.unclamped(rng),
        };
        (value.max(self.min).min(self.max).clamp(0.0, MAX_SECONDS) * TICKS_PER_S) as u64
    }

    fn unclamped(&self, rng: &mut ChaCha8Rng) -> f64 {
        match &self.family {
            Family::Constant(value) => *value,
            Family::Uniform => rng.random(),
            Family::Normal(normal) => normal.sample(rng),
            Family::Lognormal(scale, unit) => scale * unit.sample(rng),
            Family::Exponential { mean } => mean * Distribution::<f64>::sample(&Exp1, rng),
            Family::Empirical(values, shares) => values[shares.pick(rng)],
        }
    }
}

/// Picks one of several by weight.
#[derive(Debug)]
pub(super) struct Shares {
    /// Running sums of the weights.
    sums: Vec<f64>,
}

impl Shares {
    /// Weights above 0, at least one of them.
    pub(super) fn new(weights: impl Iterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = weights.map(|weight| {
            sum += weight;
            sum
        });
        Self { sums: sums.collect() }
    }

    /// The index that was picked.
    pub(super) fn pick(&self, rng: &mut ChaCha8Rng) -> usize {
        let last = self.sums.len() - 1;
        let at = rng.random::<f64>() * self.sums[last];
        self.sums.partition_point(|&sum| sum <= at).min(last)
    }
}
