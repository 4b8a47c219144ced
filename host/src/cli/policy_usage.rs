//! How a policy is written in a configuration and on the command line.

use super::policy_doc::{ParameterDoc, PolicyDoc};
use crate::config::flow;

/// Each as lines of text.
pub(super) struct Usage {
    /// Its name alone.
    pub(super) short: Vec<String>,
    /// With its parameters at their defaults; empty where it has none.
    pub(super) long: Vec<String>,
    /// On the command line.
    pub(super) flag: String,
}

/// How a policy is written that a configuration calls `name`: its own name, or one with a label.
/// `None` for a kind that this host does not know.
pub(super) fn usage(policy: &PolicyDoc<'_>, name: &str) -> Option<Usage> {
    let parameters = &policy.parameters;
    let single = |key: &str| {
        let long = with_parameters(&["policy:", &format!("  {key}:")], 4, name, &[], parameters);
        (vec!["policy:".to_owned(), format!("  {key}: {name}")], long, format!("--{key} {name}"))
    };
    let routing = "  routing:";
    let (short, long, flag) = match policy.kind {
        "scorer" => {
            let heads = ["policy:", routing, "    scorers:"];
            let long = with_parameters(&heads, 6, name, &["weight: 1"], parameters);
            let short =
                vec!["policy:".to_owned(), format!("  routing: {name}:1   # NAME:WEIGHT, more after commas")];
            (short, long, format!("--routing {name}:1"))
        }
        "filter" => {
            let long = with_parameters(&["policy:", routing, "    filters:"], 6, name, &[], parameters);
            let short = vec!["policy:".to_owned(), routing.to_owned(), format!("    filters: [{name}]")];
            (short, long, format!("--set policy.routing.filters=[{name}]"))
        }
        "picker" if policy.uses_scores == Some(false) => {
            let long = with_parameters(&["policy:", routing, "    picker:"], 6, name, &[], parameters);
            (vec!["policy:".to_owned(), format!("  routing: {name}")], long, format!("--routing {name}"))
        }
        "picker" => {
            let scorers = "    scorers: ...";
            let heads = ["policy:", routing, scorers, "    picker:"];
            let long = with_parameters(&heads, 6, name, &[], parameters);
            let short = ["policy:", routing, scorers].map(str::to_owned);
            let short = short.into_iter().chain([format!("    picker: {name}")]).collect();
            (short, long, format!("--set policy.routing.picker={name}"))
        }
        key @ ("scheduler" | "priority" | "admission") => single(key),
        _ => return None,
    };
    Some(Usage { short, long, flag })
}

/// `heads`, and below them a map with the name, other keys, and all parameters at their defaults.
fn with_parameters(
    heads: &[&str],
    indent: usize,
    name: &str,
    others: &[&str],
    parameters: &[ParameterDoc<'_>],
) -> Vec<String> {
    if parameters.is_empty() {
        return Vec::new();
    }
    let is_list = heads.last().is_some_and(|head| head.ends_with("scorers:") || head.ends_with("filters:"));
    let mut lines: Vec<String> = heads.iter().map(|&head| head.to_owned()).collect();
    let indent = " ".repeat(indent);
    let (first, next) = if is_list { ("- ", "  ") } else { ("", "") };
    lines.push(format!("{indent}{first}name: {name}"));
    lines.extend(others.iter().map(|other| format!("{indent}{next}{other}")));
    lines.push(format!("{indent}{next}params:"));
    for parameter in parameters {
        let line = match &parameter.default {
            Some(value) => format!("{}: {}", parameter.name, flow(value)),
            // Nobody could write the default that way: the key is named, and left alone.
            None => format!("# {}: by default {}", parameter.name, parameter.rust_default),
        };
        lines.push(format!("{indent}{next}  {line}"));
    }
    lines
}
