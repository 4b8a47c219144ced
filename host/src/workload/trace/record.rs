//! One request as a trace has it, before its content is known.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::input::Lines;
use crate::workload::{Content, MAX_ARRIVAL_US, MAX_TOKENS, WorkloadError};

/// A request with its labels.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// Line that it stands on, from 1.
    pub(super) line: u64,
    pub(super) arrival_us: u64,
    pub(super) prompt_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) max_tokens: Option<u64>,
    pub(super) slo_class: Option<Arc<str>>,
    pub(super) tenant: Option<Arc<str>>,
    pub(super) session: Option<Arc<str>>,
    pub(super) round: Option<u32>,
}

/// Reads the requests of one format.
pub(super) trait Records {
    /// The next request, in the order of the file.
    fn next(&mut self) -> Result<Option<Record>, WorkloadError>;

    /// The content of the request that was read last. Called at most once for each, in order.
    fn content(&mut self, record: &Record) -> Content;

    /// Oddities met so far, each once.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The lines that are read, for messages about them.
    fn lines(&self) -> &Lines;
}

/// Refuses lengths and times that no request can have.
pub(super) fn check(lines: &Lines, record: &Record) -> Result<(), WorkloadError> {
    for (what, tokens) in [("prompt", record.prompt_tokens), ("output", record.output_tokens)] {
        if tokens == 0 {
            return Err(
                lines.error(None, format!("the {what} has 0 tokens: a request has at least 1 of each"))
            );
        }
        if tokens > MAX_TOKENS {
            return Err(lines.error(None, format!("the {what} has {tokens} tokens, more than 2^40")));
        }
    }
    if record.max_tokens == Some(0) {
        return Err(lines.error(None, "`max_tokens` is 0, but an output has at least 1 token"));
    }
    if record.arrival_us > MAX_ARRIVAL_US {
        return Err(
            lines.error(None, format!("the arrival, at {} us, is later than 2^62 us", record.arrival_us))
        );
    }
    Ok(())
}

/// A label that may be written as text or as a number.
#[derive(Debug)]
pub(super) struct Label<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Label<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl<'de> Visitor<'de> for LabelVisitor {
    type Value = Label<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a whole number")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Label(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Label(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Label(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Label(Cow::Owned(number.to_string())))
    }
}

/// Gives equal labels one allocation. Forgets nothing, but takes no more than a few thousand in, so
/// that a trace with a label per request does not fill the memory.
#[derive(Debug, Default)]
pub(super) struct Labels(FxHashSet<Arc<str>>);

/// Most labels that are kept.
const MOST_LABELS: usize = 4096;

impl Labels {
    /// The label, or `None` when it is empty.
    pub(super) fn get(&mut self, text: &str) -> Option<Arc<str>> {
        if text.is_empty() {
            return None;
        }
        if let Some(known) = self.0.get(text) {
            return Some(Arc::clone(known));
        }
        let label: Arc<str> = Arc::from(text);
        if self.0.len() < MOST_LABELS {
            self.0.insert(Arc::clone(&label));
        }
        Some(label)
    }
}
