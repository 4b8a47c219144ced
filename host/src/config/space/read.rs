//! From what is typed to parts with axes: `--space` and `--vary`.

use std::ops::Range;
use std::sync::Arc;

use super::super::error::{ConfigError, Diagnostic, quoted};
use super::super::parse::parse_part;
use super::super::policy::is_picker;
use super::super::source::{Source, Span};
use super::super::tree::{Node, Value, join};
use super::levels::{self, Problem};
use super::part::{Part, Short, number};
use super::{Axis, Level};

/// What is being read: axes as they are found, and which of them are the weights of one router.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) axes: Vec<Axis>,
    pub(super) groups: Vec<Vec<usize>>,
}

impl Reader {
    /// A value under `path`, from the root of a configuration.
    pub(super) fn part(&mut self, node: &Node, path: &str) -> Result<Part, ConfigError> {
        self.part_under(node, path, "", None)
    }

    /// The same of a scorer called `owner`, whose weight is on the axis `under`.
    fn part_under(
        &mut self,
        node: &Node,
        path: &str,
        owner: &str,
        under: Option<usize>,
    ) -> Result<Part, ConfigError> {
        if let Some(text) = node.text() {
            let is_routing = matches!(path, "policy.routing" | "policy.routing.scorers");
            let is_of_class = path.strip_prefix("policy.routing.by_class.").is_some();
            return if is_of_class || (is_routing && !is_picker(text)) {
                self.short(node, text, path == "policy.routing")
            } else {
                self.choice(node, text, path, owner, under)
            };
        }
        match &node.value {
            Value::Map(entries) => {
                let read = |entry: &super::super::tree::Entry| {
                    let part = self.part_under(&entry.value, &join(path, &entry.key), owner, under)?;
                    Ok((entry.key.clone(), entry.key_span.clone(), part))
                };
                let entries: Result<Vec<_>, ConfigError> = entries.iter().map(read).collect();
                Ok(Part::Map(entries?, node.span.clone()))
            }
            Value::List(items) if path == "policy.routing.scorers" => self.scorers(items, &node.span),
            Value::List(items) => {
                let read = |(index, item)| self.part_under(item, &format!("{path}[{index}]"), owner, under);
                let parts: Result<Vec<_>, ConfigError> = items.iter().enumerate().map(read).collect();
                Ok(Part::List(parts?, node.span.clone()))
            }
            _ => Ok(Part::Fixed(node.clone())),
        }
    }

    /// The long form of scorers. The weight of each is an axis, even if it has one level alone.
    fn scorers(&mut self, items: &[Node], span: &Span) -> Result<Part, ConfigError> {
        let mut scorers = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("policy.routing.scorers[{index}]");
            let (Some(entries), Some(weight)) = (item.entries(), item.get("weight")) else {
                // Whatever is wrong with it, or its weights are those of `by_class`.
                scorers.push((None, self.part(item, &path)?));
                continue;
            };
            let name = item.get("name").and_then(Node::text).unwrap_or("?").to_owned();
            let text = match (weight.text(), weight.number()) {
                (Some(text), _) => text.to_owned(),
                (None, Some(number)) => number.to_string(),
                _ => return Err(ConfigError::at(&weight.span, "a weight is a number or a range", None)),
            };
            let axis = self.weight(weight, 0..text.len(), &text, format!("{name}.weight"))?;
            let mut parts = Vec::new();
            for entry in entries {
                let part = if entry.key == "weight" {
                    Part::Open(axis)
                } else {
                    self.part_under(&entry.value, &join(&path, &entry.key), &name, Some(axis))?
                };
                parts.push((entry.key.clone(), entry.key_span.clone(), part));
            }
            scorers.push((Some(axis), Part::Map(parts, item.span.clone())));
        }
        let weighed: Vec<usize> = scorers.iter().filter_map(|(axis, _)| *axis).collect();
        if weighed.len() < scorers.len() {
            return Ok(Part::List(scorers.into_iter().map(|(_, part)| part).collect(), span.clone()));
        }
        let scorers = scorers.into_iter().filter_map(|(axis, part)| Some((axis?, part))).collect();
        self.groups.push(weighed);
        Ok(Part::Scorers(scorers, span.clone()))
    }

    /// `pa:1..5,qd:{1,2},kv:2`.
    fn short(&mut self, node: &Node, text: &str, has_long_form: bool) -> Result<Part, ConfigError> {
        let help = "scorers are written `NAME:WEIGHTS`, separated by commas: `pa:1..5,qd:2`".to_owned();
        let mut scorers: Vec<Short> = Vec::new();
        for range in levels::split(text, &[',']) {
            let range = levels::trimmed(text, range);
            let span = node.sub_span(range.clone());
            let part = &text[range.clone()];
            let Some((name, weights)) = part.split_once(':') else {
                let message = match part {
                    "" => "a scorer is missing between the commas".to_owned(),
                    part => format!("the scorer {} has no weights", quoted(part)),
                };
                return Err(ConfigError::at(&span, message, help));
            };
            let written = levels::trimmed(text, range.start..range.start + name.len());
            let name = name.trim();
            let name_span = node.sub_span(written);
            if let Some(first) = scorers.iter().find(|other| other.name == name) {
                let message = format!("the scorer {} is there twice", quoted(name));
                return Err(Diagnostic::at(&name_span, message).other(&first.span, "first here").into());
            }
            let start = range.end - weights.len();
            let axis = self.weight(node, start..range.end, weights, name.to_owned())?;
            scorers.push(Short { name: name.to_owned(), span: name_span, axis });
        }
        self.groups.push(scorers.iter().map(|one| one.axis).collect());
        Ok(Part::Short { scorers, span: node.span.clone(), has_long_form })
    }

    /// The axis of a weight that is written at `range` of a text.
    fn weight(
        &mut self,
        node: &Node,
        range: Range<usize>,
        text: &str,
        name: String,
    ) -> Result<usize, ConfigError> {
        let weights = levels::weights(text).map_err(|problem| located(node, range.start, problem))?;
        let span = node.sub_span(range);
        let level = |weight: &f64| {
            let (node, text) = number(*weight, &span);
            Level { text, node }
        };
        let levels = weights.iter().map(level).collect();
        self.axes.push(Axis { name, levels, under: None });
        Ok(self.axes.len() - 1)
    }

    /// Any other text: `a|b`, `1..5`, or itself. In quotes it is always itself.
    fn choice(
        &mut self,
        node: &Node,
        text: &str,
        path: &str,
        owner: &str,
        under: Option<usize>,
    ) -> Result<Part, ConfigError> {
        let is_quoted = node.span.text().starts_with(['\'', '"']);
        if is_quoted || !(text.contains('|') || levels::is_range(text)) {
            return Ok(Part::Fixed(node.clone()));
        }
        let key = path.rsplit('.').next().unwrap_or(path);
        let name = if owner.is_empty() { key.to_owned() } else { format!("{owner}.{key}") };
        let place = &node.span;
        let source = &place.source;
        let start = place.start;
        let levels = self::levels(source, start, &source.text[start..place.end], &['|'])?;
        self.axes.push(Axis { name, levels, under });
        Ok(Part::Open(self.axes.len() - 1))
    }

    /// An axis of its own: the levels of `--vary KEY=LEVELS`.
    pub(super) fn vary(
        &mut self,
        source: &Arc<Source>,
        range: Range<usize>,
        name: &str,
    ) -> Result<Part, ConfigError> {
        let text = source.text.get(range.clone()).unwrap_or_default();
        let levels = self::levels(source, range.start, text, &[',', '|'])?;
        if levels.len() < 2 {
            let message = format!("`{name}` has one level, so nothing varies");
            let help =
                "write several, such as `--vary cluster.kv.blocks=500,1000,2000`; one alone is for `--set`";
            return Err(ConfigError::at(&Span::new(source, range), message, help.to_owned()));
        }
        self.axes.push(Axis { name: name.to_owned(), levels, under: None });
        Ok(Part::Open(self.axes.len() - 1))
    }
}

/// Levels between separators, each a range or a value of YAML.
fn levels(
    source: &Arc<Source>,
    start: usize,
    text: &str,
    separators: &[char],
) -> Result<Vec<Level>, ConfigError> {
    let mut all: Vec<Level> = Vec::new();
    for range in levels::split(text, separators) {
        let range = levels::trimmed(text, range);
        let place = start + range.start..start + range.end;
        let span = Span::new(source, place.clone());
        let word = &text[range];
        if word.is_empty() {
            let help = "put a text that means itself in quotes".to_owned();
            return Err(ConfigError::at(&span, "a level is missing", help));
        }
        let found = if levels::is_range(word) {
            let numbers = levels::range(word).map_err(|(at, message, help)| {
                let span = Span::new(source, place.start + at.start..place.start + at.end);
                ConfigError::from(Diagnostic::at(&span, message).help(help))
            })?;
            let level = |value: f64| {
                let (node, text) = number(value, &span);
                Level { text, node }
            };
            numbers.into_iter().map(level).collect()
        } else {
            vec![Level { text: word.to_owned(), node: parse_part(source, place)? }]
        };
        for level in found {
            if all.iter().any(|other| other.text == level.text) {
                let message = format!("the level {} is there twice", quoted(&level.text));
                return Err(ConfigError::at(&span, message, None));
            }
            all.push(level);
        }
    }
    Ok(all)
}

fn located(node: &Node, start: usize, (at, message, help): Problem) -> ConfigError {
    // A number that was not written as a text has no places inside.
    let span = node.sub_span(start + at.start..start + at.end);
    Diagnostic::at(&span, message).help(help).into()
}
