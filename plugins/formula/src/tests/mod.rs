//! The scorer through the whole glue, and its evaluation against Rhai's own.

mod against_rhai;
mod faults;
mod meaning;
mod reading;

use pointsman_plugin_api::testkit::Scorers;
use pointsman_plugin_api::{attribute, signal};

use crate::Formula;

/// A formula over three instances, for a critical request of 800 tokens.
fn scorer(expr: &str) -> Result<Scorers, String> {
    let params = serde_json_string(expr);
    let mut scorer = Scorers::new::<Formula>(&format!(r#"{{"expr": {params}}}"#))?;
    scorer
        .instances
        .set(&signal::INSTANCE, &[0, 1, 7])
        .set(&signal::QUEUE_DEPTH, &[0, 3, 10])
        .set(&signal::BATCH_SIZE, &[1, 1, 4])
        .set(&signal::PENDING_REQUESTS, &[0, 1, 0])
        .set(&signal::KV_UTILIZATION, &[0.0, 0.25, 0.9])
        .set(&signal::PENDING_TRANSFER_LATENCY, &[0, 2500, 5000])
        .set(&signal::KV_THRASHING_RATE, &[0.0, 0.0, 0.5]);
    scorer
        .request
        .set(&attribute::ARRIVAL_US, &[250])
        .set(&attribute::PROMPT_TOKENS, &[800])
        .set(&attribute::SLO_CLASS, &["critical"])
        .set(&attribute::TENANT, &["a"])
        .set(&attribute::SESSION, &["a"]);
    scorer.now_us = 1000;
    Ok(scorer)
}

/// What a formula gives for the three instances.
fn scores(expr: &str) -> Vec<f64> {
    scorer(expr).unwrap().score().unwrap()
}

/// What is wrong with a formula.
fn fault(expr: &str) -> String {
    scorer(expr).err().unwrap_or_else(|| panic!("`{expr}` is taken"))
}

/// A JSON string.
fn serde_json_string(text: &str) -> String {
    let mut json = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => json += &format!("\\u{:04x}", u32::from(c)),
            c => json.push(c),
        }
    }
    json + "\""
}
