//! From the tree to JSON, for parameters of policies and for records.

use serde_json::{Map, Number, Value as Json};

use super::error::ConfigError;
use super::tree::{Node, Value, join};

/// Up to here every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The same value as JSON, which knows neither NaN nor infinity.
pub(super) fn to_json(node: &Node, path: &str) -> Result<Json, ConfigError> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Whole(number) => Json::from(*number),
        Value::Negative(number) => Json::from(*number),
        // `60e6` is a whole number here as everywhere; what a double holds exactly stays the same.
        Value::Real(number) if number.fract() == 0.0 && number.abs() <= EXACT => Json::from(*number as i64),
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use crate::config::{Config, Override};

    /// A parameter of any numeric type takes a whole number however it is written.
    #[test]
    fn whole_numbers_stay_whole() {
        let text = "workload: {requests: 1}\n";
        let params = "{name: sjf, params: {a: 60e6, b: 2.0, c: 0.5, d: 1e300, e: -3e2}}";
        let overrides = [Override::set(&format!("policy.scheduler={params}")).unwrap()];
        let config = Config::from_text(Path::new("run.yaml"), text, &overrides).unwrap();
        let params = config.resolve().unwrap().policy.scheduler.params;
        let expected = json!({"a": 60_000_000, "b": 2, "c": 0.5, "d": 1e300, "e": -300});
        assert_eq!(serde_json::Value::Object(params), expected);
    }
}
