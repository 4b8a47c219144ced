//! A latency model as it is written: what reads back as the same.

use serde_json::{Map, Value, json};

use crate::engine::{AffineContext, Grid, LatencyModel, Linear, Roofline, StepModel, Table};

use crate::config::figures;

/// The `latency:` map of a model, with all its figures.
#[must_use]
pub fn to_value(latency: &LatencyModel) -> Value {
    let mut map = Map::new();
    map.insert("model".to_owned(), json!(latency.step.name()));
    map.insert("alpha".to_owned(), json!(latency.alpha));
    let parameters = match &latency.step {
        StepModel::Linear(model) => linear(model),
        StepModel::AffineContext(model) => affine(model),
        StepModel::Roofline(model) => roofline(model),
        StepModel::Table(model) => table(model),
    };
    if let Value::Object(parameters) = parameters {
        map.extend(parameters);
    }
    Value::Object(map)
}

fn linear(model: &Linear) -> Value {
    let mut beta = model.beta.to_vec();
    beta.extend(model.beta3);
    json!({ "beta": beta })
}

fn affine(model: &AffineContext) -> Value {
    json!({
        "base_us": model.base_us,
        "prefill_base_us": model.prefill_base_us,
        "per_prefill_token_us": model.per_prefill_token_us,
        "per_prefill_pair_us": model.per_prefill_pair_us,
        "per_decode_us": model.per_decode_us,
        "per_context_token_us": model.per_context_token_us,
        "graph_sizes": model.graph_sizes,
    })
}

fn roofline(model: &Roofline) -> Value {
    let efficiency = &model.efficiency;
    let mut map = json!({
        "architecture": figures::architecture_value(&model.architecture),
        "gpu": figures::gpu_value(&model.gpu),
        "tensor_parallel": model.tensor_parallel,
        "efficiency": {
            "compute": efficiency.compute,
            "memory": efficiency.memory,
            "attention_compute": efficiency.attention_compute,
            "attention_memory": efficiency.attention_memory,
            "link": efficiency.link,
        },
        "overhead_us": model.overhead_us,
        "prefill_overhead_us": model.prefill_overhead_us,
        "per_request_us": model.per_request_us,
        "sharpness": model.sharpness,
    });
    if model.tensor_parallel > 1 {
        map["all_reduce_us"] = json!(model.all_reduce_us);
    }
    map
}

fn table(model: &Table) -> Value {
    json!({
        "overhead_us": model.overhead_us,
        "tokens": grid(&model.tokens, ["tokens"]),
        "requests": grid(&model.requests, ["requests"]),
        "attention": grid(
            &model.attention,
            ["prefill_tokens", "prefill_context", "decodes", "decode_context"],
        ),
    })
}

fn grid<const N: usize>(grid: &Grid<N>, names: [&str; N]) -> Value {
    let mut map: Map<String, Value> =
        names.iter().zip(grid.axes()).map(|(name, axis)| ((*name).to_owned(), json!(axis))).collect();
    map.insert("us".to_owned(), json!(grid.us()));
    Value::Object(map)
}
