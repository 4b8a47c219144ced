//! Parts that are read by hand and hold no policies: latency, plugins, targets, profiles.

use serde_json::{Map, Value, json};

use super::{described, map, reference};
use crate::config::limits;

/// What a label is made of.
const LABEL: &str = "^[A-Za-z0-9_.-]+$";

pub(super) fn define(definitions: &mut Map<String, Value>) {
    definitions.insert("latency".to_owned(), latency());
    definitions.insert("targets".to_owned(), targets());
}

fn latency() -> Value {
    let coefficients = |most: usize, text: &str| {
        let number = json!({ "type": "number", "minimum": 0, "maximum": limits::CONSTANT_US });
        described(json!({ "type": "array", "items": number, "minItems": 3, "maxItems": most }), text)
    };
    let schema = map(json!({
        "model": { "const": "linear", "default": "linear", "description": "The only one so far." },
        "alpha": coefficients(3, "On its way in a request pays trunc(alpha0 + alpha1 * prompt tokens); a token is seen trunc(alpha2) after its step. [us]"),
        "beta": coefficients(4, "A step takes trunc(beta0 + beta1 * prefill tokens + beta2 * decodes), and beta3 per squared prefill token. [us]"),
    }));
    described(schema, "How long things take: host/docs/model.md, section 10.")
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
        "blocks": { "type": "integer", "minimum": 1, "maximum": limits::BLOCKS, "description": "GPU blocks that fit beside the weights." },
    }));
    kv["required"] = json!(["blocks"]);
    let mut profile = map(json!({
        "model": text("The model."),
        "gpu": text("The GPU."),
        "tensor_parallel": { "type": ["integer", "null"], "minimum": 1, "maximum": limits::INSTANCES, "description": "GPUs that one instance spans." },
        "latency": { "allOf": [reference("latency"), { "required": ["alpha", "beta"] }] },
        "kv": kv,
        "source": text("Where the figures come from."),
        "notes": text("What one should know about them."),
    }));
    profile["required"] = json!(["latency", "kv"]);
    described(profile, "What a model on a GPU needs: latency coefficients and KV blocks.")
}
