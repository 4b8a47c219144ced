//! From measurements to the verdict on a claim.
//!
//! A claim names a range for a quantity. It is confirmed when the whole 95 % interval lies in the range,
//! refuted when none of it does, and otherwise the data do not say. "No effect" is therefore shown, by an
//! interval inside a margin, and never concluded from a test that found nothing.

use super::results::{Arm, Expectation, Hypothesis, Interval, RunOutcome, SeedValue, Verdict};
use super::statistics::{Looks, Sample};
use crate::config::experiment::{self as spec, Atom, Expr, HypothesisSpec, Relation};

/// The error of every interval.
pub const ALPHA: f64 = 0.05;

/// Where in a plan of looks one is.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The plan.
    pub looks: &'a Looks,
    /// The number of this look, from 0.
    pub index: usize,
}

/// The verdict on a claim.
#[must_use]
pub fn judge(claim: &HypothesisSpec, arms: &[Arm], look: Look<'_>) -> Hypothesis {
    let judged = claim.expect.iter().map(|expectation| expect(&expectation.value, arms, look));
    let expectations: Vec<Expectation> = judged.collect();
    let any = |verdict: Verdict| expectations.iter().find(|one| one.verdict == verdict);
    // All must hold: one that does not refutes the claim, whatever the others say.
    let (verdict, decisive) = match (any(Verdict::Refuted), any(Verdict::Inconclusive)) {
        (Some(one), _) => (Verdict::Refuted, Some(one)),
        (None, Some(one)) => (Verdict::Inconclusive, Some(one)),
        (None, None) => (Verdict::Confirmed, None),
    };
    let reason = decisive.and_then(|one| {
        let reason = one.reason.clone()?;
        Some(if expectations.len() > 1 { format!("{}: {reason}", one.text) } else { reason })
    });
    let (verdict, reason) = match inactive(claim, arms) {
        Some(reason) => (Verdict::Inconclusive, Some(reason)),
        None => (verdict, reason),
    };
    let (id, claim) = (claim.id.value.clone(), claim.claim.clone());
    Hypothesis { id, claim, expectations, verdict, reason }
}

/// A claim about a term that was never in play says nothing.
fn inactive(claim: &HypothesisSpec, arms: &[Arm]) -> Option<String> {
    let mut named: Vec<String> = Vec::new();
    claim.expect.iter().for_each(|expectation| named.extend(expectation.value.arms()));
    let arms: Vec<&Arm> = arms.iter().filter(|arm| named.contains(&arm.name)).collect();
    claim.active.iter().find_map(|term| {
        let spec::ActiveTerm { scorer, signal } = &term.value;
        let measured = arms.iter().flat_map(|arm| &arm.runs).filter_map(|run| match &run.outcome {
            RunOutcome::Measured(measurement) => Some(&measurement.terms),
            RunOutcome::Failed(_) => None,
        });
        let terms = measured.flatten().filter(|one| one.scorer == *scorer && one.signal == *signal);
        let (decisions, non_zero) =
            terms.fold((0, 0), |(all, active), term| (all + term.decisions, active + term.non_zero));
        (non_zero == 0).then(|| match decisions {
            0 => format!("no run asked `{scorer}` about `{signal}`"),
            _ => format!("the term `{signal}` of `{scorer}` was 0 in all {decisions} decisions"),
        })
    })
}

fn expect(expectation: &spec::Expectation, arms: &[Arm], look: Look<'_>) -> Expectation {
    let metrics = expectation.metrics();
    let judged = Expectation {
        text: expectation.text.clone(),
        metric: metrics.first().filter(|_| metrics.len() == 1).map(ToString::to_string),
        arms: expectation.arms(),
        scale: "runs".to_owned(),
        estimate: None,
        from: None,
        to: None,
        is_open: false,
        by_seed: Vec::new(),
        verdict: Verdict::Inconclusive,
        reason: None,
    };
    let failed = expectation.arms().into_iter().find_map(|name| {
        let arm = arms.iter().find(|arm| arm.name == name)?;
        let messages: Vec<&String> = arm
            .runs
            .iter()
            .filter_map(|run| match &run.outcome {
                RunOutcome::Failed(message) => Some(message),
                RunOutcome::Measured(_) => None,
            })
            .collect();
        let first = messages.first()?;
        Some(format!("{} of {} runs of `{name}` failed: {first}", messages.len(), arm.runs.len()))
    });
    if let Some(reason) = failed {
        return Expectation { reason: Some(reason), ..judged };
    }
    match &expectation.relation {
        Relation::Identical(names) => identical(judged, names, arms),
        Relation::Within { quantity, from, to, is_open } => {
            let range = Range { from: *from, to: *to, is_open: *is_open };
            within(judged, quantity, range, arms, look)
        }
    }
}

/// Every run the same, to the byte: seen, not estimated.
fn identical(judged: Expectation, names: &[String], arms: &[Arm]) -> Expectation {
    let digests = |name: &str| {
        let runs = arms.iter().filter(move |arm| arm.name == name).flat_map(|arm| &arm.runs);
        runs.filter_map(|run| match &run.outcome {
            RunOutcome::Measured(measurement) => Some((run.seed, measurement.requests_sha256.clone())),
            RunOutcome::Failed(_) => None,
        })
        .collect::<Vec<_>>()
    };
    let all: Vec<_> = names.iter().map(|name| digests(name)).collect();
    let Some((first, others)) = all.split_first().filter(|(first, _)| !first.is_empty()) else {
        return Expectation { reason: Some("there are no runs".to_owned()), ..judged };
    };
    let differing: Vec<u64> = first
        .iter()
        .enumerate()
        .filter(|(index, run)| others.iter().any(|other| other.get(*index) != Some(*run)))
        .map(|(_, (seed, _))| *seed)
        .collect();
    let by_seed = first.iter().map(|(seed, _)| {
        let value = f64::from(u8::from(differing.contains(seed)));
        SeedValue { seed: *seed, value }
    });
    let by_seed = by_seed.collect();
    let (verdict, reason) = match differing.first() {
        None => (Verdict::Confirmed, format!("every request fared the same in all {} seeds", first.len())),
        Some(seed) => {
            let (many, all) = (differing.len(), first.len());
            (Verdict::Refuted, format!("the runs differ in {many} of {all} seeds, first in seed {seed}"))
        }
    };
    Expectation { verdict, reason: Some(reason), by_seed, ..judged }
}

/// A quantity in a range.
fn within(judged: Expectation, quantity: &Expr, range: Range, arms: &[Arm], look: Look<'_>) -> Expectation {
    let is_ratio = quantity.is_ratio();
    let scale = if is_ratio { "ratio" } else { "difference" };
    let judged = Expectation {
        scale: scale.to_owned(),
        from: range.from,
        to: range.to,
        is_open: range.is_open,
        ..judged
    };
    let by_seed = match values(quantity, arms) {
        Ok(by_seed) => by_seed,
        Err(reason) => return Expectation { reason: Some(reason), ..judged },
    };
    let judged = Expectation { by_seed, ..judged };
    if let Some(bad) =
        judged.by_seed.iter().find(|one| !one.value.is_finite() || (is_ratio && one.value <= 0.0))
    {
        let reason = format!(
            "in seed {} it is {}: a ratio needs values above 0, a difference takes any",
            bad.seed, bad.value
        );
        return Expectation { reason: Some(reason), ..judged };
    }
    let on_scale = |value: f64| if is_ratio { value.ln() } else { value };
    let shown = |value: f64| if is_ratio { value.exp() } else { value };
    let sampled: Vec<f64> = judged.by_seed.iter().map(|one| on_scale(one.value)).collect();
    let Some(sample) = Sample::of(&sampled) else {
        return Expectation { reason: Some("there are no runs".to_owned()), ..judged };
    };
    let interval = look.looks.interval(&sample, look.index, ALPHA);
    let estimate = Interval {
        estimate: shown(sample.mean),
        low: interval.map(|(low, _)| shown(low)),
        high: interval.map(|(_, high)| shown(high)),
        seeds: sample.count,
    };
    let (verdict, reason) = decide(&estimate, range);
    Expectation { estimate: Some(estimate), verdict, reason: reason.or(judged.reason.clone()), ..judged }
}

/// Where a quantity must lie.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: Option<f64>,
    to: Option<f64>,
    /// The bounds themselves are not in it.
    is_open: bool,
}

impl Range {
    fn is_above_from(&self, value: f64) -> bool {
        self.from.is_none_or(|from| if self.is_open { value > from } else { value >= from })
    }

    fn is_below_to(&self, value: f64) -> bool {
        self.to.is_none_or(|to| if self.is_open { value < to } else { value <= to })
    }
}

/// The verdict on a range, given an interval.
fn decide(estimate: &Interval, range: Range) -> (Verdict, Option<String>) {
    let (Some(low), Some(high)) = (estimate.low, estimate.high) else {
        let reason = format!("{} say nothing about the spread between seeds", runs(estimate.seeds));
        return (Verdict::Inconclusive, Some(reason));
    };
    if range.is_above_from(low) && range.is_below_to(high) {
        (Verdict::Confirmed, None)
    } else if !range.is_above_from(high) || !range.is_below_to(low) {
        (Verdict::Refuted, None)
    } else {
        // The interval and the range say why.
        (Verdict::Inconclusive, None)
    }
}

fn runs(seeds: u32) -> String {
    if seeds == 1 { "runs of one seed".to_owned() } else { format!("equal values of {seeds} seeds") }
}

/// The quantity of each seed.
fn values(quantity: &Expr, arms: &[Arm]) -> Result<Vec<SeedValue>, String> {
    let atoms = quantity.atoms();
    let runs_of = |atom: &Atom| arms.iter().find(|arm| arm.name == atom.arm).map(|arm| &arm.runs);
    let Some(seeds) = atoms.first().and_then(|atom| runs_of(atom)) else {
        return Err("there are no runs".to_owned());
    };
    let mut by_seed = Vec::new();
    for (index, run) in seeds.iter().enumerate() {
        let of = |atom: &Atom| {
            let run = runs_of(atom)?.get(index)?;
            match &run.outcome {
                RunOutcome::Measured(one) => one.value(&atom.metric.group(), atom.metric.metric().name),
                RunOutcome::Failed(_) => None,
            }
        };
        if let Some(missing) = atoms.iter().find(|atom| of(atom).is_none()) {
            let (metric, arm, seed) = (&missing.metric, &missing.arm, run.seed);
            let why = if metric.group().is_empty() { "" } else { ": no request is of that group" };
            return Err(format!("`{metric}` of `{arm}` has no value in seed {seed}{why}"));
        }
        if let Some(value) = quantity.value(&of) {
            by_seed.push(SeedValue { seed: run.seed, value });
        }
    }
    Ok(by_seed)
}
