//! Values from the command line: `--set a.b=value` and the short flags. Each becomes a small
//! tree that is laid over the file's, with the argument itself as its place.

use std::ops::Range;
use std::sync::Arc;

use super::error::{ConfigError, Diagnostic, quoted};
use super::flags::{CONFLICTS, Flag, FlagKind, TRACE_PATH};
use super::parse::parse_part;
use super::source::{Origin, Source, Span};
use super::tree::{Entry, Node, Value};

/// No value of a configuration lies deeper; the tree's depth is bounded by it.
const MAX_KEYS: usize = 16;

/// Keys of a whole configuration that can differ between two policies under test.
pub(super) const ROOT_KEYS: [&str; 3] = ["policy", "cluster", "plugins"];

/// One value from the command line.
#[derive(Debug, Clone)]
pub struct Override {
    flag: String,
    path: String,
    tree: Node,
}

impl Override {
    /// The argument of a `--set`: `cluster.kv.blocks=2000`. The value is read as YAML.
    pub fn set(argument: &str) -> Result<Self, ConfigError> {
        const FLAG: &str = "--set";
        let start = FLAG.len() + 1;
        let source = Source::new(Origin::Flag, format!("{FLAG} {argument}"));
        let Some(equals) = argument.find('=') else {
            let span = Span::new(&source, start..source.text.len());
            let help = "write `--set cluster.kv.blocks=2000`".to_owned();
            return Err(ConfigError::at(&span, "this sets nothing: there is no `=`", help));
        };
        let value = parse_part(&source, start + equals + 1..source.text.len())?;
        let keys = path_keys(&source, start, &argument[..equals])?;
        if keys.first().is_some_and(|(key, _)| *key == "base") {
            let span = Span::new(&source, keys[0].1.clone());
            return Err(ConfigError::at(&span, "`base` can be written in a file only", None));
        }
        Ok(Self::new(FLAG, &source, &keys, value))
    }

    /// A short flag with its argument.
    pub fn flag(flag: &Flag, argument: &str) -> Result<Self, ConfigError> {
        let source = Source::new(Origin::Flag, format!("{} {argument}", flag.name));
        let range = flag.name.len() + 1..source.text.len();
        let value = match flag.kind {
            FlagKind::Yaml => parse_part(&source, range)?,
            FlagKind::Text => {
                Node { value: Value::Text(argument.to_owned()), span: Span::new(&source, range) }
            }
        };
        let keys: Vec<_> = flag.path.split('.').map(|key| (key, 0..flag.name.len())).collect();
        Ok(Self::new(flag.name, &source, &keys, value))
    }

    /// Policies as one text, given with `flag`: a routing such as `pa:3,qd:2`, or a map: what is below
    /// `policy:`, or a fragment of a whole configuration.
    pub fn policies(flag: &str, argument: &str) -> Result<Self, ConfigError> {
        let source = Source::new(Origin::Flag, format!("{flag} {argument}"));
        let value = parse_part(&source, flag.len() + 1..source.text.len())?;
        let is_whole = value
            .entries()
            .is_some_and(|entries| entries.iter().any(|entry| ROOT_KEYS.contains(&entry.key.as_str())));
        if let Some(base) = value.entry("base") {
            let message = "`base` can be written in a file only";
            return Err(ConfigError::at(&base.key_span, message, None));
        }
        let range = 0..flag.len();
        Ok(match &value.value {
            Value::Map(_) if is_whole => Self { flag: flag.to_owned(), path: String::new(), tree: value },
            Value::Map(_) => Self::new(flag, &source, &[("policy", range)], value),
            Value::Text(_) => {
                Self::new(flag, &source, &[("policy", range.clone()), ("routing", range)], value)
            }
            _ => {
                let help = "write a routing such as `pa:3,qd:2`, or a map such as `{scheduler: sjf}`";
                let message = format!("these are no policies: {}", value.found());
                return Err(ConfigError::at(&value.span, message, help.to_owned()));
            }
        })
    }

    /// A value under some keys, all at places of one source.
    pub(super) fn new(flag: &str, source: &Arc<Source>, keys: &[(&str, Range<usize>)], value: Node) -> Self {
        let path = keys.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(".");
        let tree = keys.iter().rev().fold(value, |value, (key, range)| {
            let key_span = Span::new(source, range.clone());
            let span = key_span.clone();
            let entry = Entry { key: (*key).to_owned(), key_span, value };
            Node { value: Value::Map(vec![entry]), span }
        });
        Self { flag: flag.to_owned(), path, tree }
    }

    /// The tree with this value alone in it.
    pub(super) fn tree(&self) -> &Node {
        &self.tree
    }

    /// Whether it takes the place of the whole workload.
    pub(super) fn replaces_workload(&self) -> bool {
        self.flag != "--set" && self.path == TRACE_PATH
    }
}

/// The keys of a dotted path that begins at `start` of a source, with their places.
pub(super) fn path_keys<'p>(
    source: &Arc<Source>,
    start: usize,
    path: &'p str,
) -> Result<Vec<(&'p str, Range<usize>)>, ConfigError> {
    let mut keys: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = start;
    for key in path.split('.') {
        let trimmed = key.trim();
        let from = at + (key.len() - key.trim_start().len());
        let range = from..from + trimmed.len();
        if trimmed.is_empty() {
            let help = "keys are separated by single dots".to_owned();
            return Err(ConfigError::at(&Span::new(source, range), "a key is empty", help));
        }
        if keys.len() == MAX_KEYS {
            let message = format!("there are more than {MAX_KEYS} keys in this path");
            return Err(ConfigError::at(&Span::new(source, range), message, None));
        }
        keys.push((trimmed, range));
        at += key.len() + 1;
    }
    Ok(keys)
}

/// Refuses flags that contradict each other.
pub(super) fn check_conflicts(overrides: &[Override]) -> Result<(), ConfigError> {
    let find = |name: &str| overrides.iter().find(|one| one.flag == name);
    for (one, other, reason) in CONFLICTS {
        if let (Some(first), Some(second)) = (find(one), find(other)) {
            let message = format!("{} and {} cannot be used together", quoted(one), quoted(other));
            let (first, second) = (&first.tree.span.source.text, &second.tree.span.source.text);
            let given = format!("given are `{first}` and `{second}`");
            return Err(Diagnostic::new(message).note(given).note(*reason).into());
        }
    }
    Ok(())
}
