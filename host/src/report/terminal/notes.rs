//! What one should know before believing the figures.

use std::fmt;

use super::super::Style;
use super::super::number::{count, percent, plural, short};
use super::super::style::plain;
use super::super::wrap::wrap;
use crate::policy::{Ejection, FailureCount};
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
    pub(in crate::report) fn paint(&self, style: Style) -> Vec<String> {
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
        let who = format!("{} `{}` ({})", failure.kind, failure.policy, failure.library);
        let ejections = outcome.ejections.iter().filter(|ejection| is_of(ejection, failure));
        match (&failure.fallback, &ejections.collect::<Vec<_>>()[..]) {
            (Some(fallback), [first, more @ ..]) => note(
                "policy ejected",
                format!(
                    "{who}{} at {} s{}: {}; `{fallback}` took its place and made {} of {} ({})",
                    // Each instance has its own schedulers and priorities.
                    if more.is_empty() {
                        String::new()
                    } else {
                        format!(" in {}, first", plural(more.len() as u64 + 1, "instance"))
                    },
                    short(first.failed.now_us as f64 / 1e6),
                    first.failed.place(),
                    first.failed.message,
                    count(failure.fallback_decisions),
                    plural(failure.decisions, "decision"),
                    percent(failure.fallback_share().unwrap_or_default()),
                ),
            ),
            _ => note(
                "policy failed",
                format!(
                    "{who} in {}, first at {} s{}: {}; it was left out of those decisions",
                    plural(failure.calls, "call"),
                    short(failure.first_us as f64 / 1e6),
                    failure.first_request.map_or(String::new(), |id| format!(", request {id}")),
                    failure.first_message
                ),
            ),
        }
    }
    if outcome.clamped_scores > 0 {
        note("scores clamped", format!("{} lay outside 0..1", count(outcome.clamped_scores)));
    }
    if outcome.passed_over_filters > 0 {
        let times = plural(outcome.passed_over_filters, "time");
        note("filters passed over", format!("{times} a filter would have left no candidate"));
    }
    notes
}

/// Whether both are of the same policy.
fn is_of(ejection: &Ejection, count: &FailureCount) -> bool {
    let failed = &ejection.failed;
    (failed.kind, &failed.policy, &failed.library) == (count.kind, &count.policy, &count.library)
}
