//! How many requests there were and what became of them, by class.

use super::super::number::{count, decimal, percent, plural};
use super::super::style::name;
use super::super::wrap::wrap;
use super::super::{Style, Table};
use super::{MOST_CLASSES, config_value, groups};
use crate::engine::State;
use crate::metrics::{Group, Summary};
use crate::run::Outcome;

/// States of requests that the end of the run found on their way.
const UNFINISHED: [State; 5] =
    [State::NotArrived, State::Pipeline, State::Waiting, State::Running, State::Loading];

pub(super) fn lines(outcome: &Outcome, style: Style) -> Vec<String> {
    let summary = &outcome.summary;
    let has_targets = summary.overall.goodput.is_some();
    let mut heads = vec!["Requests", "total", "completed", "rejected", "dropped", "unfinished"];
    if has_targets {
        heads.push("goodput");
    }
    let mut table = Table::new(1, heads);
    for (class, group) in groups(summary) {
        let unfinished = UNFINISHED.iter().map(|&state| in_state(group, state)).sum();
        let mut row = vec![format!("  {class}"), count(group.requests), count(group.completed())];
        row.extend(
            [in_state(group, State::Rejected), in_state(group, State::Dropped), unfinished].map(count),
        );
        if has_targets {
            row.push(group.goodput.and_then(|goodput| goodput.share()).map_or("-".to_owned(), percent));
        }
        table.row(row);
    }
    let mut lines = table.titled_lines("Requests", style);
    let remarks =
        [many(summary), unfinished(summary), dropped(summary), targets(outcome).filter(|_| has_targets)];
    for remark in remarks.into_iter().flatten() {
        lines.extend(wrap("  ", &remark, style.width, 4));
    }
    lines
}

fn in_state(group: &Group, state: State) -> u64 {
    group.states.get(state.name()).copied().unwrap_or(0)
}

/// Where to find classes that are not shown.
fn many(summary: &Summary) -> Option<String> {
    let classes = summary.per_class.len();
    (classes > MOST_CLASSES).then(|| format!("of {classes} SLO classes; --summary FILE has each"))
}

/// Where the unfinished ones were.
fn unfinished(summary: &Summary) -> Option<String> {
    let found = UNFINISHED.iter().filter_map(|&state| {
        let number = in_state(&summary.overall, state);
        let place = match state {
            State::NotArrived => "not yet arrived",
            State::Pipeline => "between router and queue",
            other => other.name(),
        };
        (number > 0).then(|| format!("{} {place}", count(number)))
    });
    let found: Vec<String> = found.collect();
    (!found.is_empty()).then(|| format!("unfinished at the end: {}", found.join(", ")))
}

/// Dropped requests by name: somebody has to look at them.
fn dropped(summary: &Summary) -> Option<String> {
    let dropped = in_state(&summary.overall, State::Dropped);
    let named = &summary.dropped_ids;
    (dropped > 0 && !named.is_empty()).then(|| {
        let ids: Vec<String> = named.iter().map(u64::to_string).collect();
        let more = match dropped - named.len() as u64 {
            0 => String::new(),
            more => format!(" and {} more", count(more)),
        };
        let noun = if dropped == 1 { "request" } else { "requests" };
        format!("dropped, larger than the KV memory of an instance: {noun} {}{more}", ids.join(", "))
    })
}

/// What goodput was measured against.
fn targets(outcome: &Outcome) -> Option<String> {
    const METRICS: [(&str, &str); 4] =
        [("ttft_ms", "TTFT"), ("itl_ms", "ITL"), ("tpot_ms", "TPOT"), ("e2e_ms", "E2E")];
    let classes = config_value(outcome, &["slo"]).as_object()?.iter().map(|(class, targets)| {
        let given = METRICS.iter().filter_map(|(key, metric)| {
            let ms = targets[key].as_f64()?;
            let decimals = if ms.fract() == 0.0 { 0 } else { 3 };
            Some(format!("{metric} {} ms", decimal(ms, decimals)))
        });
        format!("{} {}", name(class), given.collect::<Vec<_>>().join(", "))
    });
    let classes: Vec<String> = classes.collect();
    let offered = outcome.summary.overall.goodput.map_or(0, |goodput| goodput.offered);
    let of = plural(offered, "request");
    Some(format!("goodput: of {of} offered, completed within {}", classes.join("; ")))
}
