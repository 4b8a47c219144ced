//! A piece of a configuration with open values in it.

use super::super::source::Span;
use super::super::tree::{Entry, Node, Value, real};
use super::Axis;

/// A value, or a place for one.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// As it was written.
    Fixed(Node),
    /// The level of an axis.
    Open(usize),
    /// A map.
    Map(Vec<(String, Span, Part)>, Span),
    /// A list.
    List(Vec<Part>, Span),
    /// A list of scorers, each with the axis of its weight.
    Scorers(Vec<(usize, Part)>, Span),
    /// A short form of scorers; where it may be written out as a list too.
    Short { scorers: Vec<Short>, span: Span, has_long_form: bool },
}

/// A scorer of a short form.
#[derive(Debug, Clone)]
pub(super) struct Short {
    pub(super) name: String,
    pub(super) span: Span,
    /// The axis of its weight.
    pub(super) axis: usize,
}

/// The chosen level of each axis.
pub(super) struct Choice<'a> {
    pub(super) axes: &'a [Axis],
    pub(super) levels: &'a [usize],
}

impl Choice<'_> {
    fn node(&self, axis: usize) -> Node {
        self.axes[axis].levels[self.levels[axis]].node.clone()
    }

    fn text(&self, axis: usize) -> &str {
        &self.axes[axis].levels[self.levels[axis]].text
    }

    fn is_out(&self, axis: usize) -> bool {
        self.axes[axis].levels[self.levels[axis]].node.number() == Some(0.0)
    }
}

impl Part {
    /// The value with these levels; scorers of weight 0 are left out. `precise`: short forms are written
    /// out, so that every name in them has its own place.
    pub(super) fn fill(&self, choice: &Choice<'_>, precise: bool) -> Node {
        match self {
            Self::Fixed(node) => node.clone(),
            Self::Open(axis) => choice.node(*axis),
            Self::Map(entries, span) => {
                let entries = entries.iter().map(|(key, key_span, part)| Entry {
                    key: key.clone(),
                    key_span: key_span.clone(),
                    value: part.fill(choice, precise),
                });
                Node { value: Value::Map(entries.collect()), span: span.clone() }
            }
            Self::List(parts, span) => {
                let items = parts.iter().map(|part| part.fill(choice, precise)).collect();
                Node { value: Value::List(items), span: span.clone() }
            }
            Self::Scorers(items, span) => {
                let items = items.iter().filter(|(axis, _)| !choice.is_out(*axis));
                let items = items.map(|(_, part)| part.fill(choice, precise)).collect();
                Node { value: Value::List(items), span: span.clone() }
            }
            Self::Short { scorers, span, has_long_form } if precise && *has_long_form => {
                let items = scorers.iter().filter(|one| !choice.is_out(one.axis)).map(|one| {
                    let name = Node { value: Value::Text(one.name.clone()), span: one.span.clone() };
                    let entry = |key: &str, value: Node| Entry {
                        key: key.to_owned(),
                        key_span: one.span.clone(),
                        value,
                    };
                    let entries = vec![entry("name", name), entry("weight", choice.node(one.axis))];
                    Node { value: Value::Map(entries), span: one.span.clone() }
                });
                let list = Node { value: Value::List(items.collect()), span: span.clone() };
                let entry = Entry { key: "scorers".to_owned(), key_span: span.clone(), value: list };
                Node { value: Value::Map(vec![entry]), span: span.clone() }
            }
            Self::Short { scorers, span, .. } => {
                Node { value: Value::Text(short(scorers, choice)), span: span.clone() }
            }
        }
    }

    /// What these levels are called, each choice by its name.
    pub(super) fn label(&self, choice: &Choice<'_>, words: &mut Vec<String>) {
        match self {
            Self::Fixed(_) => {}
            Self::Open(axis) => {
                let found = &choice.axes[*axis];
                if found.levels.len() > 1 && !found.under.is_some_and(|weight| choice.is_out(weight)) {
                    words.push(format!("{}={}", found.name, choice.text(*axis)));
                }
            }
            Self::Map(entries, _) => entries.iter().for_each(|(_, _, part)| part.label(choice, words)),
            Self::List(parts, _) => parts.iter().for_each(|part| part.label(choice, words)),
            Self::Scorers(items, _) => items.iter().for_each(|(_, part)| part.label(choice, words)),
            Self::Short { scorers, .. } => words.push(short(scorers, choice)),
        }
    }

    /// The dotted paths of all values in it.
    pub(super) fn leaves(&self, path: &str, found: &mut Vec<String>) {
        match self {
            Self::Map(entries, _) if !entries.is_empty() => {
                for (key, _, part) in entries {
                    part.leaves(&super::super::tree::join(path, key), found);
                }
            }
            // A picker or a tie-break may be varied beside it.
            Self::Short { has_long_form: true, .. } => {
                found.extend(["scorers", "by_class"].map(|key| super::super::tree::join(path, key)));
            }
            _ => found.push(path.to_owned()),
        }
    }
}

fn short(scorers: &[Short], choice: &Choice<'_>) -> String {
    let words = scorers.iter().filter(|one| !choice.is_out(one.axis));
    words.map(|one| format!("{}:{}", one.name, choice.text(one.axis))).collect::<Vec<_>>().join(",")
}

/// A number as a value of a configuration, and as people write it.
pub(super) fn number(number: f64, span: &Span) -> (Node, String) {
    /// Whole numbers up to here are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) {
        Value::Whole(number as u64)
    } else if number.fract() == 0.0 && (-EXACT..0.0).contains(&number) {
        Value::Negative(number as i64)
    } else {
        Value::Real(number)
    };
    let text = match &value {
        Value::Real(number) => real(*number),
        _ => format!("{number}"),
    };
    (Node { value, span: span.clone() }, text)
}
