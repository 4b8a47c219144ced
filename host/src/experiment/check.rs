//! What can be found wrong with claims before anything runs, once the arms are known.

use super::plan::Arm;
use crate::config::experiment::{ExperimentSpec, MetricRef};
use crate::config::{ConfigError, Diagnostic, Span, did_you_mean};

use crate::registry::Kind;

/// What a request without a class is.
const DEFAULT_CLASS: &str = "standard";

/// Classes that no request of an arm can be of.
///
/// # Errors
///
/// The first class that a metric names and an arm does not have.
pub fn classes(spec: &ExperimentSpec, arms: &[Arm]) -> Result<(), ConfigError> {
    let all: Vec<&Arm> = arms.iter().collect();
    for metric in &spec.metrics {
        check_class(&metric.value, &metric.span, &all)?;
    }
    for expectation in spec.hypotheses.iter().flat_map(|claim| &claim.expect) {
        let names = expectation.value.arms();
        let named: Vec<&Arm> = arms.iter().filter(|arm| names.contains(&arm.name.value)).collect();
        for metric in expectation.value.metrics() {
            check_class(&metric, &expectation.span, &named)?;
        }
    }
    Ok(())
}

/// Refuses the class of a metric that no request of these arms can be of.
///
/// # Errors
///
/// The class.
pub fn class_of(metric: &MetricRef, arms: &[&Arm]) -> Result<(), ConfigError> {
    check_class(metric, &Span::of_default(), arms)
}

fn check_class(metric: &MetricRef, span: &Span, arms: &[&Arm]) -> Result<(), ConfigError> {
    let Some(class) = &metric.class else { return Ok(()) };
    for arm in arms {
        let Some(classes) = classes_of(arm) else { continue };
        if !classes.contains(class) {
            let message = format!("no request of `{}` is of the class `{class}`", arm.name.value);
            let help = did_you_mean(class, classes.iter().map(String::as_str));
            return Err(Diagnostic::at(span, message).help(help).into());
        }
    }
    Ok(())
}

/// The classes of an arm's workload; `None` where only reading a trace would tell.
fn classes_of(arm: &Arm) -> Option<Vec<String>> {
    if arm.origins.is_trace {
        return None;
    }
    let classes = arm.resolved.workload.to_value().get("classes").and_then(|classes| classes.as_array());
    Some(match classes {
        Some(classes) => {
            classes.iter().filter_map(|class| class["name"].as_str().map(str::to_owned)).collect()
        }
        None => vec![DEFAULT_CLASS.to_owned()],
    })
}

/// Terms of scorers that no arm of the claim has.
///
/// # Errors
///
/// The first such term.
pub fn terms(spec: &ExperimentSpec, arms: &[Arm]) -> Result<(), ConfigError> {
    for claim in &spec.hypotheses {
        let mut names: Vec<String> = Vec::new();
        claim.expect.iter().for_each(|expectation| names.extend(expectation.value.arms()));
        let scorers: Vec<&str> = arms
            .iter()
            .filter(|arm| names.contains(&arm.name.value))
            .flat_map(|arm| &arm.origins.policies)
            .filter(|policy| policy.kind == Kind::Scorer)
            .map(|policy| policy.policy.as_str())
            .collect();
        for term in &claim.active {
            if !scorers.contains(&term.value.scorer.as_str()) {
                let message = format!("no arm of this claim has the scorer `{}`", term.value.scorer);
                let help = did_you_mean(&term.value.scorer, scorers.iter().copied());
                return Err(Diagnostic::at(&term.span, message).help(help).into());
            }
        }
    }
    Ok(())
}
