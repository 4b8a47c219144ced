//! `factors:`: each has levels, and a level is a fragment of a configuration.
//!
//! Three ways of writing mean the same:
//!
//! ```yaml
//! memory: {low: {cluster: {kv: {blocks: 500}}}, high: {cluster: {kv: {blocks: 5000}}}}
//! memory: {path: cluster.kv.blocks, values: {low: 500, high: 5000}}
//! kv: {path: cluster.kv.blocks, values: [500, 5000]}    # the levels are called kv500 and kv5000
//! ```

use super::super::error::{Diagnostic, quoted};
use super::super::reader::{MapReader, Sink, wrong};
use super::super::source::Span;
use super::super::tree::{Entry, Node, Value, join};
use super::names;

/// A factor: its name, and the names of its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorSpec {
    /// Its name.
    pub name: String,
    /// The names of its levels.
    pub levels: Vec<String>,
    /// The levels as numbers, where all are.
    pub numbers: Option<Vec<f64>>,
}

/// A level with its fragment.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) fragment: Node,
    number: Option<f64>,
}

/// A factor with its fragments.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) levels: Vec<Level>,
}

impl Factor {
    pub(super) fn spec(&self) -> FactorSpec {
        FactorSpec {
            name: self.name.clone(),
            levels: self.levels.iter().map(|level| level.name.clone()).collect(),
            numbers: self.levels.iter().map(|level| level.number).collect(),
        }
    }
}

/// Paths deeper than this are none.
const MAX_KEYS: usize = 16;

pub(super) fn read(node: Option<&Node>, sink: &Sink) -> Vec<Factor> {
    let Some(node) = node else { return Vec::new() };
    let Some(entries) = node.entries() else {
        sink.error(wrong(node, "factors", "a map from names to levels"));
        return Vec::new();
    };
    let mut factors = Vec::new();
    for entry in entries {
        if !names::check("a factor", &entry.key, &entry.key_span, sink) {
            continue;
        }
        let path = join("factors", &entry.key);
        let levels = match entry.value.entries() {
            None => {
                sink.error(wrong(&entry.value, &path, "a map from levels to fragments, or `{path, values}`"));
                continue;
            }
            Some(_) if entry.value.get("values").is_some() => with_path(entry, &path, sink),
            Some(levels) => fragments(levels, &path, sink),
        };
        if levels.is_empty() {
            sink.error(Diagnostic::at(&entry.key_span, format!("`{path}` has no levels")));
        }
        for (index, level) in levels.iter().enumerate() {
            if levels[..index].iter().any(|other| other.name == level.name) {
                let message = format!("`{path}` has two levels {}", quoted(&level.name));
                sink.error(Diagnostic::at(&level.span, message));
            }
        }
        factors.push(Factor { name: entry.key.clone(), span: entry.key_span.clone(), levels });
    }
    check_contradictions(&factors, sink);
    factors
}

/// `{low: {...}, high: {...}}`.
fn fragments(entries: &[Entry], path: &str, sink: &Sink) -> Vec<Level> {
    let mut levels = Vec::new();
    for entry in entries {
        if entry.value.entries().is_none() {
            let expected = "a fragment of a configuration: a map";
            sink.error(wrong(&entry.value, &join(path, &entry.key), expected));
        } else if names::check("a level", &entry.key, &entry.key_span, sink) {
            let (name, span) = (entry.key.clone(), entry.key_span.clone());
            levels.push(Level { name, span, fragment: entry.value.clone(), number: None });
        }
    }
    levels
}

/// `{path: a.b, values: ...}`.
fn with_path(factor: &Entry, path: &str, sink: &Sink) -> Vec<Level> {
    let mut map = MapReader::new(Some(&factor.value), path, sink);
    let key = map.word("path");
    let values = map.take("values");
    map.finish();
    let (Some(key), Some(values)) = (key, values) else {
        if factor.value.get("path").is_none() {
            let message = format!("`{path}` has values and no `path` that they are for");
            sink.error(Diagnostic::at(&factor.key_span, message));
        }
        return Vec::new();
    };
    let keys: Vec<&str> = key.value.split('.').map(str::trim).collect();
    if keys.len() > MAX_KEYS || keys.iter().any(|key| key.is_empty()) || keys[0] == "base" {
        sink.error(Diagnostic::at(
            &key.span,
            format!("{} is no path of a configuration", quoted(&key.value)),
        ));
        return Vec::new();
    }
    let level = |name: String, span: &Span, value: &Node| {
        let fragment = keys.iter().rev().fold(value.clone(), |value, name| {
            let entry = Entry { key: (*name).to_owned(), key_span: key.span.clone(), value };
            let span = entry.value.span.clone();
            Node { value: Value::Map(vec![entry]), span }
        });
        Level { name, span: span.clone(), fragment, number: value.number() }
    };
    let mut levels = Vec::new();
    match &values.value {
        Value::Map(entries) => {
            for entry in entries {
                if names::check("a level", &entry.key, &entry.key_span, sink) {
                    levels.push(level(entry.key.clone(), &entry.key_span, &entry.value));
                }
            }
        }
        Value::List(items) => {
            for item in items {
                let name = format!("{}{}", factor.key, item.span.text().trim_matches(['"', '\'']));
                if names::check("a level", &name, &item.span, sink) {
                    levels.push(level(name, &item.span, item));
                }
            }
        }
        _ => sink.error(wrong(values, &join(path, "values"), "a list, or a map from levels to values")),
    }
    levels
}

/// Two factors that set the same value: in a grid one of them would have no effect.
fn check_contradictions(factors: &[Factor], sink: &Sink) {
    for (index, factor) in factors.iter().enumerate() {
        let leaves = leaves_of(factor.levels.iter().map(|level| &level.fragment));
        for other in &factors[..index] {
            let others = leaves_of(other.levels.iter().map(|level| &level.fragment));
            if let Some((path, span, first)) = clash(&leaves, &others) {
                let message = format!("the factors `{}` and `{}` both set `{path}`", other.name, factor.name);
                let help = "put both into the levels of one factor".to_owned();
                sink.error(Diagnostic::at(&span, message).other(&first, "the other").help(help));
            }
        }
    }
}

/// A value that a fragment sets: its path and place.
pub(super) type Leaf = (String, Span);

/// The values that fragments set.
pub(super) fn leaves_of<'a>(fragments: impl Iterator<Item = &'a Node>) -> Vec<Leaf> {
    fn walk(node: &Node, path: &str, leaves: &mut Vec<Leaf>) {
        match node.entries() {
            Some(entries) if !entries.is_empty() => {
                for entry in entries.iter().filter(|entry| !path.is_empty() || entry.key != "base") {
                    walk(&entry.value, &join(path, &entry.key), leaves);
                }
            }
            _ => leaves.push((path.to_owned(), node.span.clone())),
        }
    }
    let mut leaves = Vec::new();
    fragments.for_each(|fragment| walk(fragment, "", &mut leaves));
    leaves
}

/// The first value that both set, one of them perhaps as part of a whole.
pub(super) fn clash(some: &[Leaf], others: &[Leaf]) -> Option<(String, Span, Span)> {
    let is_below = |path: &str, whole: &str| {
        path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    some.iter().find_map(|(path, span)| {
        let (_, other) = others.iter().find(|(other, _)| is_below(path, other) || is_below(other, path))?;
        Some((path.clone(), span.clone(), other.clone()))
    })
}
