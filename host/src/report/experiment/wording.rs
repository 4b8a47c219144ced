//! Figures as people read them. Every output words them here, so that all say the same.

use super::super::number::{decimal, decimals_for};
use crate::experiment::results::{Expectation, Interval, MetricInfo, Verdict};

/// A value in its unit's customary form, without the unit's name; a share of 1 in percent.
pub(crate) fn figure(value: f64, unit: &str) -> String {
    match unit {
        "share" => format!("{} %", digits(100.0 * value, 1)),
        // Too small for a row of zeros.
        _ if value != 0.0 && value.abs() < 1e-5 => format!("{value:.2e}").replace('-', "\u{2212}"),
        _ => digits(value, decimals(value)),
    }
}

/// The same with the unit's name behind it.
pub(super) fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "share" | "" => figure(value, unit),
        _ => format!("{} {unit}", figure(value, unit)),
    }
}

/// Digits behind the point for three significant ones, for figures below 0.1 too.
fn decimals(value: f64) -> usize {
    let size = value.abs();
    if size > 0.0 && size < 0.1 { (2.0 - size.log10().floor()).min(6.0) as usize } else { decimals_for(size) }
}

fn digits(value: f64, decimals: usize) -> String {
    let text = decimal(value, decimals);
    // What rounds to nothing has no sign.
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

/// `412 ± 13`: a mean and the longer side of its interval, to the same digit.
pub(super) fn mean(mean: &Interval, unit: &str) -> String {
    let figure = figure(mean.estimate, unit);
    let Some(half) = half_width(mean) else { return figure };
    match unit {
        "share" => format!("{} ± {}", figure.trim_end_matches(" %"), self::figure(half, unit)),
        _ => format!("{figure} ± {}", digits(half, decimals(mean.estimate))),
    }
}

/// The longer side of an interval; `None` where it is unbounded.
pub(super) fn half_width(interval: &Interval) -> Option<f64> {
    let (low, high) = (interval.low?, interval.high?);
    Some((high - interval.estimate).max(interval.estimate - low))
}

/// `[0.700, 0.790]`; an unbounded end is `-∞` or `∞`. Both ends stop at the second digit of the width, so
/// that what lies beside a bound does not look as if it lay on it.
pub(super) fn interval(interval: &Interval, unit: &str) -> String {
    let scale = if unit == "share" { 100.0 } else { 1.0 };
    let width = interval.low.zip(interval.high).map_or(0.0, |(low, high)| scale * (high - low));
    // Beyond six digits there is nothing but rounding.
    let of_width = if width > 1e-6 { (1.0 - width.log10().floor()).clamp(0.0, 6.0) as usize } else { 0 };
    let of_estimate = if unit == "share" { 1 } else { decimals(interval.estimate) };
    let places = of_width.max(of_estimate);
    let end = |end: Option<f64>, unbounded: &str| match end {
        Some(value) if unit == "share" => format!("{} %", digits(scale * value, places)),
        Some(value) => digits(value, places),
        None => unbounded.to_owned(),
    };
    format!("[{}, {}]", end(interval.low, "\u{2212}∞"), end(interval.high, "∞"))
}

/// Where a quantity is to lie: `≤ 0.8`, `0.6 to 0.8`.
pub(super) fn expected(expectation: &Expectation, unit: &str) -> String {
    let bound = |value| match unit {
        "share" => format!("{} %", bound(100.0 * value)),
        "" => bound(value),
        _ => format!("{} {unit}", bound(value)),
    };
    let (at_most, at_least) = if expectation.is_open { ("<", ">") } else { ("≤", "≥") };
    match (expectation.from, expectation.to) {
        (None, None) => String::new(),
        (None, Some(to)) => format!("{at_most} {}", bound(to)),
        (Some(from), None) => format!("{at_least} {}", bound(from)),
        (Some(from), Some(to)) => format!("{} to {}", self::bound_of(from, unit), bound(to)),
    }
}

/// The lower end of a range, whose upper end names the unit.
fn bound_of(value: f64, unit: &str) -> String {
    bound(if unit == "share" { 100.0 * value } else { value })
}

/// A number that somebody wrote down: as many digits as it has, at most six behind the point.
pub(super) fn bound(value: f64) -> String {
    let text = digits(value, 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A verdict in one word.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "CONFIRMED",
        Verdict::Refuted => "REFUTED",
        Verdict::Inconclusive => "INCONCLUSIVE",
    }
}

/// A metric as the title of what shows it: `ttft_p99 [ms], lower is better`.
pub(super) fn title(metric: &MetricInfo) -> String {
    format!("{}{}", metric.metric, aside(metric))
}

/// What a title says behind the metric's name.
pub(super) fn aside(metric: &MetricInfo) -> String {
    let unit = match metric.unit.as_str() {
        "" => String::new(),
        "share" => " [%]".to_owned(),
        unit => format!(" [{unit}]"),
    };
    match metric.better.as_str() {
        better @ ("lower" | "higher") => format!("{unit}, {better} is better"),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval_of(estimate: f64, low: f64, high: f64) -> Interval {
        Interval { estimate, low: Some(low), high: Some(high), seeds: 5 }
    }

    #[test]
    fn figures_have_three_digits_that_say_something() {
        let shown =
            [0.0, 0.001_234, 0.742, 7.123, 71.23, 1712.3, -12.34, 1e-9].map(|value| figure(value, "ms"));
        assert_eq!(shown, ["0.00", "0.00123", "0.742", "7.12", "71.2", "1,712", "−12.3", "1.00e−9"]);
        assert_eq!((figure(0.4567, "share"), with_unit(71.23, "ms")), ("45.7 %".into(), "71.2 ms".into()));
        assert_eq!(figure(-0.0001, "share"), "0.0 %", "what rounds to nothing has no sign");
    }

    #[test]
    fn a_mean_and_its_interval_end_at_the_same_digit() {
        assert_eq!(mean(&interval_of(412.4, 399.1, 425.7), "ms"), "412 ± 13");
        assert_eq!(mean(&interval_of(0.4567, 0.44, 0.4734), "share"), "45.7 ± 1.7 %");
        assert_eq!(interval(&interval_of(0.742, 0.7, 0.79), ""), "[0.700, 0.790]");
        assert_eq!(interval(&interval_of(1.0, 0.999_4, 1.001_8), ""), "[0.9994, 1.0018]", "neither end is 1");
        let single = Interval { low: None, high: None, ..interval_of(412.4, 0.0, 0.0) };
        assert_eq!((mean(&single, "ms"), interval(&single, "ms")), ("412".into(), "[−∞, ∞]".into()));
    }

    #[test]
    fn bounds_are_as_written() {
        assert_eq!([0.8, 1.0, 2000.0, 0.1 + 0.2, -0.05].map(bound), ["0.8", "1", "2,000", "0.3", "−0.05"]);
    }
}
