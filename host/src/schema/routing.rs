//! Routing in its short and long forms, and what happens when a policy fails.

use serde_json::{Map, Value, json};

use super::policies::{self, alternatives};
use super::{described, map, reference};
use crate::config::{KeyValue, keys_of_routing, limits};
use crate::registry::Kind;

/// A number above 0 as the short form reads it.
const WEIGHT: &str = r"\+?(?=[0-9.]*[1-9])(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?";

/// Defines `routing` and `on-error` over what `policies` has defined.
pub(super) fn define(definitions: &mut Map<String, Value>) {
    let names = alternatives(&definitions["scorer-name"]);
    let pickers = definitions["picker-name"]["anyOf"].as_array().into_iter().flatten();
    let pickers: Vec<Value> = pickers.filter_map(|one| one.get("const").cloned()).collect();
    let mut define = |name: &str, schema| definitions.insert(name.to_owned(), schema);
    define("scorers", scorers(&names));
    define("scorer-weighted", scorer());
    define("class-weights", class_weights());
    define("routing-map", long());
    define("routing", routing(&pickers));
    define("on-error", on_error());
}

/// The forms are told apart as the reader does it, so that an editor shows what is wrong with the one
/// that is meant.
fn routing(pickers: &[Value]) -> Value {
    let mut examples = vec![json!("pa:3,qd:2")];
    examples.extend_from_slice(pickers);
    json!({
        "if": { "type": "string", "pattern": "[:,]" },
        "then": reference("scorers"),
        "else": { "anyOf": [reference("picker-name"), reference("routing-map")] },
        "examples": examples,
    })
}

fn scorers(names: &str) -> Value {
    let one = format!(r"\s*{names}\s*:\s*{WEIGHT}\s*");
    let schema = json!({
        "type": "string",
        "pattern": format!("^{one}(?:,{one})*$"),
        // Not of the standard, which lets validators ignore it: editors show it instead of the pattern.
        "patternErrorMessage": "Scorers are written NAME:WEIGHT, separated by commas, with names that are known and weights above 0: pa:3,qd:2",
    });
    described(schema, "Scorers with weights, `NAME:WEIGHT` separated by commas: `pa:3,qd:2`.")
}

fn scorer() -> Value {
    let weight = json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": limits::WEIGHT,
        "description": "Its share of the total score; only the ratio to the other weights counts.",
    });
    let mut schema = map(json!({
        "name": policies::written_name(),
        "weight": weight,
        "params": policies::parameters(),
        "library": policies::library(),
    }));
    schema["required"] = json!(["name"]);
    schema["allOf"] = json!([reference("scorer-fits")]);
    schema
}

fn class_weights() -> Value {
    let numbers = json!({
        "type": "array", "items": { "type": "number", "minimum": 0, "maximum": limits::WEIGHT },
        "description": "One weight for each of `scorers`.",
    });
    json!({ "anyOf": [reference("scorers"), numbers] })
}

fn long() -> Value {
    let list = json!({ "type": "array", "items": reference("scorer-weighted"), "minItems": 1, "maxItems": limits::SCORERS });
    let scorers = json!({ "anyOf": [reference("scorers"), list, { "type": "null" }] });
    let classes = json!({
        "type": ["object", "null"], "additionalProperties": reference("class-weights"), "required": ["default"],
    });
    let filters = json!({ "type": "array", "items": reference("filter-item"), "maxItems": limits::FILTERS });
    let filters = json!({ "anyOf": [reference("filter-item"), filters, { "type": "null" }] });
    let tie_break = keys_of_routing().into_iter().find_map(|key| match key.value {
        KeyValue::Choice(words) if key.path == "tie_break" => Some(words),
        _ => None,
    });
    let mut schema = map(json!({
        "scorers": described(scorers, "Who scores the instances: the short form, or a list of maps."),
        "by_class": described(classes, "Weights by SLO class over shared scorers; `default` is for all other classes."),
        "filters": described(filters, "Who leaves instances out before they are scored, in this order."),
        "picker": described(
            json!({ "anyOf": [reference("picker"), { "type": "null" }] }),
            "Who chooses; default `max-score` with scorers, `round-robin` without.",
        ),
        "tie_break": { "enum": tie_break, "default": "random", "description": "Who is chosen among equals, by a picker that asks." },
    }));
    // With `by_class`, weights stand there alone; without it, every scorer has one.
    schema["allOf"] = json!([{
        "if": { "required": ["by_class"], "properties": { "by_class": { "type": "object" } } },
        "then": { "properties": { "scorers": { "not": { "type": "string" }, "items": { "properties": { "weight": false } } } } },
        "else": { "properties": { "scorers": { "items": { "required": ["weight"] } } } },
    }]);
    schema
}

fn on_error() -> Value {
    let words = json!({ "enum": ["fail", "skip"] });
    let fallback = |policy: Value| {
        let mut schema = map(json!({ "fallback": policy }));
        schema["required"] = json!(["fallback"]);
        described(schema, "The policy that takes its place for the rest of the run.")
    };
    let item = |kind: Kind| reference(&format!("{}-item", kind.name()));
    let of_any = json!({ "anyOf": Kind::ALL.map(item) });
    let by_kind: Map<String, Value> = Kind::ALL
        .map(|kind| (kind.name().to_owned(), json!({ "anyOf": [words, fallback(item(kind))] })))
        .into_iter()
        .collect();
    let mut by_kind = map(by_kind.into());
    by_kind["minProperties"] = json!(1);
    json!({ "anyOf": [words, fallback(of_any), by_kind] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_that_the_reader_asks_for() {
        let schema = long();
        let mut keys: Vec<String> = keys_of_routing().into_iter().map(|key| key.path).collect();
        keys.sort();
        let known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(known, keys.iter().collect::<Vec<_>>());
    }
}
