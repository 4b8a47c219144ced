//! A model's figures, in the words of a Hugging Face `config.json`.

use serde_json::{Value, json};

use crate::config::error::Diagnostic;
use crate::config::reader::{MapReader, Sink, positive, word};
use crate::config::tree::Node;
use crate::engine::{Architecture, Experts};

/// Any figure of a model.
const MOST: u64 = 1 << 32;
/// Bytes of a number.
const MOST_BYTES: f64 = 16.0;

/// Keys of models whose attention or layers are not those of [`Architecture`].
const OTHERWISE: [(&str, &str); 4] = [
    ("kv_lora_rank", "multi-head latent attention"),
    ("n_shared_experts", "experts that every token goes through"),
    ("shared_expert_intermediate_size", "experts that every token goes through"),
    ("ssm_cfg", "state-space layers"),
];

/// Reads a model. A file may have any keys besides; a map in a configuration may not.
pub(super) fn read(node: &Node, path: &str, is_strict: bool, sink: &Sink) -> Option<Architecture> {
    // The language part of a model that sees, too.
    if !is_strict && let Some(inner) = node.get("text_config").filter(|inner| inner.entries().is_some()) {
        return read(inner, path, false, sink);
    }
    let mut map = MapReader::new(Some(node), path, sink);
    let mut is_whole = true;
    for (key, what) in OTHERWISE {
        let found = node.entry(key).filter(|entry| !entry.value.is_null() && entry.value.whole() != Some(0));
        if let Some(entry) = found {
            sink.error(Diagnostic::at(&entry.key_span, format!("{what} (`{key}`) is not modelled")));
            is_whole = false;
        }
    }
    let layers = figure(&mut map, &["num_hidden_layers"], sink);
    let hidden_size = figure(&mut map, &["hidden_size"], sink);
    let heads = figure(&mut map, &["num_attention_heads"], sink);
    let vocab_size = figure(&mut map, &["vocab_size"], sink);
    let experts = optional(&mut map, &["num_local_experts", "num_experts"]).filter(|&count| count > 1);
    let per_token = optional(&mut map, &["num_experts_per_tok"]);
    let own_size = optional(&mut map, &["moe_intermediate_size"]).filter(|_| experts.is_some());
    let intermediate_size = match own_size {
        Some(size) => {
            map.take("intermediate_size");
            Some(size)
        }
        None => figure(&mut map, &["intermediate_size"], sink),
    };
    let kv_heads = optional(&mut map, &["num_key_value_heads"]).or(heads);
    let head_dim = optional(&mut map, &["head_dim"]).or(Some(hidden_size? / heads?));
    let tied = map
        .take("tie_word_embeddings")
        .is_some_and(|node| matches!(node.value, crate::config::tree::Value::Bool(true)));
    let number_bytes = bytes_of_type(&mut map);
    let quantised = quantised_bytes(&mut map, sink);
    let weight_bytes = given_bytes(&mut map, "weight_bytes", sink).or(quantised).unwrap_or(number_bytes);
    let kv_bytes = given_bytes(&mut map, "kv_bytes", sink).unwrap_or(number_bytes);
    if is_strict {
        map.finish();
    }
    let experts = match (experts, per_token) {
        (Some(count), Some(per_token)) => Some(Experts { count, per_token: per_token.min(count) }),
        (Some(_), None) => {
            sink.error(Diagnostic::at(&node.span, "a model with experts needs `num_experts_per_tok`"));
            is_whole = false;
            None
        }
        (None, _) => None,
    };
    let architecture = Architecture {
        layers: layers?,
        hidden_size: hidden_size?,
        heads: heads?,
        kv_heads: kv_heads?,
        head_dim: head_dim?,
        intermediate_size: intermediate_size?,
        vocab_size: vocab_size?,
        tied_embeddings: tied,
        experts,
        weight_bytes,
        kv_bytes,
    };
    is_whole.then_some(architecture)
}

/// A figure that must be there, under one of these keys.
fn figure(map: &mut MapReader<'_>, keys: &[&'static str], sink: &Sink) -> Option<u64> {
    let found = optional(map, keys);
    if found.is_none() && map.is_map() && keys.iter().all(|key| !map.is_set(key)) {
        sink.error(Diagnostic::at(&map.span(), format!("`{}` is missing", map.path(keys[0]))));
    }
    found
}

fn optional(map: &mut MapReader<'_>, keys: &[&'static str]) -> Option<u64> {
    keys.iter().fold(None, |found, key| found.or(map.whole_or_null(key, 1..=MOST)))
}

/// Bytes of a number of the type that the model was saved in; those of bf16 where it says none.
fn bytes_of_type(map: &mut MapReader<'_>) -> f64 {
    let mut name = |key| map.take(key).and_then(Node::text).map(str::to_owned);
    let (old, new) = (name("torch_dtype"), name("dtype"));
    match new.or(old).as_deref() {
        Some("float32") => 4.0,
        Some("float8_e4m3fn" | "float8_e5m2") => 1.0,
        _ => 2.0,
    }
}

fn given_bytes(map: &mut MapReader<'_>, key: &'static str, sink: &Sink) -> Option<f64> {
    let path = map.path(key);
    map.take_written(key).and_then(|node| positive(node, &path, MOST_BYTES, sink))
}

/// Bytes of a quantised weight.
fn quantised_bytes(map: &mut MapReader<'_>, sink: &Sink) -> Option<f64> {
    let node = map.take_written("quantization_config")?;
    if let Some(bits) = node.get("bits").and_then(Node::number) {
        return Some(bits / 8.0);
    }
    let method = node.get("quant_method").and_then(|method| word(method, "quant_method", sink))?;
    if method.value.contains("fp8") {
        return Some(1.0);
    }
    let message = format!("how many bytes a weight has after `{}` is not known", method.value);
    sink.error(Diagnostic::at(&method.span, message).help("give `weight_bytes`".to_owned()));
    None
}

/// What reads back as the same.
pub(in crate::config) fn to_value(model: &Architecture) -> Value {
    let mut map = json!({
        "num_hidden_layers": model.layers,
        "hidden_size": model.hidden_size,
        "num_attention_heads": model.heads,
        "num_key_value_heads": model.kv_heads,
        "head_dim": model.head_dim,
        "intermediate_size": model.intermediate_size,
        "vocab_size": model.vocab_size,
        "tie_word_embeddings": model.tied_embeddings,
        "weight_bytes": model.weight_bytes,
        "kv_bytes": model.kv_bytes,
    });
    if let Some(experts) = model.experts {
        map["num_experts"] = json!(experts.count);
        map["num_experts_per_tok"] = json!(experts.per_token);
    }
    map
}
