//! Values that are not of one kind alone: a number or a word, a number or nothing, a truth; and what options say
//! of each other.

use std::ops::RangeInclusive;

use super::{Diagnostic, KeyValue, MapReader, Span, Value, number, wrong};
use crate::config::suggest::nearest;

/// A number, or the word that may stand for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::config) enum Count {
    Number(u64),
    Word,
}

impl MapReader<'_> {
    /// A whole number within bounds, or one word.
    pub(in crate::config) fn whole_or_word(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u64>,
        word: &'static str,
    ) -> Option<Count> {
        let node = self.find(key, || KeyValue::WholeOrWord { bounds: bounds.clone(), word })?;
        if node.text().is_some_and(|text| text.trim() == word) {
            return Some(Count::Word);
        }
        let found = node.whole().filter(|number| bounds.contains(number));
        if found.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            let expected = format!("a whole number from {low} to {high} or `{word}`");
            let near = node.text().and_then(|text| nearest(text.trim(), [word]));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.sink.error(wrong(node, &self.path(key), &expected).help(help));
        }
        found.map(Count::Number)
    }

    /// A number within bounds, or nothing.
    pub(in crate::config) fn number_or_null(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<f64>,
    ) -> Option<f64> {
        let node = self.find(key, || KeyValue::NumberOrNull { bounds: bounds.clone() });
        let node = node.filter(|node| !node.is_null())?;
        number(node, &self.path(key), bounds, self.sink)
    }

    /// `true` or `false`.
    pub(in crate::config) fn truth(&mut self, key: &'static str, default: bool) -> bool {
        let Some(node) = self.find(key, || KeyValue::Truth) else { return default };
        if let Value::Bool(truth) = node.value {
            return truth;
        }
        self.sink.error(wrong(node, &self.path(key), "`true` or `false`"));
        default
    }

    /// Whether a text was written under `key`.
    pub(in crate::config) fn has_text(&self, key: &str) -> bool {
        self.node.and_then(|node| node.get(key)).is_some_and(|node| node.text().is_some())
    }

    /// The place of the value under `key`, else that of the map.
    pub(in crate::config) fn span_of(&self, key: &str) -> Span {
        self.node.and_then(|node| node.get(key)).map_or_else(|| self.span(), |node| node.span.clone())
    }

    /// Notes that two options that were written contradict each other.
    pub(in crate::config) fn contradict(&self, key: &str, other: &str, why: &str) {
        let entry = |key| self.node.and_then(|node| node.entry(key));
        if let (Some(first), Some(second)) = (entry(key), entry(other)) {
            let message =
                format!("`{}` and `{}` exclude each other: {why}", self.path(key), self.path(other));
            self.sink.error(Diagnostic::at(&first.key_span, message).other(&second.key_span, "the other"));
        }
    }
}
