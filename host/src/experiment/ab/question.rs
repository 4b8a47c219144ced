//! What is asked of two arms.

use super::mode::Mode;
use crate::config::experiment::MetricRef;
use crate::experiment::statistics::Looks;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The metrics that decide, each over the requests that it names.
    pub deciding: Vec<MetricRef>,
    /// What B must not make worse by more than so much.
    pub guardrails: Vec<Guardrail>,
    /// The smallest effect of interest, as a share: 0.02.
    pub min_effect: f64,
    /// After how many seeds one looks.
    pub looks: Looks,
    /// How A and B are put to the test.
    pub mode: Mode,
}

/// A bound on what B may do to a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Guardrail {
    /// As written.
    pub text: String,
    /// The metric.
    pub metric: MetricRef,
    /// The relative difference B/A - 1 must not be above this (`is_upper`) or below it.
    pub bound: f64,
    /// Which side.
    pub is_upper: bool,
}

impl Guardrail {
    /// Reads `e2e_p99<=+1%` or `hit_rate{class=batch}>=-5%`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let help = "write METRIC<=+PERCENT or METRIC>=-PERCENT, such as `e2e_p99<=+1%`";
        let (is_upper, at) = match (text.find("<="), text.find(">=")) {
            (Some(at), None) => (true, at),
            (None, Some(at)) => (false, at),
            _ => return Err(format!("`{text}` is no guardrail: {help}")),
        };
        let metric = MetricRef::parse(&text[..at])?;
        let bound = text[at + 2..].trim();
        let percent: Option<f64> = bound.strip_suffix('%').and_then(|number| number.trim().parse().ok());
        match percent.filter(|percent| percent.is_finite() && *percent > -100.0) {
            Some(percent) => Ok(Self { text: text.to_owned(), metric, bound: percent / 100.0, is_upper }),
            None => Err(format!("`{bound}` is no relative difference: {help}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardrail_is_a_metric_and_a_relative_difference() {
        let read =
            |text: &str| Guardrail::parse(text).map(|one| (one.metric.to_string(), one.bound, one.is_upper));
        assert_eq!(read("e2e_p99<=+1%"), Ok(("e2e_p99".to_owned(), 0.01, true)));
        assert_eq!(
            read("hit_rate{class=batch} >= -5%"),
            Ok(("hit_rate{class=batch}".to_owned(), -0.05, false))
        );
        for bad in
            ["e2e_p99", "e2e_p99<=1", "e2e_p99<=x%", "e2e_p99<1%", "<=1%", "e2e_p99<=-100%", "a<=1%>=2%"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read("ttft_p9<=1%").unwrap_err().contains("did you mean"));
    }
}
