//! The workload: from the types that serde reads, and the rules between their keys.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::distribution;
use crate::workload::{MAX_TOKENS, WorkloadSpec};

/// Keys that a made-up workload may have, and a trace may not.
const SYNTHETIC: [&str; 9] = [
    "requests",
    "arrivals",
    "prompt_tokens",
    "output_tokens",
    "max_tokens",
    "classes",
    "tenants",
    "shared_prefixes",
    "sessions",
];
/// Keys that only a trace may have.
const OF_TRACES: [&str; 4] = ["format", "columns", "time_unit", "speedup"];

/// Defines `workload` with what belongs to it, and `complete-workload`: what must be there in addition
/// where no other file completes it.
pub(super) fn define(definitions: &mut Map<String, Value>) {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<WorkloadSpec>();
    let mut generated = generator.take_definitions(true);
    generated.values_mut().for_each(tidy);
    distribution::finish(&mut generated);
    // Maps merge with those of a base: what they must have depends on it. Lists do not.
    let mut required = |definition: &str| {
        generated
            .get_mut(definition)
            .and_then(|schema| schema.as_object_mut()?.remove("required"))
            .unwrap_or(json!([]))
    };
    let complete = complete(&required("arrivals"), &required("sessions"), &required("shared-prefixes"));
    whole_tokens(&mut generated);
    rules(&mut generated);
    definitions.extend(generated);
    definitions.insert("complete-workload".to_owned(), complete);
}

/// Rules that hold whatever a base has.
fn rules(generated: &mut Map<String, Value>) {
    let none_of =
        |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), json!(false))).collect::<Map<_, _>>();
    let description = "Made-up requests, or those of a trace where `trace` is given.";
    generated["workload"]["description"] = json!(description);
    generated["workload"]["allOf"] = json!([
        { "if": { "required": ["trace"] }, "then": { "properties": none_of(&SYNTHETIC) } },
        { "not": { "required": ["rate", "speedup"] } },
        {
            "if": { "required": ["format"], "properties": { "format": { "enum": ["mooncake", "azure", "native"] } } },
            "then": { "properties": none_of(&["columns", "time_unit"]) },
        },
    ]);
    generated["arrivals"]["allOf"] = json!([
        { "not": { "required": ["rate_per_s", "phases"] } },
        { "not": { "required": ["swing", "phases"] } },
        {
            "if": { "required": ["process"], "properties": { "process": { "enum": ["constant", "poisson"] } } },
            "then": { "properties": { "cv": false } },
        },
    ]);
    generated["shared-prefixes"]["allOf"] = json!([{
        "if": { "required": ["popularity"], "properties": { "popularity": { "const": "uniform" } } },
        "then": { "properties": { "exponent": false } },
    }]);
}

/// Rules for a workload that nothing completes.
fn complete(arrivals: &Value, sessions: &Value, prefixes: &Value) -> Value {
    let of_traces: Map<String, Value> =
        OF_TRACES.iter().map(|key| ((*key).to_owned(), json!(false))).collect();
    let distribution = json!({ "required": ["dist"] });
    json!({
        "if": { "type": "object", "not": { "required": ["trace"] } },
        "then": {
            "required": ["requests", "arrivals"],
            "properties": of_traces,
            "allOf": [{
                "properties": {
                    "arrivals": {
                        "required": arrivals,
                        "if": { "properties": { "process": { "const": "gamma" } } },
                        "then": { "required": ["cv"] },
                    },
                    "sessions": { "required": sessions, "properties": { "think_time_s": distribution } },
                    "shared_prefixes": { "required": prefixes },
                    "prompt_tokens": distribution,
                    "output_tokens": distribution,
                },
            }, {
                "if": { "not": { "required": ["rate"] } },
                "then": { "properties": { "arrivals": { "anyOf": [
                    { "required": ["rate_per_s"] }, { "required": ["phases"] }, { "not": { "type": "object" } },
                ] } } },
            }, {
                // Every class may have its own.
                "if": { "not": { "required": ["classes"] } },
                "then": { "required": ["prompt_tokens", "output_tokens"] },
            }],
        },
    })
}

/// Numbers of tokens are whole and at least 1.
fn whole_tokens(generated: &mut Map<String, Value>) {
    for (definition, key) in
        ["workload", "class"].into_iter().flat_map(|one| [(one, "prompt_tokens"), (one, "output_tokens")])
    {
        let Some(schema) = generated.get_mut(definition) else { continue };
        schema["properties"][key]["if"] = json!({ "type": "number" });
        schema["properties"][key]["then"] = json!({ "type": "integer", "minimum": 1, "maximum": MAX_TOKENS });
    }
}

/// Makes documentation for Rust into documentation for users, and leaves out what says nothing.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            keys.remove("format");
            if keys.get("default").is_some_and(Value::is_null) {
                keys.remove("default");
            }
            // Draft 7 has another word for it: one schema for all items says as much here.
            if let Some(first) =
                keys.remove("prefixItems").and_then(|items| items.as_array()?.first().cloned())
            {
                keys.insert("items".to_owned(), first);
            }
            if let Some(Value::String(text)) = keys.get_mut("description") {
                *text = plain(text);
            }
            // A key may be called like a keyword: what is below `properties` are keys.
            for (key, below) in keys {
                match (key.as_str(), below) {
                    ("properties", Value::Object(properties)) => properties.values_mut().for_each(tidy),
                    ("const" | "enum" | "default", _) => {}
                    (_, below) => tidy(below),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// Documentation without examples, links and escapes, on one line.
fn plain(text: &str) -> String {
    let text = text.split("```").next().unwrap_or_default();
    let text = text.replace("\\[", "\u{1}").replace("\\]", "\u{2}");
    let text = text.replace("[`", "`").replace("`]", "`").replace('\u{1}', "[").replace('\u{2}', "]");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // What announced an example announces nothing now.
    text.strip_suffix(':').map_or_else(|| text.clone(), |text| format!("{text}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_for_users() {
        let text = "Mean rate;\nsee [`Columns`]. \\[requests/s\\]\n\n```yaml\na: 1\n```";
        assert_eq!(plain(text), "Mean rate; see `Columns`. [requests/s]");
        assert_eq!(plain("Piece by piece:\n\n```yaml"), "Piece by piece.");
    }

    /// All keys of the type are on one side or the other, so that a new one is not forgotten.
    #[test]
    fn every_key_is_for_traces_or_for_made_up_requests_or_for_both() {
        let mut definitions = Map::new();
        define(&mut definitions);
        let keys = definitions["workload"]["properties"].as_object().unwrap();
        let both = ["trace", "limit", "rate"];
        let known: Vec<&str> = SYNTHETIC.into_iter().chain(OF_TRACES).chain(both).collect();
        assert!(keys.keys().all(|key| known.contains(&key.as_str())), "{:?}", keys.keys());
        assert!(known.iter().all(|key| keys.contains_key(*key)), "{known:?}");
        assert!(keys.values().all(|key| key["description"].is_string()), "{keys:?}");
    }
}
