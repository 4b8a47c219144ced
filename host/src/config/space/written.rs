//! A point of a space as a file: a `base` and what is laid over it.

use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use super::super::json::to_json;
use super::super::layer::layer;
use super::super::overrides::Override;
use super::super::tree::{Node, Value, join};
use super::super::{Config, ConfigError};

/// Keys whose texts are paths, relative to where they were written.
const PATHS: [&str; 4] = ["trace", "file", "library", "workload"];

/// The text of a file at `place` that gives the same run as `config` under `overrides`. `None` where
/// a file cannot say it, such as a trace that takes the place of another one.
///
/// # Errors
///
/// What is wrong with the configuration.
pub(super) fn written(
    config: &Path,
    overrides: &[Override],
    place: &Path,
) -> Result<Option<String>, ConfigError> {
    let over = overrides.iter().fold(Node::blank(), |under, one| layer(under, one.tree().clone(), ""));
    let directory = place.parent().unwrap_or(Path::new(""));
    let mut map = Map::new();
    map.insert("base".to_owned(), json!(from(directory, config)));
    for entry in over.entries().unwrap_or_default() {
        map.insert(entry.key.clone(), value(&entry.value, &entry.key, directory)?);
    }
    let Ok(text) = serde_yaml::to_string(&map) else { return Ok(None) };
    // A path that cannot be said otherwise, a map that replaces and would be merged: seen, not guessed.
    let wanted = Config::load(config, overrides)?.resolve()?;
    let read = Config::from_text(place, &text, &[]).and_then(|config| config.resolve());
    let is_same = read.is_ok_and(|read| {
        let (mut read, mut wanted) = (read.to_value(), wanted.to_value());
        settle(&mut read);
        settle(&mut wanted);
        read == wanted
    });
    Ok(is_same.then_some(text))
}

fn value(node: &Node, path: &str, directory: &Path) -> Result<Json, ConfigError> {
    let key = path.rsplit(['.', '[']).next().unwrap_or(path);
    Ok(match &node.value {
        Value::Text(text) if PATHS.contains(&key) || path.starts_with("plugins[") => {
            json!(from(directory, &node.span.resolve(text)))
        }
        Value::Map(entries) => {
            let read = |entry: &super::super::tree::Entry| {
                Ok((entry.key.clone(), value(&entry.value, &join(path, &entry.key), directory)?))
            };
            Json::Object(entries.iter().map(read).collect::<Result<_, ConfigError>>()?)
        }
        Value::List(items) => {
            let read = |(index, item)| value(item, &format!("{path}[{index}]"), directory);
            Json::Array(items.iter().enumerate().map(read).collect::<Result<_, _>>()?)
        }
        _ => to_json(node, path)?,
    })
}

/// Two ways to one file are one.
fn settle(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            for (key, value) in entries.iter_mut() {
                match value.as_str().map(|text| Path::new(text).canonicalize()) {
                    Some(Ok(real)) if PATHS.contains(&key.as_str()) => *value = json!(real),
                    _ => settle(value),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

/// `path` as seen from a directory.
fn from(directory: &Path, path: &Path) -> PathBuf {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let (Ok(here), Ok(real)) = (here.canonicalize(), path.canonicalize()) else { return path.to_owned() };
    let common = here.components().zip(real.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    let down = real.components().skip(common);
    up.chain(down).collect()
}
