//! Collects what is wrong with a description, each with its dotted path.

use super::{DistKind, DistSpec};
use crate::workload::{MAX_SECONDS, MAX_TOKENS, WorkloadError};

/// What a distribution is of, which decides its range and whether it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Tokens,
    Seconds,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Check {
    pub(super) errors: Vec<WorkloadError>,
}

impl Check {
    /// Notes a problem.
    pub(super) fn fail(&mut self, key: impl Into<String>, problem: impl Into<String>) {
        self.errors.push(WorkloadError::config(key, problem));
    }

    /// Notes `problem` unless `holds`.
    pub(super) fn require(&mut self, holds: bool, key: impl Into<String>, problem: impl Into<String>) {
        if !holds {
            self.fail(key, problem);
        }
    }

    /// A rate, weight or duration that must be a number above 0.
    pub(super) fn positive(&mut self, key: impl Into<String>, value: f64) {
        let fits = value.is_finite() && value > 0.0;
        self.require(fits, key, format!("is {}, but must be a finite number above 0", shown(value)));
    }

    /// A number of tokens or of requests that must be at least 1.
    pub(super) fn count(&mut self, key: impl Into<String>, value: u64, most: u64) {
        let fits = (1..=most).contains(&value);
        self.require(fits, key, format!("is {value}, but must be from 1 to {most}"));
    }

    /// A distribution with all that its family needs, nothing else, and every number in range.
    pub(super) fn dist(&mut self, key: &str, spec: &DistSpec, unit: Unit) {
        let numbers = [
            ("value", spec.value),
            ("mean", spec.mean),
            ("median", spec.median),
            ("stddev", spec.stddev),
            ("sigma", spec.sigma),
            ("min", spec.min),
            ("max", spec.max),
        ];
        let dist = spec.dist.name();
        for (name, value) in numbers {
            let path = format!("{key}.{name}");
            let field = spec.dist.fields().iter().find(|(field, _)| *field == name);
            match value {
                Some(_) if field.is_none() => {
                    self.fail(path, format!("has no meaning with `dist: {dist}`: leave it out"))
                }
                None if field.is_some_and(|(_, required)| *required) => {
                    self.fail(path, format!("is missing: `dist: {dist}` needs it"))
                }
                Some(value) => self.dist_number(path, name, value, unit),
                None => {}
            }
        }
        if spec.dist == DistKind::Lognormal && spec.mean.is_some() == spec.median.is_some() {
            self.fail(key, "`dist: lognormal` needs exactly one of `mean` and `median`");
        }
        if let (Some(min), Some(max)) = (spec.min, spec.max) {
            self.require(min <= max, format!("{key}.min"), format!("is {min}, above `max`, which is {max}"));
        }
        self.empirical(key, spec, unit);
    }

    fn dist_number(&mut self, path: String, name: &str, value: f64, unit: Unit) {
        match name {
            "stddev" => {
                let fits = (0.0..=largest(unit)).contains(&value);
                self.require(
                    fits,
                    path,
                    format!("is {}, but must be from 0 to {}", shown(value), largest(unit)),
                );
            }
            "sigma" => {
                let fits = (0.0..=10.0).contains(&value);
                self.require(fits, path, format!("is {}, but must be from 0 to 10", shown(value)));
            }
            // The mean of a clamped distribution need not be a value that it can take.
            "mean" | "median" => {
                let fits = value > 0.0 && value <= largest(unit);
                self.require(
                    fits,
                    path,
                    format!("is {}, but must be above 0 and at most {}", shown(value), largest(unit)),
                );
            }
            _ => self.value(path, value, unit),
        }
    }

    /// A value that a request can have.
    fn value(&mut self, path: String, value: f64, unit: Unit) {
        match unit {
            Unit::Tokens => {
                let fits = (1.0..=largest(unit)).contains(&value) && value.fract() == 0.0;
                let most = largest(unit);
                self.require(
                    fits,
                    path,
                    format!("is {}, but must be a whole number of tokens from 1 to {most}", shown(value)),
                );
            }
            Unit::Seconds => {
                let fits = (0.0..=largest(unit)).contains(&value);
                self.require(
                    fits,
                    path,
                    format!("is {}, but must be from 0 to {} seconds", shown(value), largest(unit)),
                );
            }
        }
    }

    fn empirical(&mut self, key: &str, spec: &DistSpec, unit: Unit) {
        let empirical = spec.dist == DistKind::Empirical;
        let given = usize::from(spec.values.is_some()) + usize::from(spec.file.is_some());
        if empirical && given != 1 {
            self.fail(key, "`dist: empirical` needs exactly one of `values` and `file`");
        }
        if !empirical && given > 0 {
            self.fail(key, format!("`values` and `file` have no meaning with `dist: {}`", spec.dist.name()));
        }
        let Some(values) = &spec.values else { return };
        self.require(!values.is_empty(), format!("{key}.values"), "is empty");
        for (i, &(value, weight)) in values.iter().enumerate() {
            self.value(format!("{key}.values[{i}][0]"), value, unit);
            self.positive(format!("{key}.values[{i}][1]"), weight);
        }
        let sum: f64 = values.iter().map(|&(_, weight)| weight).sum();
        self.require(!sum.is_infinite(), format!("{key}.values"), "has weights whose sum is not finite");
    }

    /// Shares of a mix with names that differ.
    pub(super) fn mix<'a>(&mut self, key: &str, parts: impl Iterator<Item = (&'a str, f64)>) {
        let mut names: Vec<&str> = Vec::new();
        let mut sum = 0.0;
        for (i, (name, share)) in parts.enumerate() {
            self.positive(format!("{key}[{i}].share"), share);
            self.require(!name.is_empty(), format!("{key}[{i}].name"), "is empty");
            let twice = names.contains(&name);
            self.require(!twice, format!("{key}[{i}].name"), format!("`{name}` is there twice"));
            names.push(name);
            sum += share;
        }
        self.require(!names.is_empty(), key, "is empty: leave it out, or name at least one");
        self.require(!f64::is_infinite(sum), key, "has shares whose sum is not finite");
    }
}

/// The largest value of a distribution.
#[expect(clippy::cast_precision_loss, reason = "the cap on tokens is a power of two")]
fn largest(unit: Unit) -> f64 {
    match unit {
        Unit::Tokens => MAX_TOKENS as f64,
        Unit::Seconds => MAX_SECONDS,
    }
}

/// A number as people write it: hundreds of digits say nothing.
pub(super) fn shown(number: f64) -> String {
    if number.abs() >= 1e16 && number.is_finite() { format!("{number:e}") } else { number.to_string() }
}
