//! What each of two routings did that shared a cluster, as far as a comparison needs it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::measure::groups;
use super::measurement::{Groups, Measurement};
use crate::config::SloTargets;
use crate::engine::RequestRecord;
use crate::metrics::{Metric, Scale};
use crate::policy::{Disagreement, Side, TrialLog};
use crate::run::{Outcome, Trialled};

/// Two routings on one cluster. Of each pair, A comes first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Metrics of the requests that each decided about.
    pub sides: [Groups; 2],
    /// The same for a typical window: means over pairs of windows, geometric where ratios are compared.
    /// `None` where there are no windows.
    pub windows: Option<[Groups; 2]>,
    /// Pairs of whole windows.
    pub window_pairs: u64,
    /// Sessions, and requests without one, by who decided.
    pub units: [u64; 2],
    /// Requests by who decided.
    pub requests: [u64; 2],
    /// Requests that count for neither: of the beginning of a window, or of a window that is not whole.
    pub left_out: u64,
    /// Decisions about which both were asked, by SLO class.
    pub asked: BTreeMap<String, Asked>,
    /// Some of the disagreements: those on which B sees most to gain.
    pub examples: Vec<Disagreement>,
}

/// Decisions about which both were asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// How many.
    pub decisions: u64,
    /// Of those, the ones on which they do not agree.
    pub differing: u64,
    /// By how much B's total of its own choice is above that of A's, on average over disagreements.
    pub gain_to_b: Option<f64>,
    /// By how much A's total of its own choice is above that of B's.
    pub loss_to_a: Option<f64>,
}

/// Windows in which the two took turns. Ticks are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// Length.
    pub window_us: u64,
    /// At the beginning of each, what happens is still the other's doing.
    pub burn_in_us: u64,
}

/// As many examples as a person reads.
const EXAMPLES: usize = 10;

impl Parts {
    /// Of a run that reached its end.
    #[must_use]
    pub fn of(outcome: &Outcome, trial: &Trialled, windows: Option<Windows>, slo: &SloTargets) -> Self {
        let records = outcome.collector.records();
        let mut parts = Self::default();
        let mut members: [Vec<&RequestRecord>; 2] = Default::default();
        let mut by_window: BTreeMap<u64, [Vec<&RequestRecord>; 2]> = BTreeMap::new();
        let mut units: [BTreeSet<String>; 2] = Default::default();
        let last_us = last_arrival_us(records);
        for one in &trial.log.assigned {
            let Ok(at) = records.binary_search_by_key(&one.id, |record| record.id) else { continue };
            let (record, side) = (&records[at], one.side as usize);
            parts.requests[side] += 1;
            let unit = record.session.as_ref().map(|session| format!("s{session}"));
            units[side].insert(unit.unwrap_or_else(|| format!("r{}", record.id)));
            if let Some(Windows { window_us, burn_in_us }) = windows {
                let pair = one.now_us / window_us / 2;
                let is_whole = (pair + 1).saturating_mul(window_us.saturating_mul(2)) <= last_us;
                if !is_whole || one.now_us % window_us < burn_in_us {
                    parts.left_out += 1;
                    continue;
                }
                by_window.entry(pair).or_default()[side].push(record);
            }
            members[side].push(record);
        }
        parts.units = units.map(|units| units.len() as u64);
        if windows.is_some() {
            let pairs: Vec<[Groups; 2]> =
                by_window.into_values().map(|pair| pair.map(|members| groups(members, slo))).collect();
            parts.window_pairs = pairs.len() as u64;
            parts.windows = Some(typical(&pairs));
        }
        parts.sides = members.map(|members| groups(members, slo));
        parts.compare(&trial.log);
        parts
    }

    fn compare(&mut self, log: &TrialLog) {
        for (class, &decisions) in &log.asked {
            let here: Vec<&Disagreement> =
                log.disagreements.iter().filter(|one| one.slo_class == *class).collect();
            let mean = |of: fn(&Disagreement) -> Option<f64>| {
                let values: Vec<f64> = here.iter().filter_map(|one| of(one)).collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            };
            let asked = Asked {
                decisions,
                differing: here.len() as u64,
                gain_to_b: mean(Disagreement::gain_to_b),
                loss_to_a: mean(Disagreement::loss_to_a),
            };
            self.asked.insert(class.clone(), asked);
        }
        let mut examples: Vec<&Disagreement> = log.disagreements.iter().collect();
        let gain = |one: &Disagreement| one.gain_to_b().unwrap_or(f64::NEG_INFINITY);
        examples.sort_by(|x, y| gain(y).total_cmp(&gain(x)).then(x.id.cmp(&y.id)));
        self.examples = examples.into_iter().take(EXAMPLES).cloned().collect();
    }

    /// A side as if it had been a run of its own: in a typical window, where there are windows.
    #[must_use]
    pub fn as_run(&self, side: Side, of: &Measurement) -> Measurement {
        let sides = self.windows.as_ref().unwrap_or(&self.sides);
        self.of_groups(sides, side, of)
    }

    /// A side as if it had been a run of its own, over all of its requests that count.
    #[must_use]
    pub fn pooled(&self, side: Side, of: &Measurement) -> Measurement {
        self.of_groups(&self.sides, side, of)
    }

    fn of_groups(&self, sides: &[Groups; 2], side: Side, of: &Measurement) -> Measurement {
        Measurement {
            metrics: sides[side as usize].clone(),
            // Two parts of one run are never the same requests.
            requests_sha256: format!("{side:?} of {}", of.requests_sha256),
            parts: None,
            ..of.clone()
        }
    }
}

/// The last arrival that was fixed beforehand: then the load ends, and no later window is like the others.
fn last_arrival_us(records: &[RequestRecord]) -> u64 {
    let fixed = records.iter().filter(|record| record.round.is_none_or(|round| round == 0));
    fixed.map(|record| record.arrival_us).max().unwrap_or(0)
}

/// The mean of each metric over the pairs of windows in which both have it.
fn typical(pairs: &[[Groups; 2]]) -> [Groups; 2] {
    let mut found: [Groups; 2] = Default::default();
    let names: BTreeSet<(&String, &String)> = pairs
        .iter()
        .flat_map(|[a, _]| {
            a.iter().flat_map(|(group, metrics)| metrics.keys().map(move |name| (group, name)))
        })
        .collect();
    for (group, name) in names {
        let value = |side: &Groups| side.get(group)?.get(name).copied();
        let values: Vec<[f64; 2]> = pairs.iter().filter_map(|[a, b]| Some([value(a)?, value(b)?])).collect();
        if values.is_empty() {
            continue;
        }
        let is_ratio = Metric::by_name(name).is_some_and(|metric| metric.scale == Scale::Ratio)
            && values.iter().flatten().all(|value| *value > 0.0);
        for (side, groups) in found.iter_mut().enumerate() {
            let of_side = values.iter().map(|pair| pair[side]);
            let count = values.len() as f64;
            let mean = if is_ratio {
                (of_side.map(f64::ln).sum::<f64>() / count).exp()
            } else {
                of_side.sum::<f64>() / count
            };
            groups.entry(group.clone()).or_default().insert(name.clone(), mean);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups_of(ttft: f64, hits: f64) -> Groups {
        let metrics = [("ttft_mean", ttft), ("hit_rate", hits)];
        let metrics = metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Groups::from([(String::new(), metrics)])
    }

    #[test]
    fn a_typical_window_has_geometric_means_of_times_and_plain_ones_of_shares() {
        let pairs = [
            [groups_of(1.0, 0.2), groups_of(2.0, 0.0)],
            [groups_of(4.0, 0.4), groups_of(8.0, 0.5)],
            // A window without requests of B counts for neither.
            [groups_of(1e6, 1.0), Groups::new()],
        ];
        let [a, b] = typical(&pairs);
        assert!((a[""]["ttft_mean"] - 2.0).abs() < 1e-12 && (b[""]["ttft_mean"] - 4.0).abs() < 1e-12);
        assert!((a[""]["hit_rate"] - 0.3).abs() < 1e-12 && (b[""]["hit_rate"] - 0.25).abs() < 1e-12);
    }
}
