//! From a run to what an experiment keeps of it.

use std::collections::BTreeMap;

use super::measurement::{Groups, Measurement, Term};
use crate::config::SloTargets;
use crate::engine::{RequestRecord, State};
use crate::metrics::{Group, METRICS, Metric, Series, digest, group_of, percentile};
use crate::run::Outcome;

/// What the report draws of a distribution: 0 to 100 percent.
const PERCENTS: u32 = 100;

impl Measurement {
    /// Of a run that reached its end.
    #[must_use]
    pub fn of(outcome: &Outcome, series: Series, slo: &SloTargets) -> Self {
        let records = outcome.collector.records();
        let summary = &outcome.summary;
        let mut metrics = BTreeMap::new();
        metrics.insert(String::new(), values(|metric| metric.of_run(summary)));
        metrics
            .extend(groups(records.iter().collect(), slo).into_iter().filter(|(name, _)| !name.is_empty()));
        // By class, gaps between tokens are known too.
        for (class, group) in &summary.per_class {
            metrics.insert(format!("class={class}"), values(|metric| metric.of_group(group)));
        }
        Self {
            metrics,
            requests_sha256: digest::of_requests(records),
            arrivals_sha256: digest::of_arrivals(records),
            workload_sha256: outcome.provenance.workload.sha256.clone(),
            still_growing: summary.saturation.map(|saturation| saturation.still_growing),
            ttft_cdf_ms: curves(records),
            series,
            terms: terms(outcome),
            warnings: warnings(outcome),
            parts: None,
        }
    }

    /// A metric of a group.
    #[must_use]
    pub fn value(&self, group: &str, metric: &str) -> Option<f64> {
        self.metrics.get(group)?.get(metric).copied()
    }
}

/// Metrics of requests: of all, by class, by place, and by both.
pub(super) fn groups(records: Vec<&RequestRecord>, slo: &SloTargets) -> Groups {
    let mut members: BTreeMap<String, Vec<&RequestRecord>> = BTreeMap::new();
    for record in &records {
        members.entry(format!("class={}", record.class())).or_default().push(record);
        // Whether the chosen instance was reloading when they were routed.
        let Some(pending_us) = record.pending_transfer_at_routing_us else { continue };
        let place = if pending_us > 0 { "at=offloading" } else { "at=calm" };
        members.entry(place.to_owned()).or_default().push(record);
        members.entry(format!("class={},{place}", record.class())).or_default().push(record);
    }
    members.insert(String::new(), records);
    let one = |members| {
        let group: Group = group_of(members, slo);
        values(|metric| metric.of_group(&group))
    };
    members.into_iter().map(|(name, members)| (name, one(members))).collect()
}

/// What it warned of; a policy that failed is one more thing to know.
fn warnings(outcome: &Outcome) -> Vec<String> {
    let failed = outcome.failures.iter().map(|failure| {
        format!("`{}` failed while the run went on: {}", failure.policy, failure.first_message)
    });
    outcome.warnings.iter().cloned().chain(failed).collect()
}

/// How often the signals of scorers were in play.
fn terms(outcome: &Outcome) -> Vec<Term> {
    let one = |probe: &crate::policy::ProbeCounts| Term {
        scorer: probe.scorer.clone(),
        signal: probe.signal.clone(),
        decisions: probe.all.decisions,
        non_zero: probe.all.nonzero,
        changed_scores: probe.all.scores_changed,
        changed_choice: probe.all.choice_changed,
    };
    outcome.probes.iter().flatten().map(one).collect()
}

fn values(of: impl Fn(&Metric) -> Option<f64>) -> BTreeMap<String, f64> {
    METRICS.iter().filter_map(|metric| Some((metric.name.to_owned(), of(metric)?))).collect()
}

/// TTFT at whole percents, over all and by class. \[ms\]
fn curves(records: &[RequestRecord]) -> BTreeMap<String, Vec<f64>> {
    let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for record in records.iter().filter(|record| record.state == State::Completed) {
        let Some(ttft_us) = record.ttft_us else { continue };
        groups.entry(String::new()).or_default().push(ttft_us);
        groups.entry(format!("class={}", record.class())).or_default().push(ttft_us);
    }
    let curve = |mut times_us: Vec<u64>| -> Vec<f64> {
        times_us.sort_unstable();
        let at = |rank: u64| times_us[rank as usize] as f64;
        let count = times_us.len() as u64;
        (0..=PERCENTS).map(|p| percentile(count, f64::from(p), at) / 1e3).collect()
    };
    groups.into_iter().map(|(group, times_us)| (group, curve(times_us))).collect()
}
