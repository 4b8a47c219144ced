//! `by_class`: weights by SLO class over shared scorers.

use std::collections::BTreeMap;

use super::super::error::{Diagnostic, quoted};
use super::super::reader::{Sink, wrong};
use super::super::suggest::did_you_mean;
use super::super::tree::{self, Entry, Node};
use super::short::{self, Weighted};
use super::{RoutingSpec, ScorerSpec};

/// The value of `by_class:`: weights by class over shared scorers.
pub(super) fn read(
    node: &Node,
    path: &str,
    listed: Option<Vec<Weighted>>,
    sink: &Sink,
) -> Option<RoutingSpec> {
    let Some(entries) = node.entries() else {
        sink.error(wrong(node, path, "a map from classes to weights"));
        return None;
    };
    if node.get("default").is_none() {
        let message = format!("`{path}.default` is missing: the weights of all other classes");
        sink.error(Diagnostic::at(&node.span, message));
        return None;
    }
    // Without a list, the scorers are those that any class names, in the order of writing.
    let closed = listed.is_some();
    let mut scorers = listed.unwrap_or_default();
    let mut classes: Vec<(String, Vec<f64>)> = Vec::new();
    let mut good = true;
    for entry in entries {
        match read_weights(entry, path, closed, &mut scorers, sink) {
            Some(weights) => classes.push((entry.key.clone(), weights)),
            None => good = false,
        }
    }
    if !good {
        return None;
    }
    let mut own = vec![0.0; scorers.len()];
    let mut by_class = BTreeMap::new();
    for (class, mut weights) in classes {
        weights.resize(scorers.len(), 0.0);
        if class == "default" {
            own = weights;
        } else {
            by_class.insert(class, weights);
        }
    }
    let scorers = scorers.into_iter().zip(&own);
    let scorers = scorers.map(|(one, &weight)| ScorerSpec { policy: one.policy, weight }).collect();
    Some(RoutingSpec { by_class, ..RoutingSpec::of_scorers(scorers) })
}

/// The weights of one class: a short form, or in a record one number for each scorer.
fn read_weights(
    entry: &Entry,
    path: &str,
    closed: bool,
    scorers: &mut Vec<Weighted>,
    sink: &Sink,
) -> Option<Vec<f64>> {
    let path = tree::join(path, &entry.key);
    if let tree::Value::List(items) = &entry.value.value {
        let good = |number: &f64| *number == 0.0 || short::check(*number, "").is_ok();
        let weights: Option<Vec<f64>> = items.iter().map(|item| item.number().filter(good)).collect();
        let usable =
            weights.filter(|all| closed && all.len() == scorers.len() && all.iter().sum::<f64>() > 0.0);
        if usable.is_none() {
            sink.error(wrong(&entry.value, &path, "one weight for each of `scorers`, not all 0"));
        }
        return usable;
    }
    if entry.value.text().is_none() {
        sink.error(wrong(&entry.value, &path, "weights such as `pa:3,qd:2`"));
        return None;
    }
    let mut weights = vec![0.0; scorers.len()];
    for one in short::read(&entry.value, sink)? {
        let same = scorers
            .iter()
            .position(|other| other.policy.name == one.policy.name && other.policy.label == one.policy.label);
        match same {
            Some(index) => weights[index] = one.weight,
            None if closed => {
                sink.error(not_listed(&one, scorers));
                return None;
            }
            None => {
                scorers.push(one);
                let weight = scorers.last().map_or(0.0, |one| one.weight);
                weights.push(weight);
            }
        }
    }
    Some(weights)
}

fn not_listed(one: &Weighted, scorers: &[Weighted]) -> Diagnostic {
    let name = one.policy.to_string();
    let names: Vec<String> = scorers.iter().map(|other| other.policy.to_string()).collect();
    let help = did_you_mean(&name, names.iter().map(String::as_str));
    Diagnostic::at(&one.span, format!("the scorer {} is not in `scorers`", quoted(&name))).help(help)
}
