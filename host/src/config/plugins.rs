//! The `plugins:` list: libraries to load beside those that are found by themselves.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::error::{Diagnostic, quoted};
use super::reader::{MapReader, Sink, word, wrong};
use super::source::Spanned;
use super::tree::{Node, Value};

/// A library that the configuration names.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginRef {
    /// Its file, as seen from the working directory.
    pub file: Spanned<PathBuf>,
    /// Tells its policies apart from those of another build: `NAME@LABEL`.
    pub label: Option<Spanned<String>>,
}

pub(super) fn read(node: Option<&Node>, sink: &Sink) -> Vec<PluginRef> {
    let mut plugins: Vec<PluginRef> = Vec::new();
    let Some(node) = node.filter(|node| !node.is_null()) else { return plugins };
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, "plugins", "a list of libraries"));
        return plugins;
    };
    for (index, item) in items.iter().enumerate() {
        let Some(plugin) = read_one(item, &format!("plugins[{index}]"), sink) else { continue };
        let same = plugins.iter().find(|other| plugin.label.is_some() && other.label == plugin.label);
        if let (Some(first), Some(label)) = (same.and_then(|one| one.label.as_ref()), &plugin.label) {
            let message = format!("the label {} is given to two libraries", quoted(&label.value));
            sink.error(Diagnostic::at(&label.span, message).other(&first.span, "first given here"));
        }
        plugins.push(plugin);
    }
    plugins
}

fn read_one(node: &Node, path: &str, sink: &Sink) -> Option<PluginRef> {
    let locate = |file: Spanned<String>| Spanned::new(file.span.resolve(&file.value), file.span);
    if node.entries().is_none() {
        if node.text().is_none() {
            sink.error(wrong(node, path, "the path of a library, or `{file: ..., label: ...}`"));
            return None;
        }
        return word(node, path, sink).map(|file| PluginRef { file: locate(file), label: None });
    }
    let mut map = MapReader::new(Some(node), path, sink);
    if !map.is_set("file") {
        sink.error(Diagnostic::at(&node.span, format!("`{}` is missing", map.path("file"))));
    }
    let file = map.word("file");
    let label = map.word("label");
    map.finish();
    if let Some(label) = &label
        && !label.value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    {
        let help = "a label has letters, digits, `-`, `_` and `.`".to_owned();
        let message = format!("{} is no label", quoted(&label.value));
        sink.error(Diagnostic::at(&label.span, message).help(help));
    }
    Some(PluginRef { file: locate(file?), label })
}

pub(super) fn to_value(plugins: &[PluginRef]) -> Json {
    let one = |plugin: &PluginRef| match &plugin.label {
        Some(label) => json!({ "file": plugin.file.value, "label": label.value }),
        None => json!(plugin.file.value),
    };
    plugins.iter().map(one).collect()
}
