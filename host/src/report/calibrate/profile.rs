//! A profile with the parameters that were found.

use std::io::{self, Write};

use serde_json::Value;

use crate::calibrate::{Estimate, HeldOut};
use crate::config::{Blocks, Resolved, latency_value};
use crate::engine::LatencyModel;
use crate::validate::Figure;

/// What a profile is made from.
pub struct Made<'a> {
    /// The configuration, whose profile it follows.
    pub resolved: &'a Resolved,
    /// The latency model.
    pub latency: &'a LatencyModel,
    /// Its parameters, where they were fitted.
    pub estimates: &'a [Estimate],
    /// What it comes from, in a sentence.
    pub origin: String,
    /// How it predicts runs that it was not fitted to.
    pub held_out: &'a [HeldOut],
}

/// Writes a profile: the configuration's own, with another latency model, and where it comes from.
///
/// # Errors
///
/// Those of `out`.
pub fn write_profile(made: &Made<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Made { resolved, held_out, .. } = made;
    let profile = resolved.profile.as_ref();
    writeln!(out, "# {}", made.origin)?;
    for line in accuracy(held_out) {
        writeln!(out, "# {line}")?;
    }
    for (key, text) in [
        ("model", profile.and_then(|profile| profile.model.clone())),
        ("gpu", profile.and_then(|profile| profile.gpu.clone())),
    ] {
        if let Some(text) = text {
            writeln!(out, "{key}: {}", quoted(&text))?;
        }
    }
    if let Some(degree) = profile.and_then(|profile| profile.tensor_parallel) {
        writeln!(out, "tensor_parallel: {degree}")?;
    }
    let names = profile.map(|profile| profile.figure_names.clone()).unwrap_or_default();
    let mut latency = latency_value(made.latency);
    for (key, name) in [("architecture", &names[0]), ("hardware", &names[1])] {
        if let Some(name) = name {
            writeln!(out, "{key}: {}", quoted(name))?;
        }
    }
    if let (Some(map), [Some(_), Some(_)]) = (latency.as_object_mut(), &names) {
        // What the profile says for both is not said twice.
        ["architecture", "gpu", "tensor_parallel"].iter().for_each(|key| drop(map.remove(*key)));
    }
    writeln!(out, "latency:")?;
    map(&latency, 1, out)?;
    let blocks = match profile.map(|profile| profile.blocks) {
        Some(Blocks::Fixed(blocks)) => blocks,
        _ => resolved.settings.kv.blocks,
    };
    writeln!(out, "kv:\n  blocks: {blocks}")?;
    writeln!(out, "source: {}", quoted("pointsman calibrate"))?;
    let unknown: Vec<&str> =
        made.estimates.iter().filter(|one| !one.is_identified).map(|one| one.name).collect();
    if !unknown.is_empty() {
        let text = format!(
            "not identified by these runs, hence near where the search began: {}",
            unknown.join(", ")
        );
        writeln!(out, "notes: {}", quoted(&text))?;
    }
    Ok(())
}

/// How it predicts what it was not fitted to.
fn accuracy(held_out: &[HeldOut]) -> Vec<String> {
    if held_out.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["Each run predicted from the others, without a refit:".to_owned()];
    for one in held_out {
        let errors: Vec<String> = ["ttft_mean", "ttft_p99", "tpot_mean", "e2e_mean"]
            .iter()
            .filter_map(|name| {
                let figure = name.parse::<Figure>().ok()?;
                let found = one.validation.figures.iter().find(|compared| compared.figure == figure)?;
                Some(format!("{name} {:+.1} %", 100.0 * found.error()))
            })
            .collect();
        lines.push(format!("  {}: {}", one.validation.name, errors.join(", ")));
    }
    lines
}

/// A map in block form, its `model` first; lists and what is in them in flow form.
fn map(value: &Value, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut entries: Vec<(&String, &Value)> = value.as_object().into_iter().flatten().collect();
    entries.sort_by_key(|(key, _)| *key != "model");
    for (key, value) in entries {
        let indent = "  ".repeat(depth);
        match value {
            Value::Object(_) => {
                writeln!(out, "{indent}{key}:")?;
                map(value, depth + 1, out)?;
            }
            other => writeln!(out, "{indent}{key}: {}", rounded(other))?,
        }
    }
    Ok(())
}

/// Numbers to six digits: more were never known.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let six = format!("{:.5e}", number.as_f64().unwrap_or_default());
            let short: f64 = six.parse().unwrap_or_default();
            if short.fract() == 0.0 && short < 1e15 { (short as u64).into() } else { short.into() }
        }
        Value::Array(items) => items.iter().map(rounded).collect(),
        other => other.clone(),
    }
}

/// A text as YAML and JSON write it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
