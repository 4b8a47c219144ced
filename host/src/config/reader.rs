//! Typed values out of a tree. Every problem is noted and reading goes on, so that one run of
//! the program shows all of them.

mod alternatives;

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::error::{ConfigError, Diagnostic, quoted};
use super::keys::{Key, KeyValue};
use super::source::{Span, Spanned};
use super::suggest::did_you_mean;
use super::tree::{Node, Value, join, real};

pub(super) use alternatives::Count;

/// Where problems are noted.
#[derive(Debug, Default)]
pub(super) struct Sink {
    errors: RefCell<Vec<Diagnostic>>,
    warnings: RefCell<Vec<Diagnostic>>,
    /// What was asked for, when somebody wants to know what may be written.
    asked: Option<RefCell<Vec<Key>>>,
}

/// More errors at once help nobody.
const MAX_ERRORS: usize = 20;

impl Sink {
    /// One that notes which keys are asked for, too.
    pub(super) fn listening() -> Self {
        Self { asked: Some(RefCell::default()), ..Self::default() }
    }

    /// All keys that were asked for, in the order of asking, each once.
    pub(super) fn into_keys(self) -> Vec<Key> {
        self.asked.map(RefCell::into_inner).unwrap_or_default()
    }

    fn note(&self, path: String, value: impl FnOnce() -> KeyValue) {
        let Some(asked) = &self.asked else { return };
        let mut asked = asked.borrow_mut();
        if !asked.iter().any(|key| key.path == path) {
            asked.push(Key { path, value: value() });
        }
    }

    /// Notes an error.
    pub(super) fn error(&self, diagnostic: Diagnostic) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MAX_ERRORS {
            errors.push(diagnostic);
        }
    }

    /// Notes an error unless one has been noted: the cause of this one, most likely.
    pub(super) fn error_if_none(&self, diagnostic: impl FnOnce() -> Diagnostic) {
        if self.errors.borrow().is_empty() {
            self.error(diagnostic());
        }
    }

    /// Notes the error of a result.
    pub(super) fn ok<T>(&self, result: Result<T, ConfigError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                error.diagnostics().iter().for_each(|one| self.error(one.clone()));
                None
            }
        }
    }

    /// Notes a warning.
    pub(super) fn warn(&self, diagnostic: Diagnostic) {
        self.warnings.borrow_mut().push(diagnostic);
    }

    /// All errors as one; the warnings if there are none.
    pub(super) fn finish(self) -> Result<Vec<Diagnostic>, ConfigError> {
        match ConfigError::from_all(self.errors.into_inner()) {
            Some(error) => Err(error),
            None => Ok(self.warnings.into_inner()),
        }
    }
}

/// A map that is being read. Keys that nobody asked for are errors at the end.
pub(super) struct MapReader<'a> {
    node: Option<&'a Node>,
    path: String,
    known: Vec<&'static str>,
    sink: &'a Sink,
}

impl<'a> MapReader<'a> {
    /// Reads `node`, which must be a map if it is there.
    pub(super) fn new(node: Option<&'a Node>, path: impl Into<String>, sink: &'a Sink) -> Self {
        let path = path.into();
        let node = node.filter(|node| !node.is_null());
        let map = node.filter(|node| node.entries().is_some());
        if let (Some(node), None) = (node, map) {
            sink.error(wrong(node, &path, "a map"));
        }
        Self { node: map, path, known: Vec::new(), sink }
    }

    /// The dotted path of `key`.
    pub(super) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The place of the map, for what is missing in it.
    pub(super) fn span(&self) -> Span {
        self.node.map_or_else(Span::of_default, |node| node.span.clone())
    }

    /// Whether there is a map.
    pub(super) fn is_map(&self) -> bool {
        self.node.is_some()
    }

    /// The value under `key` as it is.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        self.find(key, || KeyValue::Other)
    }

    fn find(&mut self, key: &'static str, value: impl FnOnce() -> KeyValue) -> Option<&'a Node> {
        self.sink.note(self.path(key), value);
        self.known.push(key);
        self.node?.get(key)
    }

    /// The value under `key`, if one was written; `null` was not.
    pub(super) fn take_written(&mut self, key: &'static str) -> Option<&'a Node> {
        self.take(key).filter(|node| !node.is_null())
    }

    /// The map under `key`.
    pub(super) fn map(&mut self, key: &'static str) -> MapReader<'a> {
        let path = self.path(key);
        MapReader::new(self.find(key, || KeyValue::Map), path, self.sink)
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, key: &'static str, default: u64, bounds: RangeInclusive<u64>) -> u64 {
        let asked = || KeyValue::Whole { bounds: bounds.clone(), or_null: false };
        let Some(node) = self.find(key, asked) else { return default };
        whole(node, &self.path(key), bounds, self.sink).unwrap_or(default)
    }

    /// A whole number within bounds, or nothing.
    pub(super) fn whole_or_null(&mut self, key: &'static str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let asked = || KeyValue::Whole { bounds: bounds.clone(), or_null: true };
        let node = self.find(key, asked).filter(|node| !node.is_null())?;
        whole(node, &self.path(key), bounds, self.sink)
    }

    /// A number within bounds; never NaN.
    pub(super) fn number(&mut self, key: &'static str, default: f64, bounds: RangeInclusive<f64>) -> f64 {
        let Some(node) = self.find(key, || KeyValue::Number { bounds: bounds.clone() }) else {
            return default;
        };
        number(node, &self.path(key), bounds, self.sink).unwrap_or(default)
    }

    /// A word that is not empty.
    pub(super) fn word(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let node = self.find(key, || KeyValue::Word)?;
        word(node, &self.path(key), self.sink)
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, default: T, choices: &[(&str, T)]) -> T {
        let words = || choices.iter().map(|(word, _)| (*word).to_owned()).collect();
        let Some(node) = self.find(key, || KeyValue::Choice(words())) else { return default };
        choice(node, &self.path(key), choices, self.sink).unwrap_or(default)
    }

    /// Whether `key` was written.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.node.is_some_and(|node| node.get(key).is_some())
    }

    /// Notes that the options that were written have no effect.
    pub(super) fn warn_without_effect(&self, keys: &[&str], why: &str) {
        for key in keys {
            if let Some(entry) = self.node.and_then(|node| node.entry(key)) {
                let message = format!("`{}` has no effect", self.path(key));
                self.sink.warn(Diagnostic::at(&entry.key_span, message).label(why));
            }
        }
    }

    /// Ends the reading: what was not asked for is unknown.
    pub(super) fn finish(self) {
        for entry in self.node.and_then(Node::entries).unwrap_or_default() {
            if !self.known.contains(&entry.key.as_str()) {
                let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
                let diagnostic =
                    Diagnostic::at(&entry.key_span, format!("unknown key {}{place}", quoted(&entry.key)));
                self.sink.error(diagnostic.help(did_you_mean(&entry.key, self.known.iter().copied())));
            }
        }
    }
}

/// "must be ..., found ...".
pub(super) fn wrong(node: &Node, path: &str, expected: &str) -> Diagnostic {
    Diagnostic::at(&node.span, format!("`{path}` must be {expected}, found {}", node.found()))
}

/// A whole number within bounds.
pub(super) fn whole(node: &Node, path: &str, bounds: RangeInclusive<u64>, sink: &Sink) -> Option<u64> {
    let found = node.whole().filter(|number| bounds.contains(number));
    if found.is_none() {
        let (low, high) = (bounds.start(), bounds.end());
        let range = if *high == u64::MAX {
            format!(" from {low} to 2^64 - 1")
        } else {
            format!(" from {low} to {high}")
        };
        sink.error(wrong(node, path, &format!("a whole number{range}")));
    }
    found
}

/// A number within bounds.
pub(super) fn number(node: &Node, path: &str, bounds: RangeInclusive<f64>, sink: &Sink) -> Option<f64> {
    // NaN is in no range. Minus zero is zero, and would be printed as what it is not.
    let found = node.number().filter(|number| bounds.contains(number)).map(|number| number + 0.0);
    if found.is_none() {
        let expected = format!("a number from {} to {}", short(*bounds.start()), short(*bounds.end()));
        sink.error(wrong(node, path, &expected));
    }
    found
}

fn short(number: f64) -> String {
    if number >= 1e6 {
        return format!("{number:e}");
    }
    let text = real(number);
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// A number above 0, at most `most`.
pub(super) fn positive(node: &Node, path: &str, most: f64, sink: &Sink) -> Option<f64> {
    let found = node.number().filter(|&number| number > 0.0 && number <= most);
    if found.is_none() {
        sink.error(wrong(node, path, &format!("a number above 0, at most {}", short(most))));
    }
    found
}

/// A text that is not empty.
pub(super) fn word(node: &Node, path: &str, sink: &Sink) -> Option<Spanned<String>> {
    match node.text().filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(Spanned::new(text.trim().to_owned(), node.span.clone())),
        None => {
            sink.error(wrong(node, path, "a name"));
            None
        }
    }
}

fn alternatives(names: &[String]) -> String {
    match names {
        [rest @ .., before, last] => {
            let rest: String = rest.iter().map(|name| format!("{name}, ")).collect();
            format!("{rest}{before} or {last}")
        }
        _ => names.concat(),
    }
}

/// One of some words.
pub(super) fn choice<T: Copy>(node: &Node, path: &str, choices: &[(&str, T)], sink: &Sink) -> Option<T> {
    let found = node.text().and_then(|text| choices.iter().find(|(name, _)| *name == text.trim()));
    if found.is_none() {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        let diagnostic = wrong(node, path, &alternatives(&names));
        let nearest = node
            .text()
            .and_then(|text| super::suggest::nearest(text.trim(), choices.iter().map(|(name, _)| *name)));
        sink.error(diagnostic.help(nearest.map(|name| format!("did you mean `{name}`?"))));
    }
    found.map(|(_, value)| *value)
}
