//! What one should know before believing the figures.

use std::fmt;

use super::super::Style;
use super::super::number::{count, plural, short};
use super::super::style::plain;
use super::super::wrap::wrap;
use crate::run::Outcome;

/// One thing to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.text)
    }
}

impl Note {
    pub(super) fn paint(&self, style: Style) -> Vec<String> {
        let mut lines = wrap(&format!("{}: ", self.title), &self.text, style.width, 2);
        if let Some(first) = lines.first_mut().filter(|first| first.starts_with(&self.title)) {
            first.replace_range(..self.title.len(), &style.alert(&self.title));
        }
        lines
    }
}

/// Everything that qualifies the figures of a run: saturation, failed policies, scores out of range.
#[must_use]
pub fn notes(outcome: &Outcome) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |title: &str, text: String| {
        notes.push(Note { title: title.to_owned(), text: plain(&text).into_owned() });
    };
    if let Some(trend) = outcome.summary.saturation.filter(|trend| trend.still_growing) {
        let (third, last) = (short(trend.waiting_third_quarter), short(trend.waiting_last_quarter));
        note(
            "past saturation",
            format!(
                "the queue still grew at the last arrival (waiting requests, mean by quarter of the arrivals: \
                 third {third}, last {last}); latencies depend on how long the run is"
            ),
        );
    }
    for failure in &outcome.failures {
        let instead = match &failure.fallback {
            Some(name) => format!("`{name}` took its place"),
            None => "it was left out of those decisions".to_owned(),
        };
        note(
            "policy failed",
            format!(
                "{} `{}` ({}) in {}; {instead}; it said first: {}",
                failure.kind,
                failure.policy,
                failure.library,
                plural(failure.calls, "call"),
                failure.first_message
            ),
        );
    }
    if outcome.clamped_scores > 0 {
        note("scores clamped", format!("{} lay outside 0..1", count(outcome.clamped_scores)));
    }
    notes
}
