//! Parts that are read by hand and hold no policies: latency, plugins, targets, profiles.

use serde_json::{Map, Value, json};

use super::{described, latency, map, reference};
use crate::config::limits;

/// What a label is made of.
const LABEL: &str = "^[A-Za-z0-9_.-]+$";

pub(super) fn define(definitions: &mut Map<String, Value>) {
    definitions.insert("latency".to_owned(), latency::definition());
    definitions.insert("targets".to_owned(), targets());
}

pub(super) fn plugins() -> Value {
    let mut library = map(json!({
        "file": { "type": "string", "minLength": 1, "description": "The library." },
        "label": {
            "type": "string", "pattern": LABEL,
            "description": "Tells its policies from others of the same name: `NAME@LABEL`.",
        },
    }));
    library["required"] = json!(["file"]);
    json!({ "type": ["array", "null"], "items": { "anyOf": [{ "type": "string", "minLength": 1 }, library] } })
}

pub(super) fn slo() -> Value {
    json!({ "type": ["object", "null"], "additionalProperties": reference("targets") })
}

fn targets() -> Value {
    let target = |text: &str| json!({ "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": limits::RATE, "description": text });
    let mut schema = map(json!({
        "ttft_ms": target("Time to first token. [ms]"),
        "e2e_ms": target("From arrival to the last token. [ms]"),
        "tpot_ms": target("Mean time per output token after the first. [ms]"),
        "itl_ms": target("Longest gap between two tokens. [ms]"),
    }));
    schema["minProperties"] = json!(1);
    described(schema, "A request of this class is good if it meets all of them.")
}

/// The root of a cluster profile.
pub(super) fn profile() -> Value {
    let text = |text: &str| json!({ "type": "string", "minLength": 1, "description": text });
    let mut kv = map(json!({
        "blocks": {
            "anyOf": [{ "type": "integer", "minimum": 1, "maximum": limits::BLOCKS }, { "const": "auto" }],
            "description": "GPU blocks that fit beside the weights; `auto`: counted from `architecture` and `hardware`.",
        },
        "gpu_memory_utilization": { "type": ["number", "null"], "minimum": 0.01, "maximum": 1, "description": "With `auto`: the share of GPU memory that the server takes." },
    }));
    kv["required"] = json!(["blocks"]);
    let mut profile = map(json!({
        "model": text("The model."),
        "gpu": text("The GPU."),
        "tensor_parallel": { "type": ["integer", "null"], "minimum": 1, "maximum": limits::INSTANCES, "description": "GPUs that one instance spans." },
        "architecture": latency::architecture(),
        "hardware": latency::gpu(),
        "latency": { "allOf": [reference("latency"), latency::complete()] },
        "kv": kv,
        "source": text("Where the figures come from."),
        "notes": text("What one should know about them."),
    }));
    profile["required"] = json!(["latency", "kv"]);
    described(profile, "What a model on a GPU needs: a latency model and KV blocks.")
}
