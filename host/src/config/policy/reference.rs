//! A policy by its name: `NAME`, `NAME@LABEL` or `{name, params, library}`.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::super::error::{Diagnostic, quoted};
use super::super::json::to_json;
use super::super::reader::{MapReader, Sink, wrong};
use super::super::source::{Span, Spanned};
use super::super::tree::Node;

/// Which policy, with its parameters. Nothing has looked yet whether there is one of that name.
#[derive(Debug, Clone)]
pub struct PolicyRef {
    /// The name, without a label; point here when it is unknown.
    pub name: Spanned<String>,
    /// Which of several libraries with this policy, by the label in `plugins:`.
    pub label: Option<String>,
    /// Which of several libraries with this policy, by its file as seen from the working
    /// directory.
    pub library: Option<Spanned<PathBuf>>,
    /// Parameters; the policy checks them itself.
    pub params: Map<String, Value>,
    params_node: Option<Node>,
}

impl PolicyRef {
    /// A policy that nobody chose.
    #[must_use]
    pub fn of_default(name: &str) -> Self {
        Self::named(Spanned::of_default(name.to_owned()), None)
    }

    fn named(name: Spanned<String>, label: Option<String>) -> Self {
        Self { name, label, library: None, params: Map::new(), params_node: None }
    }

    /// The place of parameter `key`, or else of all parameters, or else of the name: for what the
    /// policy says about them.
    #[must_use]
    pub fn param_span(&self, key: &str) -> &Span {
        match &self.params_node {
            Some(node) => node.entry(key).map_or(&node.span, |entry| &entry.value.span),
            None => &self.name.span,
        }
    }

    /// Whether both mean the same policy of the same library.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.label == other.label && self.library == other.library
    }

    pub(in super::super) fn read(node: &Node, path: &str, sink: &Sink) -> Option<Self> {
        if let Some(text) = node.text() {
            return Self::from_text(node, 0..text.len(), sink);
        }
        if node.entries().is_none() {
            sink.error(wrong(node, path, "the name of a policy, or a map with `name`"));
            return None;
        }
        let mut map = MapReader::new(Some(node), path, sink);
        let policy = Self::read_map(&mut map, sink);
        map.finish();
        policy
    }

    /// From the keys `name`, `params` and `library` of a map that may have more.
    pub(super) fn read_map(map: &mut MapReader<'_>, sink: &Sink) -> Option<Self> {
        let name = map.take("name");
        let params = map.take_written("params");
        let library = map.take_written("library");
        let Some(name) = name else {
            sink.error(Diagnostic::at(&map.span(), format!("`{}` is missing", map.path("name"))));
            return None;
        };
        let Some(text) = name.text() else {
            sink.error(wrong(name, &map.path("name"), "the name of a policy"));
            return None;
        };
        let mut policy = Self::from_text(name, 0..text.len(), sink)?;
        if let Some(node) = params {
            let path = map.path("params");
            if node.entries().is_none() {
                sink.error(wrong(node, &path, "a map of parameters"));
            } else if let Some(Value::Object(params)) = sink.ok(to_json(node, &path)) {
                policy.params = params;
                policy.params_node = Some(node.clone());
            }
        }
        if let Some(node) = library {
            match node.text().filter(|text| !text.trim().is_empty()) {
                Some(text) => {
                    policy.library = Some(Spanned::new(node.span.resolve(text), node.span.clone()));
                }
                None => sink.error(wrong(node, &map.path("library"), "the path of a library")),
            }
        }
        Some(policy)
    }

    /// From a part of a text: `NAME` or `NAME@LABEL`.
    pub(super) fn from_text(node: &Node, range: Range<usize>, sink: &Sink) -> Option<Self> {
        let all = node.text()?.get(range.clone())?;
        let start = range.start + (all.len() - all.trim_start().len());
        let text = all.trim();
        let span = node.sub_span(start..start + text.len());
        let (name, label) = match text.split_once('@') {
            Some((name, label)) => (name, Some(label)),
            None => (text, None),
        };
        let plain = |word: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
            !word.is_empty() && word.chars().all(allowed)
        };
        if !plain(name) || !label.is_none_or(plain) {
            let message = format!("{} is no name of a policy", quoted(text));
            let help = "a name has letters, digits, `-`, `_` and `.`; a library may follow: `NAME@LABEL`";
            sink.error(Diagnostic::at(&span, message).help(help.to_owned()));
            return None;
        }
        let name_span = node.sub_span(start..start + name.len());
        Some(Self::named(Spanned::new(name.to_owned(), name_span), label.map(str::to_owned)))
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = json!({ "name": self.to_string(), "params": self.params });
        if let Some(library) = &self.library {
            value["library"] = json!(library.value);
        }
        value
    }
}

/// `NAME` or `NAME@LABEL`.
impl fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.value)?;
        match &self.label {
            Some(label) => write!(f, "@{label}"),
            None => Ok(()),
        }
    }
}

impl PartialEq for PolicyRef {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) && self.params == other.params
    }
}
