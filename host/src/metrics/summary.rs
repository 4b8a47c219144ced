//! The summary of a run.

use std::collections::BTreeMap;

use serde::Serialize;

use super::folded::Whole;
use super::tally::Tally;
use super::{Collector, Distribution, Goodput, Histogram, RELATIVE_ERROR, Saturation, Targets};
use crate::engine::{InstanceTotals, RequestRecord, State, Totals};

/// Latency figures of a group of completed requests; `None` where there is no value.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Latencies {
    /// First token seen - arrival.
    pub ttft_ms: Option<Distribution>,
    /// Gaps between tokens seen, pooled over requests.
    pub itl_ms: Option<Distribution>,
    /// (E2E - TTFT)/(M - 1), per request of more than one token.
    pub tpot_ms: Option<Distribution>,
    /// Last token seen - arrival.
    pub e2e_ms: Option<Distribution>,
    /// Start of the first step that computed something - arrival.
    pub queueing_ms: Option<Distribution>,
}

/// A group of requests: all, or those of a class.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Group {
    /// Requests generated.
    pub requests: u64,
    /// Requests by state at the end of the run.
    pub states: BTreeMap<&'static str, u64>,
    /// Latency of the completed ones.
    #[serde(flatten)]
    pub latencies: Latencies,
    /// Where targets are given.
    pub goodput: Option<Goodput>,
    /// Tokens hit in GPU memory or the CPU tier, over admissions.
    pub hit_tokens: u64,
    /// Tokens admitted: what the hit rate is out of.
    pub admitted_tokens: u64,
}

impl Group {
    /// Tokens hit, of all admitted; `None` where nothing was admitted.
    #[must_use]
    pub fn hit_rate(&self) -> Option<f64> {
        (self.admitted_tokens > 0).then(|| ratio(self.hit_tokens, self.admitted_tokens))
    }

    /// Requests that completed.
    #[must_use]
    pub fn completed(&self) -> u64 {
        self.states.get(State::Completed.name()).copied().unwrap_or(0)
    }
}

/// One instance in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InstanceSummary {
    /// Requests routed here.
    pub routed: u64,
    /// Steps.
    pub steps: u64,
    /// Of those, steps that blocking reloads made longer.
    pub reloading_steps: u64,
    /// How long those took. \[ms\]
    pub step_ms_mean_reloading: Option<f64>,
    /// How long the others took. \[ms\]
    pub step_ms_mean_plain: Option<f64>,
    /// Share of the run in which a step was under way.
    pub busy: f64,
    /// Tokens hit in GPU memory or the CPU tier, out of all admitted.
    pub hit_rate: f64,
    /// Used blocks / total blocks, averaged over time.
    pub kv_utilization_mean: f64,
    /// The same at its highest.
    pub kv_utilization_peak: f64,
    /// Preemptions.
    pub preemptions: u64,
    /// Blocks copied to the CPU tier.
    pub offloaded_blocks: u64,
    /// Blocks reloaded from it.
    pub reloaded_blocks: u64,
    /// Transfer time of reloads. \[ms\]
    pub reload_ms: f64,
}

/// A run in figures. Nothing here depends on the machine or the hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// All requests.
    pub overall: Group,
    /// By SLO class; requests without one are `standard`.
    pub per_class: BTreeMap<String, Group>,
    /// By instance.
    pub instances: Vec<InstanceSummary>,
    /// Simulated time at the last event. \[ms\]
    pub end_ms: f64,
    /// Completed requests per second of simulated time.
    pub throughput_rps: f64,
    /// Output tokens per second of simulated time.
    pub output_tokens_per_s: f64,
    /// Tokens hit in GPU memory, over all tokens admitted, readmissions included.
    pub hit_rate_gpu: f64,
    /// Tokens hit in the CPU tier, the same way.
    pub hit_rate_cpu: f64,
    /// Both.
    pub hit_rate: f64,
    /// Preemptions.
    pub preemptions: u64,
    /// Step starts repeated because preemption had emptied their plan.
    pub repeated_starts: u64,
    /// Waiting requests that gave loaded blocks back because nothing else could happen.
    pub stuck_releases: u64,
    /// Steps of all instances.
    pub steps: u64,
    /// Of those, steps that blocking reloads made longer.
    pub reloading_steps: u64,
    /// How long those took. \[ms\]
    pub step_ms_mean_reloading: Option<f64>,
    /// How long the others took. \[ms\]
    pub step_ms_mean_plain: Option<f64>,
    /// Blocks copied to the CPU tier.
    pub offloaded_blocks: u64,
    /// Blocks reloaded from it.
    pub reloaded_blocks: u64,
    /// Of those, within the thrash window.
    pub thrashed_blocks: u64,
    /// `thrashed / offloaded`; 0 without offloads.
    pub kv_thrashing_rate: f64,
    /// Jain's index over tenants of output tokens received; `None` with fewer than two tenants.
    pub fairness_jain: Option<f64>,
    /// The trend of the queue; `None` for few arrivals.
    pub saturation: Option<Saturation>,
    /// Ids of the first requests that could never fit.
    pub dropped_ids: Vec<u64>,
    /// How percentiles were computed.
    pub percentiles: Percentiles,
}

/// How percentiles were computed. Counts, sums and means are exact in any case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percentiles {
    /// `exact`: from all values; `sketch`: from counts of buckets.
    pub method: &'static str,
    /// By how much of itself each may be off; absent where it is exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_error: Option<f64>,
}

impl Percentiles {
    /// From all values.
    pub const EXACT: Self = Self { method: "exact", relative_error: None };

    /// From sketches.
    #[must_use]
    pub fn sketched() -> Self {
        Self { method: "sketch", relative_error: Some(RELATIVE_ERROR) }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Mean time of a step. \[ms\]
fn step_ms(ticks: u64, steps: u64) -> Option<f64> {
    (steps > 0).then(|| ticks as f64 / steps as f64 / 1e3)
}

/// Puts a run into figures; `slo` gives the targets of classes.
#[must_use]
pub fn summarise(collector: &Collector, totals: &Totals, slo: &BTreeMap<String, Targets>) -> Summary {
    let mut kept = Whole::new(false);
    let ((overall, per_class), whole, percentiles) = match collector.folded() {
        Some(folded) => (folded.groups(), folded.whole(), Percentiles::sketched()),
        None => {
            collector.records().iter().for_each(|record| kept.add(record));
            (groups(collector, slo), &kept, Percentiles::EXACT)
        }
    };

    let sum = |of: fn(&InstanceTotals) -> u64| totals.instances.iter().map(of).sum::<u64>();
    let admitted = sum(|i| i.admitted_tokens);
    let (hit_gpu, hit_cpu) = (sum(|i| i.hit_tokens_gpu), sum(|i| i.hit_tokens_cpu));
    let seconds = totals.end_us as f64 / 1e6;
    let per_second = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
    Summary {
        end_ms: totals.end_us as f64 / 1e3,
        throughput_rps: per_second(overall.completed()),
        output_tokens_per_s: per_second(whole.output_tokens),
        overall,
        per_class,
        instances: totals.instances.iter().map(|instance| in_figures(instance, totals)).collect(),
        hit_rate_gpu: ratio(hit_gpu, admitted),
        hit_rate_cpu: ratio(hit_cpu, admitted),
        hit_rate: ratio(hit_gpu + hit_cpu, admitted),
        preemptions: sum(|i| i.preemptions),
        repeated_starts: sum(|i| i.repeated_starts),
        stuck_releases: sum(|i| i.stuck_releases),
        steps: sum(|i| i.steps),
        reloading_steps: sum(|i| i.reloading_steps),
        step_ms_mean_reloading: step_ms(sum(|i| i.reloading_step_us), sum(|i| i.reloading_steps)),
        step_ms_mean_plain: step_ms(
            sum(|i| i.busy_us - i.reloading_step_us),
            sum(|i| i.steps - i.reloading_steps),
        ),
        offloaded_blocks: sum(|i| i.offloaded_blocks),
        reloaded_blocks: sum(|i| i.reloaded_blocks),
        thrashed_blocks: sum(|i| i.thrashed_blocks),
        kv_thrashing_rate: ratio(sum(|i| i.thrashed_blocks), sum(|i| i.offloaded_blocks)),
        fairness_jain: whole.tokens_by_tenant().and_then(|tokens| jain_index(tokens.into_iter())),
        saturation: Saturation::of(
            &totals.waiting_at_arrival,
            totals.arrivals_under_load,
            totals.instances.len(),
        ),
        dropped_ids: whole.dropped_ids.clone(),
        percentiles,
    }
}

/// All requests, and those of each class, from their records.
fn groups(collector: &Collector, slo: &BTreeMap<String, Targets>) -> (Group, BTreeMap<String, Group>) {
    let records = collector.records();
    if let Some((first, others)) = records.split_first()
        && others.iter().all(|record| record.class() == first.class())
    {
        // The most common case: all requests are those of one class.
        let gaps = collector.gaps().get(first.class()).cloned().unwrap_or_default();
        let all = group(records, &gaps, slo);
        return (all.clone(), BTreeMap::from([(first.class().to_owned(), all)]));
    }
    let mut classes: BTreeMap<&str, Vec<&RequestRecord>> = BTreeMap::new();
    for record in records {
        classes.entry(record.class()).or_default().push(record);
    }
    let empty = Histogram::default();
    let per_class = classes.into_iter().map(|(class, members)| {
        let gaps = collector.gaps().get(class).unwrap_or(&empty);
        (class.to_owned(), group(members, gaps, slo))
    });
    let per_class = per_class.collect();
    let mut all_gaps = Histogram::default();
    collector.gaps().values().for_each(|gaps| all_gaps.merge(gaps));
    (group(records, &all_gaps, slo), per_class)
}

/// The figures of some requests of a run, chosen by whatever one likes. Gaps between tokens are known
/// by class only: there are none here.
#[must_use]
pub fn group_of<'a>(
    members: impl IntoIterator<Item = &'a RequestRecord>,
    slo: &BTreeMap<String, Targets>,
) -> Group {
    group(members, &Histogram::default(), slo)
}

fn group<'a>(
    members: impl IntoIterator<Item = &'a RequestRecord>,
    gaps: &Histogram,
    slo: &BTreeMap<String, Targets>,
) -> Group {
    let mut tally = Tally::<Vec<f64>>::new();
    members.into_iter().for_each(|record| tally.add(record, slo.get(record.class())));
    tally.finish(gaps.distribution())
}

fn in_figures(instance: &InstanceTotals, totals: &Totals) -> InstanceSummary {
    let block_us = totals.end_us as f64 * f64::from(totals.total_blocks);
    InstanceSummary {
        routed: instance.routed,
        steps: instance.steps,
        reloading_steps: instance.reloading_steps,
        step_ms_mean_reloading: step_ms(instance.reloading_step_us, instance.reloading_steps),
        step_ms_mean_plain: step_ms(
            instance.busy_us - instance.reloading_step_us,
            instance.steps - instance.reloading_steps,
        ),
        busy: ratio(instance.busy_us, totals.end_us),
        hit_rate: ratio(instance.hit_tokens_gpu + instance.hit_tokens_cpu, instance.admitted_tokens),
        kv_utilization_mean: if block_us > 0.0 { instance.used_block_us as f64 / block_us } else { 0.0 },
        kv_utilization_peak: f64::from(instance.peak_used_blocks) / f64::from(totals.total_blocks),
        preemptions: instance.preemptions,
        offloaded_blocks: instance.offloaded_blocks,
        reloaded_blocks: instance.reloaded_blocks,
        reload_ms: instance.reload_us as f64 / 1e3,
    }
}

/// Jain's index: (sum x)^2 / (n * sum x^2) over the output tokens of each tenant; 1 is even
/// (Jain, Chiu and Hawe, 1984).
fn jain_index(tokens: impl ExactSizeIterator<Item = u64> + Clone) -> Option<f64> {
    let count = tokens.len();
    let sum: f64 = tokens.clone().map(|x| x as f64).sum();
    let squares: f64 = tokens.map(|x| (x as f64) * (x as f64)).sum();
    (count > 1 && squares > 0.0).then(|| sum * sum / (count as f64 * squares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jain_is_1_for_equals_and_1_over_n_for_one_who_has_all() {
        let index = |tokens: &[u64]| jain_index(tokens.iter().copied());
        assert_eq!(index(&[7, 7, 7, 7]), Some(1.0));
        assert_eq!(index(&[7, 0, 0, 0]), Some(0.25));
        // (1 + 2 + 3)^2 / (3 * (1 + 4 + 9))
        assert_eq!(index(&[1, 2, 3]), Some(36.0 / 42.0));
        assert_eq!((index(&[7]), index(&[]), index(&[0, 0])), (None, None, None));
    }

    /// Two steps of 30 of 100 ticks, on 3 of 4 blocks for half of the time.
    #[test]
    fn an_instance_is_in_figures_over_the_whole_run() {
        let instance = InstanceTotals {
            steps: 2,
            busy_us: 60,
            used_block_us: 3 * 50,
            peak_used_blocks: 3,
            hit_tokens_gpu: 16,
            hit_tokens_cpu: 32,
            admitted_tokens: 96,
            ..InstanceTotals::default()
        };
        let totals = Totals { end_us: 100, total_blocks: 4, ..Totals::default() };
        let figures = in_figures(&instance, &totals);
        assert_eq!((figures.busy, figures.hit_rate), (0.6, 0.5));
        assert_eq!((figures.kv_utilization_mean, figures.kv_utilization_peak), (0.375, 0.75));
        // Nothing happened: no division by the length of the run.
        let nothing = in_figures(&InstanceTotals::default(), &Totals { end_us: 0, ..totals });
        assert_eq!((nothing.busy, nothing.hit_rate, nothing.kv_utilization_mean), (0.0, 0.0, 0.0));
    }
}
