//! Every key with a fixed name: types and bounds as the reader has them, defaults as it fills them in.

use serde_json::{Value, json};

use super::{parts, reference, texts};
use crate::config::{Key, KeyValue, defaults, keys};

/// The root of a configuration.
pub(super) fn root() -> Value {
    let defaults = defaults();
    let mut root = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    for key in keys() {
        let mut schema = value(&key);
        if let Some(text) = texts::of(&key.path) {
            schema["description"] = json!(text);
        }
        if let Some(default) = default(&key, &defaults) {
            schema["default"] = default;
        }
        insert(&mut root, &key.path, schema);
    }
    root
}

/// Puts a schema at its dotted path; maps come before what is in them.
fn insert(root: &mut Value, path: &str, schema: Value) {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let map =
        above.split('.').filter(|key| !key.is_empty()).fold(root, |map, key| &mut map["properties"][key]);
    map["properties"][name] = schema;
}

fn value(key: &Key) -> Value {
    match &key.value {
        KeyValue::Whole { bounds, or_null } => {
            let mut schema = json!({ "type": "integer", "minimum": bounds.start() });
            if *bounds.end() != u64::MAX {
                schema["maximum"] = json!(bounds.end());
            }
            if *or_null {
                schema["type"] = json!(["integer", "null"]);
            }
            schema
        }
        KeyValue::WholeOrWord { bounds, word } => json!({
            "anyOf": [
                { "type": "integer", "minimum": bounds.start(), "maximum": bounds.end() },
                { "const": word },
            ],
        }),
        KeyValue::NumberOrNull { bounds } => {
            json!({ "type": ["number", "null"], "minimum": bounds.start(), "maximum": bounds.end() })
        }
        KeyValue::Number { bounds } => {
            json!({ "type": "number", "minimum": bounds.start(), "maximum": bounds.end() })
        }
        KeyValue::Truth => json!({ "type": "boolean" }),
        KeyValue::Word => json!({ "type": "string", "minLength": 1 }),
        KeyValue::Choice(words) => json!({ "enum": words }),
        // Null is a map in which nothing was written.
        KeyValue::Map => {
            json!({ "type": ["object", "null"], "properties": {}, "additionalProperties": false })
        }
        KeyValue::Other => other(&key.path),
    }
}

/// What is read otherwise, by its path.
fn other(path: &str) -> Value {
    match path {
        "base" => json!({ "type": ["string", "null"] }),
        "cluster.profile" => json!({ "type": "string", "minLength": 1 }),
        "cluster.latency" => json!({ "anyOf": [reference("latency"), { "type": "null" }] }),
        "plugins" => parts::plugins(),
        "policy.routing" => reference("routing"),
        "policy.scheduler" => reference("scheduler"),
        "policy.priority" => reference("priority"),
        "policy.admission" => reference("admission"),
        "policy.on_error" => reference("on-error"),
        "workload" => json!({ "anyOf": [{ "type": ["string", "null"] }, reference("workload")] }),
        "slo" => parts::slo(),
        _ => json!({}),
    }
}

/// What holds where a file says nothing, as one would write it.
fn default(key: &Key, defaults: &Value) -> Option<Value> {
    match key.path.as_str() {
        "base" | "workload" => return None,
        // By default the profile's.
        "cluster.latency" | "cluster.kv.transfer_gb_per_s" => return Some(Value::Null),
        "cluster.engine.async_scheduling" => return Some(json!(false)),
        "cluster.kv.gpu_memory_utilization" => return Some(json!(0.9)),
        _ if key.value == KeyValue::Map => return None,
        _ => {}
    }
    let found = key.path.split('.').try_fold(defaults, |value, key| value.get(key))?;
    // The long form of a name alone.
    let name = |value: &Value| Some(value.get("name")?.clone());
    Some(name(found).or_else(|| name(found.get("picker")?)).unwrap_or_else(|| found.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    /// All paths with their defaults.
    fn paths(schema: &Value, above: &str, all: &mut Map<String, Value>) {
        for (name, below) in schema["properties"].as_object().into_iter().flatten() {
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            if below.get("properties").is_some() {
                paths(below, &path, all);
            } else {
                all.insert(path, below.get("default").cloned().unwrap_or_default());
            }
        }
    }

    /// Whoever adds a key is told here what else to write.
    #[test]
    fn every_key_has_a_type_and_a_text_and_every_text_a_key() {
        let keys = keys();
        for key in &keys {
            let path = &key.path;
            assert!(texts::of(path).is_some(), "say in `schema/texts.rs` what `{path}` is");
            assert_ne!(value(key), json!({}), "say in `schema/options.rs` what may be written for `{path}`");
        }
        for (path, _) in texts::ALL {
            assert!(keys.iter().any(|key| key.path == *path), "no reader asks for `{path}`");
        }
    }

    #[test]
    fn defaults_are_those_of_the_reader() {
        let mut all = Map::new();
        paths(&root(), "", &mut all);
        assert_eq!(all["seed"], 42);
        assert_eq!(all["cluster.kv.offload_threshold"], 0.9);
        assert_eq!(all["cluster.engine.preemption"], "tail");
        assert_eq!(all["policy.routing"], "round-robin");
        assert_eq!(all["policy.scheduler"], "fcfs");
        assert!(all["horizon_us"].is_null() && all["cluster.latency"].is_null());
    }
}
