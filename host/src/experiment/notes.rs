//! What one should know before believing an experiment, and cannot be read off single arms.

use std::collections::BTreeMap;

use super::plan::Arm;
use super::results;

/// Names that a note lists.
const SHOWN: usize = 6;

/// All there is to say.
pub(super) fn notes(
    planned: &[Arm],
    arms: &[results::Arm],
    hypotheses: &[results::Hypothesis],
) -> Vec<String> {
    let mut notes = Vec::new();
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
    notes
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Arms whose runs are all the same, to the byte.
fn equal_arms(arms: &[results::Arm]) -> Vec<String> {
    let mut groups: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
    for arm in arms {
        let digests: Vec<&str> = arm.measured().map(|(_, one)| one.requests_sha256.as_str()).collect();
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
    // Of one workload are arms that say the same of it: a trace's times may be stretched.
    let mut known: BTreeMap<(u64, &str, String), &str> = BTreeMap::new();
    for arm in arms {
        let workload = arm.config.get("workload").map(ToString::to_string).unwrap_or_default();
        for (seed, one) in arm.measured() {
            let first =
                known.entry((seed, &one.workload_sha256, workload.clone())).or_insert(&one.arrivals_sha256);
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
