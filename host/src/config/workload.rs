//! The `workload:` value: this module knows where it was written, `workload` what it means.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::de;
use super::error::ConfigError;
use super::json::to_json;
use super::load::reference;
use super::source::Span;
use super::tree::{Node, Value};

/// The workload as it was written, with the places of everything in it.
#[derive(Debug, Clone)]
pub struct WorkloadNode {
    node: Node,
    json: Json,
}

/// Keys whose values are paths, wherever in a workload they stand.
const PATH_KEYS: [&str; 2] = ["trace", "file"];

impl WorkloadNode {
    /// Reads the file that a text names; paths are then as seen from the working directory.
    pub(super) fn read(node: &Node) -> Result<Self, ConfigError> {
        let mut node = reference(node)?;
        if node.entries().is_none() {
            let message = format!("`workload` must be the path of a file or a map, found {}", node.found());
            return Err(ConfigError::at(&node.span, message, None));
        }
        locate_paths(&mut node);
        let json = to_json(&node, "workload")?;
        Ok(Self { node, json })
    }

    /// The workload as a strict type of serde; errors point at the value that they are about.
    pub fn spec<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        de::read(&self.node, "workload")
    }

    /// The place of the value under a path such as `classes[0].share`, or else of what
    /// contains it: for errors that are found later.
    #[must_use]
    pub fn span(&self, path: &str) -> &Span {
        let mut node = &self.node;
        for key in path.split(['.', '[', ']']).filter(|key| !key.is_empty()) {
            let below = match &node.value {
                Value::List(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
                _ => node.get(key),
            };
            match below {
                Some(below) => node = below,
                None => break,
            }
        }
        &node.span
    }

    /// The file that it was written in.
    pub(super) fn file(&self) -> Option<&Path> {
        self.node.span.file()
    }

    /// As JSON, for records.
    #[must_use]
    pub fn to_value(&self) -> &Json {
        &self.json
    }
}

impl PartialEq for WorkloadNode {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

fn locate_paths(node: &mut Node) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(locate_paths),
        Value::Map(entries) => {
            for entry in entries {
                match &mut entry.value.value {
                    Value::Text(path) if PATH_KEYS.contains(&entry.key.as_str()) => {
                        // Serde reads texts: a path that is not UTF-8 cannot be written in YAML.
                        *path = entry.value.span.resolve(&*path).to_string_lossy().into_owned();
                    }
                    _ => locate_paths(&mut entry.value),
                }
            }
        }
        _ => {}
    }
}
