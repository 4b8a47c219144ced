//! From the tree to JSON, for parameters of policies and for records.

use serde_json::{Map, Number, Value as Json};

use super::error::ConfigError;
use super::tree::{Node, Value, join};

/// The same value as JSON, which knows neither NaN nor infinity.
pub(super) fn to_json(node: &Node, path: &str) -> Result<Json, ConfigError> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Whole(number) => Json::from(*number),
        Value::Negative(number) => Json::from(*number),
        Value::Real(number) => match Number::from_f64(*number) {
            Some(number) => Json::Number(number),
            None => {
                let message = format!("`{path}` must be a finite number, found {}", node.found());
                return Err(ConfigError::at(&node.span, message, None));
            }
        },
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => {
            let read = |(index, item)| to_json(item, &format!("{path}[{index}]"));
            Json::Array(items.iter().enumerate().map(read).collect::<Result<_, _>>()?)
        }
        Value::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                map.insert(entry.key.clone(), to_json(&entry.value, &join(path, &entry.key))?);
            }
            Json::Object(map)
        }
    })
}
