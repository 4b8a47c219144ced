//! Arms: their metrics, what they differ in, what their scorers looked at, which libraries they used.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::lookup::{differences, mean, terms};
use super::super::plot::Plots;
use super::super::wording::{self, aside, figure};
use super::page::{Figure, Number};
use crate::experiment::results::{Arm, Interval, Results};
use crate::report::number::count;
use crate::report::plain;

/// More differing settings than this are not columns of a table any more.
const MOST_SETTINGS: usize = 12;

/// A metric, arm by arm.
#[derive(Serialize)]
pub(super) struct Metric {
    name: String,
    aside: String,
    rows: Vec<MetricRow>,
    plots: Vec<Figure>,
}

#[derive(Serialize)]
struct MetricRow {
    arm: String,
    mean: Option<Number>,
    seeds: u32,
    is_saturated: bool,
    /// Ends of the bar and of its interval in percent of the widest.
    bar: String,
    low: String,
    width: String,
}

impl Metric {
    pub(super) fn all(results: &Results, plots: &Plots) -> Vec<Self> {
        let shown = plots.metrics.iter().map(Some).chain(std::iter::repeat(None));
        results
            .metrics
            .iter()
            .zip(shown)
            .map(|(metric, plots)| {
                let means: Vec<Option<&Interval>> =
                    results.arms.iter().map(|arm| mean(results, &arm.name, &metric.metric)).collect();
                let ends = means.iter().flatten().map(|mean| mean.high.unwrap_or(mean.estimate));
                let most = ends.fold(0.0, f64::max);
                let rows = results.arms.iter().zip(&means);
                Self {
                    name: plain(&metric.metric).into_owned(),
                    aside: aside(metric),
                    rows: rows
                        .map(|(arm, mean)| MetricRow::new(arm, *mean, &metric.metric, &metric.unit, most))
                        .collect(),
                    plots: plots.into_iter().flatten().map(Figure::new).collect(),
                }
            })
            .collect()
    }
}

impl MetricRow {
    fn new(arm: &Arm, mean: Option<&Interval>, metric: &str, unit: &str, most: f64) -> Self {
        let percent = |value: f64| if most > 0.0 { (100.0 * value / most).clamp(0.0, 100.0) } else { 0.0 };
        let shown = |percent: f64| format!("{percent:.2}");
        let low = mean.and_then(|mean| mean.low).map_or(0.0, percent);
        let high = mean.and_then(|mean| mean.high).map_or(low, percent);
        let place = format!("arms/{}/{metric}", arm.name);
        Self {
            arm: plain(&arm.name).into_owned(),
            mean: mean.map(|mean| Number::of_interval(mean, unit, place, wording::mean)),
            seeds: mean.map_or(0, |mean| mean.seeds),
            is_saturated: arm.is_past_saturation(),
            bar: shown(mean.map_or(0.0, |mean| percent(mean.estimate))),
            low: shown(low),
            width: shown(high - low),
        }
    }
}

/// How often a signal of a scorer mattered in an arm.
#[derive(Serialize)]
pub(super) struct TermRow {
    arm: String,
    scorer: String,
    signal: String,
    decisions: String,
    non_zero: String,
    changed_scores: String,
    changed_choice: String,
    is_idle: bool,
}

pub(super) fn term_rows(results: &Results) -> Vec<TermRow> {
    let all = results.arms.iter().flat_map(|arm| terms(arm).into_iter().map(move |term| (arm, term)));
    all.map(|(arm, term)| {
        let share = |part: u64| match term.decisions {
            0 => "-".to_owned(),
            all => figure(part as f64 / all as f64, "share"),
        };
        TermRow {
            arm: plain(&arm.name).into_owned(),
            decisions: count(term.decisions),
            non_zero: share(term.non_zero),
            changed_scores: share(term.changed_scores),
            changed_choice: share(term.changed_choice),
            is_idle: term.non_zero == 0,
            scorer: plain(&term.scorer).into_owned(),
            signal: plain(&term.signal).into_owned(),
        }
    })
    .collect()
}

/// What arms differ in.
#[derive(Serialize)]
pub(super) struct Configurations {
    settings: Vec<String>,
    /// Differing settings that are not shown.
    more: usize,
    #[serde(skip)]
    leaves: Vec<BTreeMap<String, String>>,
}

impl Configurations {
    pub(super) fn new(results: &Results) -> Self {
        let (mut settings, leaves) = differences(results);
        let more = settings.len().saturating_sub(MOST_SETTINGS);
        settings.truncate(MOST_SETTINGS);
        Self { settings, more, leaves }
    }
}

/// An arm and what it differs in.
#[derive(Serialize)]
pub(super) struct ArmRow {
    name: String,
    routing: String,
    scheduler: String,
    priority: String,
    settings: Vec<String>,
    runs: usize,
    failed: usize,
    is_saturated: bool,
}

impl ArmRow {
    pub(super) fn all(results: &Results, configurations: &Configurations) -> Vec<Self> {
        let setting = |leaves: &BTreeMap<String, String>, path: &String| {
            leaves.get(path).map_or("-".to_owned(), |value| plain(value).into_owned())
        };
        let rows = results.arms.iter().zip(&configurations.leaves);
        rows.map(|(arm, leaves)| Self {
            name: plain(&arm.name).into_owned(),
            routing: plain(&arm.routing).into_owned(),
            scheduler: plain(&arm.scheduler).into_owned(),
            priority: plain(&arm.priority).into_owned(),
            settings: configurations.settings.iter().map(|path| setting(leaves, path)).collect(),
            runs: arm.measured().count(),
            failed: arm.failed().count(),
            is_saturated: arm.is_past_saturation(),
        })
        .collect()
    }
}

/// A library, and the arms that used it.
#[derive(Serialize)]
pub(super) struct Composition {
    path: String,
    sha256: String,
    policies: String,
    arms: String,
}

impl Composition {
    pub(super) fn all(results: &Results) -> Vec<Self> {
        type Users<'a> = (BTreeSet<&'a str>, Vec<&'a str>);
        let mut found: BTreeMap<(&str, &str), Users<'_>> = BTreeMap::new();
        for arm in &results.arms {
            for library in &arm.libraries {
                let (policies, arms) = found.entry((&library.path, &library.sha256)).or_default();
                policies.extend(library.policies.iter().map(String::as_str));
                arms.push(&arm.name);
            }
        }
        let listed = |names: Vec<&str>| plain(&names.join(", ")).into_owned();
        let rows = found.into_iter().map(|((path, sha256), (policies, arms))| Self {
            path: plain(path).into_owned(),
            sha256: plain(sha256).into_owned(),
            policies: listed(policies.into_iter().collect()),
            arms: if arms.len() == results.arms.len() { "all".to_owned() } else { listed(arms) },
        });
        rows.collect()
    }
}
