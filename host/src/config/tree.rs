//! A configuration as it was written: a tree in which every value knows its place.

use super::error::quoted;
use super::source::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

/// What YAML can say, as far as a configuration needs it.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A whole number, 0 or more.
    Whole(u64),
    /// A whole number below 0.
    Negative(i64),
    Real(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value, in the order of writing.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

/// Places inside longer texts are not found.
const MAX_LOCATED: usize = 16 << 10;

impl Node {
    /// A map in which nothing was written.
    pub(super) fn blank() -> Self {
        Self { value: Value::Map(Vec::new()), span: Span::of_default() }
    }

    /// The entries of a map.
    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a map under `key`.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The value of a map under `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A text, and nothing that was typed as something else.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number; `60e6` is one too.
    pub(super) fn whole(&self) -> Option<u64> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.value {
            Value::Whole(number) => Some(number),
            // In this range every double is exact, so nothing is rounded.
            Value::Real(number) if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) => {
                Some(number as u64)
            }
            _ => None,
        }
    }

    /// Any number.
    pub(super) fn number(&self) -> Option<f64> {
        match self.value {
            Value::Whole(number) => Some(number as f64),
            Value::Negative(number) => Some(number as f64),
            Value::Real(number) => Some(number),
            _ => None,
        }
    }

    /// Whether nothing was written.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What was found here, for a message: "text `abc`", "a list".
    pub(super) fn found(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Whole(number) => format!("`{number}`"),
            Value::Negative(number) => format!("`{number}`"),
            // As it was written: a number beyond 64 bits would be rounded.
            Value::Real(_) if self.is_written_as_number() => quoted(self.span.text()),
            Value::Real(number) => format!("`{}`", real(*number)),
            Value::Text(text) => format!("text {}", quoted(text)),
            Value::List(items) if items.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(entries) if entries.is_empty() => "an empty map".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    /// Whether the place holds a number, and not an alias or a quoted text.
    fn is_written_as_number(&self) -> bool {
        let text = self.span.text();
        text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
            && !text.contains(char::is_whitespace)
    }

    /// The place of `range` inside this text, if it stands in the source as it is, without
    /// escapes and on one line; else the whole value's.
    pub(super) fn sub_span(&self, range: std::ops::Range<usize>) -> Span {
        let Some(text) = self.text() else { return self.span.clone() };
        // The comparison below is linear, and there may be one for every word of the text.
        if text.len() > MAX_LOCATED {
            return self.span.clone();
        }
        let raw = self.span.text();
        let skip = if raw == text {
            0
        } else if raw.len() == text.len() + 2 && raw.get(1..raw.len() - 1) == Some(text) {
            1
        } else {
            return self.span.clone();
        };
        let start = self.span.start + skip;
        Span::new(&self.span.source, start + range.start..start + range.end)
    }
}

/// A double as YAML writes it.
pub(super) fn real(number: f64) -> String {
    if number.is_nan() {
        ".nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else {
        format!("{number:?}")
    }
}

/// Puts `key` below `path`, as messages name places: `cluster.kv.blocks`.
pub(super) fn join(path: &str, key: &str) -> String {
    let quoted = quoted(key);
    let key = quoted.trim_matches('`');
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
