//! Values as one would write them into a configuration, on one line.

use serde_json::Value;

use super::scalar;
use super::tree;

/// The value as YAML on one line: words without quotes where they stay what they are.
#[must_use]
pub fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(real) => shortest(real),
            None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{}: {}", flow(&Value::from(key.as_str())), flow(value))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        // JSON is YAML.
        other => other.to_string(),
    }
}

/// Whether a text needs no quotes anywhere.
fn is_plain(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "_-./@".contains(c);
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '/' || c == '.')
        && text.chars().all(allowed)
        && matches!(scalar::typed(text), tree::Value::Text(same) if same == text)
}

/// A number without a `.0` that says nothing.
fn shortest(number: f64) -> String {
    let text = tree::real(number);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_people_do() {
        assert_eq!(flow(&json!("request")), "request");
        assert_eq!(flow(&json!("../a b.so")), "\"../a b.so\"");
        assert_eq!(
            flow(&json!(["1", "true", "null", "", "~", "-"])),
            r#"["1", "true", "null", "", "~", "-"]"#
        );
        assert_eq!(flow(&json!([10_000.0, 0.2, 3, -1, 1e300])), "[10000, 0.2, 3, -1, 1e300]");
        assert_eq!(flow(&json!({ "a": { "b: c": null }, "d": true })), r#"{a: {"b: c": null}, d: true}"#);
    }

    #[test]
    fn what_is_written_is_read_back() {
        for value in
            [json!("é x"), json!("a\n\"b"), json!(["0x10", "1e3"]), json!({ "k": [1.5, { "l": "no" }] })]
        {
            assert_eq!(serde_yaml::from_str::<Value>(&flow(&value)).unwrap(), value);
        }
    }
}
