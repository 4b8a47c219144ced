//! What is found where in the results of an experiment.

use std::collections::BTreeMap;

use crate::experiment::measurement::Term;
use crate::experiment::results::{Arm, Expectation, Interval, Results};

/// `ttft_p99{class=critical}` is the metric `ttft_p99` of the group `class=critical`; without braces
/// it is of all requests, the empty group.
pub(super) fn name_and_group(metric: &str) -> (&str, String) {
    match metric.split_once('{') {
        Some((name, group)) => (name.trim(), group.trim_end_matches('}').replace(' ', "")),
        None => (metric.trim(), String::new()),
    }
}

/// The unit of a metric as written; empty where it has none or none is known.
pub(super) fn unit<'a>(results: &'a Results, metric: &str) -> &'a str {
    let listed = results.metrics.iter().find(|info| info.metric == metric).map(|info| &info.unit);
    listed.or_else(|| results.units.get(name_and_group(metric).0)).map_or("", String::as_str)
}

/// The unit of an expectation's quantity: a ratio has none.
pub(super) fn unit_of<'a>(results: &'a Results, expectation: &Expectation) -> &'a str {
    match &expectation.metric {
        Some(metric) if expectation.scale == "difference" => unit(results, metric),
        _ => "",
    }
}

/// A metric of an arm over seeds.
pub(super) fn mean<'a>(results: &'a Results, arm: &str, metric: &str) -> Option<&'a Interval> {
    let found = results.estimates.iter().find(|found| found.arm == arm && found.metric == metric);
    found.and_then(|found| found.mean.as_ref())
}

/// An arm by its name.
pub(super) fn arm<'a>(results: &'a Results, name: &str) -> Option<&'a Arm> {
    results.arms.iter().find(|arm| arm.name == name)
}

/// The terms of an arm's scorers, their counts summed over seeds, in the order of the first run.
pub(super) fn terms(arm: &Arm) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for term in arm.measured().flat_map(|(_, run)| &run.terms) {
        let same = |sum: &&mut Term| (&sum.scorer, &sum.signal) == (&term.scorer, &term.signal);
        match terms.iter_mut().find(same) {
            Some(sum) => {
                sum.decisions += term.decisions;
                sum.non_zero += term.non_zero;
                sum.changed_scores += term.changed_scores;
                sum.changed_choice += term.changed_choice;
            }
            None => terms.push(term.clone()),
        }
    }
    terms
}

/// A leaf of an arm's configuration by its dotted path, for arms in which it is not the same: what
/// the arms differ in. A path that an arm lacks is absent from its map.
pub(super) fn differences(results: &Results) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
    let leaves: Vec<BTreeMap<String, String>> =
        results.arms.iter().map(|arm| flattened(&arm.config)).collect();
    let mut paths: Vec<&String> = leaves.iter().flat_map(BTreeMap::keys).collect();
    paths.sort();
    paths.dedup();
    let differs = |path: &&&String| {
        let mut values = leaves.iter().map(|leaves| leaves.get(path.as_str()));
        values.next().is_some_and(|first| values.any(|other| other != first))
    };
    (paths.iter().filter(differs).map(|path| (*path).clone()).collect(), leaves)
}

fn flattened(config: &serde_json::Value) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    let mut open = vec![(String::new(), config)];
    while let Some((path, value)) = open.pop() {
        match value {
            serde_json::Value::Object(map) if !map.is_empty() => {
                let below =
                    |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                open.extend(map.iter().map(|(key, value)| (below(key), value)));
            }
            serde_json::Value::String(text) => drop(leaves.insert(path, text.clone())),
            other => drop(leaves.insert(path, other.to_string())),
        }
    }
    leaves
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_metric_is_a_name_and_a_group() {
        assert_eq!(name_and_group("ttft_p99"), ("ttft_p99", String::new()));
        let expected = ("ttft_p99", "class=batch,at=calm".to_owned());
        assert_eq!(name_and_group("ttft_p99{class=batch, at=calm}"), expected);
    }

    #[test]
    fn counts_of_terms_are_summed_over_seeds() {
        let results = sample::results();
        let terms = terms(&results.arms[0]);
        let measured = results.arms[0].measured().count() as u64;
        assert_eq!(terms.len(), 3);
        assert_eq!(terms[0].decisions, measured * sample::DECISIONS);
    }

    #[test]
    fn only_what_differs_between_arms_is_a_difference() {
        let (paths, leaves) = differences(&sample::results());
        assert_eq!(paths, ["policy.routing", "workload.arrivals.rate"]);
        assert_eq!(leaves[0]["workload.arrivals.rate"], "50");
    }

    #[test]
    fn an_arm_is_saturated_where_most_of_its_runs_are() {
        let results = sample::results();
        let saturated: Vec<_> =
            results.arms.iter().filter(|arm| arm.is_past_saturation()).map(|arm| arm.name.as_str()).collect();
        assert_eq!(saturated, ["default.200"]);
    }
}
