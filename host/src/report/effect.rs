//! Effects as people read them: a value with its unit, a relative difference, its interval.

use super::number::{percent, short};
use crate::experiment::results::Interval;

/// A value with its unit.
pub(super) fn value(value: f64, unit: &str) -> String {
    match unit {
        "share" => percent(value),
        "" => short(value),
        unit => format!("{} {unit}", short(value)),
    }
}

/// A relative difference.
pub(super) fn signed(share: f64) -> String {
    // A tiny difference is not none.
    let percent = 100.0 * share;
    let decimals = if percent != 0.0 && percent.abs() < 0.1 { 3 } else { 1 };
    format!("{percent:+.decimals$} %")
}

/// An interval of relative differences.
pub(super) fn bounds(interval: &Interval) -> String {
    match (interval.low, interval.high) {
        (Some(low), Some(high)) => format!("{} to {}", signed(low), signed(high)),
        _ => "unbounded".to_owned(),
    }
}
