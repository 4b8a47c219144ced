//! What one should know before believing an experiment.

use std::collections::BTreeMap;

use super::measurement::Measurement;
use super::plan::Arm;
use super::results::{self, RunOutcome};

/// Names that a note lists.
const SHOWN: usize = 6;

/// All there is to say.
pub(super) fn notes(
    planned: &[Arm],
    arms: &[results::Arm],
    hypotheses: &[results::Hypothesis],
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(failures(arms));
    notes.extend(saturated(arms));
    notes.extend(equal_arms(arms));
    notes.extend(other_requests(arms));
    if planned.iter().any(|arm| arm.origins.is_trace) {
        notes.push(
            "a trace has nothing random in it: seeds differ in tie-breaks and random policies alone, and \
             intervals say nothing about other days"
                .to_owned(),
        );
    }
    if hypotheses.len() > 1 {
        notes.push(format!(
            "each of the {} claims has its own 95 % interval: one of twenty true statements may fail by chance",
            hypotheses.len()
        ));
    }
    notes.extend(warnings(arms));
    notes
}

fn measured(arm: &results::Arm) -> impl Iterator<Item = (u64, &Measurement)> {
    arm.runs.iter().filter_map(|run| match &run.outcome {
        RunOutcome::Measured(measurement) => Some((run.seed, &**measurement)),
        RunOutcome::Failed(_) => None,
    })
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn failures(arms: &[results::Arm]) -> Vec<String> {
    let mut notes = Vec::new();
    for arm in arms {
        let mut messages: BTreeMap<&str, usize> = BTreeMap::new();
        for run in &arm.runs {
            if let RunOutcome::Failed(message) = &run.outcome {
                *messages.entry(message).or_default() += 1;
            }
        }
        let all = arm.runs.len();
        notes.extend(
            messages
                .into_iter()
                .map(|(message, count)| format!("{count} of {all} runs of `{}` failed: {message}", arm.name)),
        );
    }
    notes
}

/// Latencies of a queue that grows without end depend on how long one looks.
fn saturated(arms: &[results::Arm]) -> Option<String> {
    let is_past = |arm: &&results::Arm| {
        let growing = measured(arm).filter(|(_, one)| one.still_growing == Some(true)).count();
        2 * growing > arm.runs.len()
    };
    let past: Vec<String> = arms.iter().filter(is_past).map(|arm| arm.name.clone()).collect();
    (!past.is_empty()).then(|| {
        format!(
            "past saturation in most seeds, so that latencies depend on how long the run is: {}",
            list(&past)
        )
    })
}

/// Arms whose runs are all the same, to the byte.
fn equal_arms(arms: &[results::Arm]) -> Vec<String> {
    let mut groups: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
    for arm in arms {
        let digests: Vec<&str> = measured(arm).map(|(_, one)| one.requests_sha256.as_str()).collect();
        if digests.len() == arm.runs.len() && !digests.is_empty() {
            groups.entry(digests).or_default().push(arm.name.clone());
        }
    }
    let mut equal: Vec<Vec<String>> = groups.into_values().filter(|group| group.len() > 1).collect();
    equal.sort();
    equal
        .iter()
        .map(|group| format!("these arms are the same in every run, to the byte: {}", list(group)))
        .collect()
}

/// Arms of one workload must have met the same requests in each seed.
fn other_requests(arms: &[results::Arm]) -> Option<String> {
    let mut known: BTreeMap<(u64, &str), &str> = BTreeMap::new();
    for arm in arms {
        for (seed, one) in measured(arm) {
            let first = known.entry((seed, &one.workload_sha256)).or_insert(&one.arrivals_sha256);
            if *first != one.arrivals_sha256 {
                return Some(format!(
                    "in seed {seed}, `{}` met other requests than an arm of the same workload: please report this",
                    arm.name
                ));
            }
        }
    }
    None
}

/// What runs warned of, each once.
fn warnings(arms: &[results::Arm]) -> Vec<String> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for arm in arms {
        for warning in measured(arm).flat_map(|(_, one)| &one.warnings) {
            let names = all.entry(warning).or_default();
            if names.last() != Some(&arm.name) {
                names.push(arm.name.clone());
            }
        }
    }
    all.into_iter().map(|(warning, names)| format!("{warning} (in {})", list(&names))).collect()
}
