//! What is asked of policies on the command line: metrics, guardrails, the smallest effect of interest.

use super::CliError;
use crate::config::experiment::MetricRef;
use crate::experiment::ab::Guardrail;

fn usage(option: &str, problem: impl std::fmt::Display) -> CliError {
    CliError::Usage(format!("{option}: {problem}"))
}

/// The metrics of `--metric`, or those that decide where nobody says.
pub(super) fn metrics(given: &[String], defaults: &[&str]) -> Result<Vec<MetricRef>, CliError> {
    let names: Vec<&str> = match given {
        [] => defaults.to_vec(),
        given => given.iter().map(String::as_str).collect(),
    };
    let mut metrics: Vec<MetricRef> = Vec::new();
    for name in names {
        let metric = MetricRef::parse(name).map_err(|problem| usage("--metric", problem))?;
        if metrics.contains(&metric) {
            return Err(usage("--metric", format!("`{metric}` is there twice")));
        }
        metrics.push(metric);
    }
    Ok(metrics)
}

/// The bounds of `--guardrail`.
pub(super) fn guardrails(given: &[String]) -> Result<Vec<Guardrail>, CliError> {
    given.iter().map(|text| Guardrail::parse(text).map_err(|problem| usage("--guardrail", problem))).collect()
}

/// The share of `--min-effect`.
pub(super) fn min_effect(given: &str) -> Result<f64, CliError> {
    let percent = given.trim().strip_suffix('%').and_then(|number| number.trim().parse().ok());
    match percent.filter(|percent: &f64| *percent >= 0.0 && *percent < 100.0) {
        Some(percent) => Ok(percent / 100.0),
        None => Err(usage("--min-effect", "a percentage from 0% to below 100%, such as `2%`")),
    }
}
