//! Distributions: a number, or a family with what it needs.

use serde_json::{Map, Value, json};

use crate::workload::DistKind;

/// Completes the definition of the long form: by family, what it needs and what it may have; and a plain
/// number.
pub(super) fn finish(definitions: &mut Map<String, Value>) {
    let Some(long) = definitions.get_mut("distribution") else { return };
    let keys: Vec<String> =
        long["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let rules: Vec<Value> = DistKind::ALL.iter().map(|kind| rule(*kind, &keys)).collect();
    // A map over that of a base may leave it out.
    long.as_object_mut().and_then(|long| long.remove("required"));
    long["allOf"] = json!(rules);
    let description = long.as_object_mut().and_then(|long| long.remove("description"));
    let long = long.take();
    let number = json!({ "type": "number", "minimum": 0, "description": "Always this." });
    definitions["distribution"] = json!({ "description": description, "anyOf": [number, long] });
}

fn rule(kind: DistKind, keys: &[String]) -> Value {
    let fields = kind.fields();
    let required: Vec<&str> =
        fields.iter().filter(|(_, required)| *required).map(|(name, _)| *name).collect();
    let has = |key: &str| key == "dist" || fields.iter().any(|(name, _)| *name == key);
    let others: Map<String, Value> =
        keys.iter().filter(|key| !has(key)).map(|key| (key.clone(), json!(false))).collect();
    let mut then = json!({ "required": required, "properties": others });
    let alternatives = kind.alternatives();
    if !alternatives.is_empty() {
        then["oneOf"] = alternatives.iter().map(|key| json!({ "required": [key] })).collect();
    }
    json!({
        "if": { "required": ["dist"], "properties": { "dist": { "const": kind.name() } } },
        "then": then,
    })
}
