//! The figures of all runs as tidy rows: one observation each. `csv` and `parquet` hold them.

use super::lookup::name_and_group;
use crate::experiment::results::Results;

/// One figure of one run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row<'a> {
    /// The arm.
    pub(super) arm: &'a str,
    /// The level of each factor, in the factors' order; empty where the arm has none.
    pub(super) levels: Vec<&'a str>,
    /// The seed.
    pub(super) seed: u64,
    /// The group of requests; empty: all.
    pub(super) group: &'a str,
    /// The metric, without a group.
    pub(super) metric: &'a str,
    /// Its unit, `share` is of 1; empty where it has none.
    pub(super) unit: &'a str,
    /// The value.
    pub(super) value: f64,
}

/// The heads of the columns. A factor that is named like another column gets `factor_` before its name.
pub(super) fn columns(results: &Results) -> Vec<String> {
    const BEHIND: [&str; 5] = ["seed", "group", "metric", "unit", "value"];
    let is_taken = |name: &str| name == "arm" || BEHIND.contains(&name);
    let factor = |name: &str| if is_taken(name) { format!("factor_{name}") } else { name.to_owned() };
    let factors = results.factors.iter().map(|found| factor(&found.name));
    std::iter::once("arm".to_owned()).chain(factors).chain(BEHIND.map(str::to_owned)).collect()
}

/// All rows: arms and their runs in order, groups and metrics by name.
pub(super) fn rows(results: &Results) -> impl Iterator<Item = Row<'_>> {
    let runs = results.arms.iter().flat_map(|arm| arm.measured().map(move |(seed, run)| (arm, seed, run)));
    runs.flat_map(move |(arm, seed, run)| {
        let level = |name: &String| arm.levels.get(name).map_or("", String::as_str);
        let levels: Vec<&str> = results.factors.iter().map(|factor| level(&factor.name)).collect();
        let groups = run.metrics.iter();
        groups.flat_map(move |(group, metrics)| {
            let levels = levels.clone();
            metrics.iter().map(move |(metric, value)| Row {
                arm: &arm.name,
                levels: levels.clone(),
                seed,
                group,
                metric,
                unit: results.units.get(name_and_group(metric).0).map_or("", String::as_str),
                value: *value,
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_factor_may_be_called_like_a_column() {
        let mut results = sample::results();
        results.factors[0].name = "seed".to_owned();
        assert_eq!(columns(&results)[..4], ["arm", "factor_seed", "rate", "seed"]);
    }

    #[test]
    fn a_failed_run_has_no_rows() {
        let results = sample::results();
        let runs: std::collections::BTreeSet<_> = rows(&results).map(|row| (row.arm, row.seed)).collect();
        assert_eq!(runs.len(), 4 * 3 - 1);
    }
}
