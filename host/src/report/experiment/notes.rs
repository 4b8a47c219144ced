//! What one should know before believing any of it.

use std::collections::BTreeMap;

use super::super::number::plural;
use super::super::plain;
use super::super::terminal::Note;
use super::lookup::terms;
use crate::experiment::results::{Knee, Results};

/// More failures of one message, or more arms in a sentence, are only counted.
const MOST_NAMED: usize = 6;

/// Everything that qualifies the figures: failed runs, saturation, terms that never mattered, what the
/// experiment and its runs warned of.
#[must_use]
pub fn notes(results: &Results) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |title: &str, text: String| {
        notes.push(Note { title: title.to_owned(), text: plain(&text).into_owned() });
    };
    for (message, runs) in failures(results) {
        note("runs failed", format!("{}: {message}", listed(&runs)));
    }
    let knees = knees(&results.knees);
    let has_knees = !knees.is_empty();
    for (text, lines) in knees {
        note("saturation", if lines.is_empty() { text } else { format!("{text}: {}", listed(&lines)) });
    }
    let saturated: Vec<String> =
        results.arms.iter().filter(|arm| arm.is_past_saturation()).map(|arm| arm.name.clone()).collect();
    if !saturated.is_empty() {
        note(
            "past saturation",
            format!(
                "{}: the queue still grew at the last arrival in most runs; latencies there depend on how \
                 long a run is",
                if has_knees { plural(saturated.len() as u64, "arm") } else { listed(&saturated) }
            ),
        );
    }
    for ((scorer, signal), (arms, decisions)) in never_active(results) {
        let decisions = plural(decisions, "decision");
        note(
            "never active",
            format!(
                "`{signal}` of scorer `{scorer}` was 0 at every candidate in {decisions}: {}",
                listed(&arms)
            ),
        );
    }
    for (warning, arms) in warnings(results) {
        note("warning", format!("{warning} ({})", listed(&arms)));
    }
    results.notes.iter().for_each(|text| note("note", text.clone()));
    notes
}

/// What is said of knees, with the lines of which it is said; nothing of a factor under which none saturates.
fn knees(knees: &[Knee]) -> Vec<(String, Vec<String>)> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    let is_silent = |factor: &str| {
        let mut of_factor = knees.iter().filter(|knee| knee.factor == factor);
        of_factor.all(|knee| knee.saturated_at.is_none() && knee.flips == 0)
    };
    for knee in knees.iter().filter(|knee| !is_silent(&knee.factor)) {
        let factor = &knee.factor;
        let text = match (knee.holds_at, knee.saturated_at) {
            (Some(holds), Some(saturated)) => {
                format!("`{factor}` {holds} holds, {saturated} does not")
            }
            (Some(holds), None) => format!("`{factor}` holds up to {holds}, as far as was looked"),
            (None, Some(_)) => format!("past saturation at every `{factor}`"),
            (None, None) => format!("`{factor}` holds and saturates in no order"),
        };
        let line = Some(knee.line.clone()).filter(|line| !line.is_empty());
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, lines)) => lines.extend(line),
            None => said.push((text, line.into_iter().collect())),
        }
    }
    said
}

fn failures(results: &Results) -> BTreeMap<&str, Vec<String>> {
    let mut failures: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for arm in &results.arms {
        for (seed, message) in arm.failed() {
            failures.entry(message).or_default().push(format!("{} (seed {seed})", arm.name));
        }
    }
    failures
}

type ByTerm = BTreeMap<(String, String), (Vec<String>, u64)>;

fn never_active(results: &Results) -> ByTerm {
    let mut found = ByTerm::new();
    for arm in &results.arms {
        for term in terms(arm).into_iter().filter(|term| term.non_zero == 0 && term.decisions > 0) {
            let (arms, decisions) = found.entry((term.scorer, term.signal)).or_default();
            arms.push(arm.name.clone());
            *decisions += term.decisions;
        }
    }
    found
}

fn warnings(results: &Results) -> BTreeMap<&str, Vec<String>> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for arm in &results.arms {
        for warning in arm.measured().flat_map(|(_, run)| &run.warnings) {
            let arms = found.entry(warning).or_default();
            if arms.last() != Some(&arm.name) {
                arms.push(arm.name.clone());
            }
        }
    }
    found
}

fn listed(names: &[String]) -> String {
    match names.len().saturating_sub(MOST_NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..MOST_NAMED].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn failures_saturation_idle_terms_and_warnings_are_told() {
        let told: Vec<String> = notes(&sample::results()).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn many_names_are_counted() {
        let names: Vec<String> = (0..8).map(|index| index.to_string()).collect();
        assert_eq!(listed(&names), "0, 1, 2, 3, 4, 5 and 2 more");
        assert_eq!(listed(&names[..6]), "0, 1, 2, 3, 4, 5");
    }
}
