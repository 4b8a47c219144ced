//! What must be there in a file that builds on no other. One that does may leave out whatever the
//! other has: maps merge.

use serde_json::{Value, json};

use super::{latency, reference};

/// The rule for the root of a configuration. Keywords for maps say nothing about other values, so short
/// forms need no exception.
pub(super) fn unless_based() -> Value {
    let named = json!({ "required": ["name"] });
    json!({
        "if": { "required": ["base"], "properties": { "base": { "type": "string" } } },
        "else": { "properties": {
            "cluster": { "properties": { "latency": latency::complete() } },
            "policy": { "properties": {
                "scheduler": named,
                "priority": named,
                "admission": named,
                "routing": { "properties": { "picker": named } },
            } },
            "workload": reference("complete-workload"),
        } },
    })
}
