//! The `latency:` map: a model, and the parameters of that model alone.

use serde_json::{Map, Value, json};

use super::{described, map};
use crate::config::limits;

/// By model: what it needs beside its name, and what it may have.
const MODELS: [(&str, &[&str], &[&str]); 4] = [
    ("linear", &["alpha", "beta"], &[]),
    (
        "affine-context",
        &["base_us"],
        &[
            "alpha",
            "prefill_base_us",
            "per_prefill_token_us",
            "per_prefill_pair_us",
            "per_decode_us",
            "per_context_token_us",
            "graph_sizes",
        ],
    ),
    (
        "roofline",
        &[],
        &[
            "alpha",
            "architecture",
            "gpu",
            "tensor_parallel",
            "efficiency",
            "overhead_us",
            "prefill_overhead_us",
            "per_request_us",
            "all_reduce_us",
            "sharpness",
        ],
    ),
    ("table", &["tokens", "requests", "attention"], &["alpha", "overhead_us"]),
];

/// Figures of a model or of a GPU: a name, the path of a file, or a map.
pub(super) fn figures(properties: &[&str], text: &str) -> Value {
    let map: Map<String, Value> = properties.iter().map(|key| ((*key).to_owned(), json!({}))).collect();
    described(
        json!({ "anyOf": [
            { "type": "string", "minLength": 1 },
            { "type": "object", "properties": map, "additionalProperties": false },
        ] }),
        text,
    )
}

pub(super) fn architecture() -> Value {
    let keys = [
        "num_hidden_layers",
        "hidden_size",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "intermediate_size",
        "moe_intermediate_size",
        "vocab_size",
        "tie_word_embeddings",
        "num_local_experts",
        "num_experts",
        "num_experts_per_tok",
        "torch_dtype",
        "dtype",
        "quantization_config",
        "weight_bytes",
        "kv_bytes",
    ];
    figures(&keys, "The model: `models/NAME.json`, the path of a Hugging Face config.json, or its figures.")
}

pub(super) fn gpu() -> Value {
    let keys = ["peak_tflops", "memory_gb_per_s", "memory_gib", "link_gb_per_s", "source"];
    figures(&keys, "The GPU: `gpus/NAME.yaml`, the path of such a file, or its figures.")
}

/// The definition; what must be there is in [`complete`].
pub(super) fn definition() -> Value {
    let mut schema = map(properties());
    let all: Vec<String> =
        schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let rules = MODELS.iter().map(|(name, needed, may)| {
        let has = |key: &str| key == "model" || needed.contains(&key) || may.contains(&key);
        let others: Map<String, Value> =
            all.iter().filter(|key| !has(key)).map(|key| (key.clone(), json!(false))).collect();
        json!({ "if": is(name), "then": { "properties": others } })
    });
    schema["allOf"] = rules.collect();
    described(schema, "How long things take: host/docs/latency.md.")
}

/// What must be there in a latency model that builds on no other.
pub(super) fn complete() -> Value {
    let rules = MODELS.iter().filter(|(_, needed, _)| !needed.is_empty());
    json!({ "allOf": rules
        .map(|(name, needed, _)| json!({ "if": is(name), "then": { "required": needed } }))
        .collect::<Value>() })
}

/// Whether it is this model: `linear` where none is named.
fn is(name: &str) -> Value {
    let mut rule = json!({ "type": "object", "properties": { "model": { "const": name } } });
    if name != "linear" {
        rule["required"] = json!(["model"]);
    }
    rule
}

fn properties() -> Value {
    let number = |most: f64, text: &str| json!({ "type": "number", "minimum": 0, "maximum": most, "description": text });
    let constant = |text: &str| number(limits::CONSTANT_US, text);
    let coefficients = |most: usize, text: &str| {
        let number = json!({ "type": "number", "minimum": 0, "maximum": limits::CONSTANT_US });
        described(json!({ "type": "array", "items": number, "minItems": 3, "maxItems": most }), text)
    };
    let share =
        |text: &str| json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": text });
    let mut efficiency = map(json!({
        "compute": share("Of the peak, in products with weights."),
        "memory": share("Of the memory bandwidth, reading weights."),
        "attention_compute": share("Of the peak, in the attention of prompts."),
        "attention_memory": share("Of the memory bandwidth, reading KV."),
        "link": share("Of the link's bandwidth."),
    }));
    efficiency["type"] = json!(["object", "null"]);
    let names: Vec<&str> = MODELS.iter().map(|(name, _, _)| *name).collect();
    json!({
        "model": { "enum": names, "default": "linear", "description": "What the length of a step depends on." },
        "alpha": coefficients(3, "On its way in a request pays trunc(alpha0 + alpha1 * prompt tokens); a token is seen trunc(alpha2) after its step. [us]"),
        "beta": coefficients(4, "A step takes trunc(beta0 + beta1 * prefill tokens + beta2 * decodes), and beta3 per squared prefill token. [us]"),
        "base_us": constant("What every step takes. [us]"),
        "prefill_base_us": constant("What every step with a prompt in it takes beside. [us]"),
        "per_prefill_token_us": number(limits::PER_TOKEN_US, "Per token of a prompt. [us]"),
        "per_prefill_pair_us": number(limits::PER_SQUARE_US, "Per pair of a prompt's token and a position that it attends to. [us]"),
        "per_decode_us": number(limits::PER_TOKEN_US, "Per request that only decodes. [us]"),
        "per_context_token_us": number(limits::PER_TOKEN_US, "Per token of context that such a request attends to. [us]"),
        "graph_sizes": {
            "type": ["array", "null"], "items": { "type": "integer", "minimum": 1, "maximum": limits::SEATS },
            "description": "Batch sizes of recorded CUDA graphs, ascending: decodes are padded to the next.",
        },
        "architecture": architecture(),
        "gpu": gpu(),
        "tensor_parallel": { "type": ["integer", "null"], "minimum": 1, "maximum": 1024, "description": "GPUs that an instance spans; default: the profile's." },
        "efficiency": described(efficiency, "Shares of the GPU's figures that are reached."),
        "overhead_us": constant("What every step takes beside. [us]"),
        "prefill_overhead_us": constant("What every step with a prompt in it takes beside that. [us]"),
        "per_request_us": constant("What every request in a step takes beside. [us]"),
        "all_reduce_us": constant("What one all-reduce takes beside its bytes. [us]"),
        "sharpness": { "type": ["number", "null"], "minimum": 1, "maximum": 1000, "description": "How sharply arithmetic gives way to memory; null: the longer of the two." },
        "tokens": grid(&["tokens"], "By tokens of the step: the layers, attention aside."),
        "requests": grid(&["requests"], "By requests of the step: head and sampling."),
        "attention": grid(&["prefill_tokens", "prefill_context", "decodes", "decode_context"], "Attention, the last axis fastest."),
    })
}

fn grid(axes: &[&str], text: &str) -> Value {
    let numbers = json!({ "type": "array", "items": { "type": "number", "minimum": 0 }, "minItems": 1 });
    let keys: Vec<&str> = axes.iter().copied().chain(["us"]).collect();
    let properties: Map<String, Value> =
        keys.iter().map(|key| ((*key).to_owned(), numbers.clone())).collect();
    let mut schema = map(Value::Object(properties));
    schema["required"] = json!(keys);
    described(schema, text)
}
