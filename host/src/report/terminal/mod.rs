//! The summary that a person reads at a glance.
//!
//! From top to bottom: what decided (`composition`), how many requests got through and how fast
//! (`requests`, `latency`), what the instances did (`instances`), the run as a whole (`totals`),
//! and what one should know before believing any of it (`notes`).

mod composition;
mod instances;
mod latency;
mod notes;
mod requests;
#[cfg(test)]
mod tests;
mod totals;

use std::borrow::Cow;
use std::io::{self, Write};

use super::style::name;
use super::{Style, decisions};
use crate::metrics::{Group, Summary};
use crate::run::Outcome;

pub use notes::{Note, notes};

/// Writes the summary of a run.
///
/// # Errors
///
/// What the writer says.
pub fn write(outcome: &Outcome, style: Style, mut out: impl Write) -> io::Result<()> {
    let summary = &outcome.summary;
    let notes = notes(outcome);
    let parts = [
        composition::lines(outcome, style),
        requests::lines(outcome, style),
        latency::lines(summary, style),
        instances::lines(outcome, style),
        decided(outcome, style),
        totals::lines(outcome, style),
        notes.iter().flat_map(|note| note.paint(style)).collect(),
    ];
    let parts: Vec<_> = parts.iter().filter(|lines| !lines.is_empty()).collect();
    for (index, lines) in parts.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for line in *lines {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

/// Which scorer decided, if somebody wanted to know.
fn decided(outcome: &Outcome, style: Style) -> Vec<String> {
    let probes = outcome.probes.as_deref().unwrap_or_default();
    let lines = |attribution| decisions::summary(attribution, probes, style);
    outcome.attribution.as_ref().map(lines).unwrap_or_default()
}

/// More classes than this are not shown one by one: nobody reads them at a glance.
const MOST_CLASSES: usize = 12;

/// The rows of tables by class: each class, then all together. Requests without a class are no
/// news when there are no others.
fn groups(summary: &Summary) -> Vec<(Cow<'_, str>, &Group)> {
    let mut groups = Vec::new();
    let is_unnamed = summary.per_class.len() == 1 && summary.per_class.contains_key("standard");
    if !is_unnamed && summary.per_class.len() <= MOST_CLASSES {
        groups.extend(summary.per_class.iter().map(|(class, group)| (name(class), group)));
    }
    groups.push(("all".into(), &summary.overall));
    groups
}

/// A value of the recorded configuration, by the keys that lead to it.
fn config_value<'a>(outcome: &'a Outcome, keys: &[&str]) -> &'a serde_json::Value {
    keys.iter().fold(&outcome.provenance.config, |value, key| &value[*key])
}
