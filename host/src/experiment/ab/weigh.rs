//! From runs of two arms to the answer, at one look.

use std::collections::BTreeSet;

use super::answer::{Effect, GuardrailRow, GuardrailState, Row, Verdict};
use super::question::{Guardrail, Question};
use crate::config::experiment::MetricRef;
use crate::experiment::judge::ALPHA;
use crate::experiment::measurement::Measurement;
use crate::experiment::results::{Interval, SeedValue};
use crate::experiment::statistics::{Looks, Paired, Sample, holm};
use crate::metrics::{Better, Scale};

/// A pair of runs.
pub struct Pair<'a> {
    /// Their seed.
    pub seed: u64,
    /// Of A.
    pub a: &'a Measurement,
    /// Of B.
    pub b: &'a Measurement,
}

/// What one look sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The metrics that decide, then the same by class.
    pub rows: Vec<Row>,
    /// The guardrails.
    pub guardrails: Vec<GuardrailRow>,
    /// Over all.
    pub verdict: Verdict,
    /// Nothing would change with more seeds that anyone asked about.
    pub is_settled: bool,
}

/// Weighs all pairs so far; `look` is the number of this look, and `pairs` are those of its count.
#[must_use]
pub fn weigh(question: &Question, pairs: &[Pair<'_>], look: usize) -> Weighed {
    let mut rows: Vec<Row> =
        question.deciding.iter().filter_map(|metric| row(question, metric, pairs, look, true)).collect();
    let adjusted = holm(&rows.iter().map(|row| row.p_value).collect::<Vec<_>>());
    for (row, p_value) in rows.iter_mut().zip(adjusted) {
        row.p_value = p_value;
        row.verdict = verdict(row, question.min_effect);
    }
    let by_class = by_class(question, pairs);
    rows.extend(by_class.iter().filter_map(|metric| row(question, metric, pairs, look, false)));
    let guardrails: Vec<GuardrailRow> =
        question.guardrails.iter().map(|one| guardrail(question, one, pairs, look)).collect();
    if !pairs.is_empty() && pairs.iter().all(|pair| pair.a.requests_sha256 == pair.b.requests_sha256) {
        for row in &mut rows {
            row.verdict = Verdict::Identical;
        }
        return Weighed { rows, guardrails, verdict: Verdict::Identical, is_settled: true };
    }
    let verdict = overall(&rows, &guardrails);
    let is_open = |row: &Row| row.decides && row.verdict == Verdict::Undecided;
    let is_settled = !rows.iter().any(is_open)
        && !guardrails.iter().any(|one| one.state == GuardrailState::Undecided)
        && rows.iter().any(|row| row.decides);
    Weighed { rows, guardrails, verdict, is_settled }
}

fn overall(rows: &[Row], guardrails: &[GuardrailRow]) -> Verdict {
    let deciding: Vec<Verdict> = rows.iter().filter(|row| row.decides).map(|row| row.verdict).collect();
    let any = |verdict| deciding.contains(&verdict);
    if any(Verdict::Worse) {
        return Verdict::Worse;
    }
    if guardrails.iter().any(|one| one.state == GuardrailState::Broken) {
        return Verdict::GuardrailBroken;
    }
    let is_open = guardrails.iter().any(|one| one.state == GuardrailState::Undecided);
    if deciding.is_empty() || any(Verdict::Undecided) || is_open {
        return Verdict::Undecided;
    }
    // One metric that is better and none that is worse.
    [Verdict::Better, Verdict::Different].into_iter().find(|one| any(*one)).unwrap_or(Verdict::Equivalent)
}

/// The metrics that decide over all requests, class by class.
fn by_class(question: &Question, pairs: &[Pair<'_>]) -> Vec<MetricRef> {
    let groups = pairs.iter().flat_map(|pair| pair.a.metrics.keys());
    let classes: BTreeSet<&str> = groups
        .filter_map(|group| group.strip_prefix("class="))
        .filter(|class| !class.contains(','))
        .collect();
    // A single class is all requests.
    if classes.len() < 2 {
        return Vec::new();
    }
    let whole = question.deciding.iter().filter(|metric| metric.group().is_empty());
    let whole: Vec<&MetricRef> = whole.filter(|metric| metric.metric().is_of_groups()).collect();
    let one = |metric: &MetricRef, class: &str| metric.of_class(class);
    let all = whole.iter().flat_map(|metric| classes.iter().map(|class| one(metric, class)));
    all.filter(|metric| !question.deciding.contains(metric)).collect()
}

/// Both values of a metric, seed by seed; `None` where a run lacks it.
pub(in crate::experiment) fn values(metric: &MetricRef, pairs: &[Pair<'_>]) -> Option<Vec<(f64, f64)>> {
    let (group, name) = (metric.group(), metric.metric().name);
    pairs.iter().map(|pair| Some((pair.a.value(&group, name)?, pair.b.value(&group, name)?))).collect()
}

pub(in crate::experiment) fn row(
    question: &Question,
    metric: &MetricRef,
    pairs: &[Pair<'_>],
    look: usize,
    decides: bool,
) -> Option<Row> {
    let values = values(metric, pairs)?;
    let found = metric.metric();
    let paired = Paired::new(&values, found.scale);
    let p_value = p_value(&question.looks, &paired, look)?;
    let effect = effect(&question.looks, &values, found.scale, look)?;
    let count = values.len() as f64;
    let (a, b) = values.iter().fold((0.0, 0.0), |(a, b), one| (a + one.0 / count, b + one.1 / count));
    let by_seed = pairs.iter().zip(&values).map(|(pair, (of_a, of_b))| {
        let value = if effect.is_ratio { of_b / of_a - 1.0 } else { relative_to(of_b - of_a, a) };
        SeedValue { seed: pair.seed, value }
    });
    let mut row = Row {
        metric: metric.to_string(),
        unit: found.unit.to_owned(),
        better: found.better.name().to_owned(),
        decides,
        a,
        b,
        effect,
        p_value,
        variance_saved: paired.variance_saved(),
        verdict: Verdict::Undecided,
        by_seed: by_seed.collect(),
    };
    row.verdict = verdict(&row, question.min_effect);
    Some(row)
}

fn relative_to(difference: f64, a: f64) -> f64 {
    if a == 0.0 { difference } else { difference / a.abs() }
}

/// Valid at any look, and over all of them.
pub(super) fn p_value(looks: &Looks, paired: &Paired, look: usize) -> Option<f64> {
    let differences = paired.differences();
    let counts = looks.counts().iter().take(look + 1).map(|&count| count as usize);
    let samples: Option<Vec<Sample>> = counts.map(|count| Sample::of(differences.get(..count)?)).collect();
    Some(looks.p_value(&samples?, 0.0))
}

pub(in crate::experiment) fn effect(
    looks: &Looks,
    values: &[(f64, f64)],
    scale: Scale,
    look: usize,
) -> Option<Effect> {
    let interval = |sample: &Sample, shown: &dyn Fn(f64) -> f64| {
        let bounds = looks.interval(sample, look, ALPHA);
        Interval {
            estimate: shown(sample.mean),
            low: bounds.map(|(low, _)| shown(low)),
            high: bounds.map(|(_, high)| shown(high)),
            seeds: sample.count,
        }
    };
    let differences: Vec<f64> = values.iter().map(|(a, b)| b - a).collect();
    let absolute = Sample::of(&differences)?;
    let mean_a = values.iter().map(|(a, _)| a).sum::<f64>() / values.len() as f64;
    let paired = Paired::new(values, scale);
    let is_ratio = paired.scale() == Scale::Ratio;
    let relative = if is_ratio {
        Some(interval(&Sample::of(&paired.differences())?, &|log: f64| log.exp_m1()))
    } else {
        (mean_a != 0.0).then(|| interval(&absolute, &|difference| difference / mean_a.abs()))
    };
    Some(Effect { relative, absolute: interval(&absolute, &|difference| difference), is_ratio })
}

/// The verdict on a metric: an interval inside the margin is equivalence, whatever the p-value.
pub(in crate::experiment) fn verdict(row: &Row, margin: f64) -> Verdict {
    let interval = row.effect.relative.unwrap_or(row.effect.absolute);
    let (Some(low), Some(high)) = (interval.low, interval.high) else { return Verdict::Undecided };
    let is_within = row.effect.relative.is_some() && low >= -margin && high <= margin;
    if is_within || (low == 0.0 && high == 0.0) {
        return Verdict::Equivalent;
    }
    if row.p_value > ALPHA || (low <= 0.0 && high >= 0.0) {
        return Verdict::Undecided;
    }
    let is_higher = interval.estimate > 0.0;
    match row.better.as_str() {
        better if better == Better::Neither.name() => Verdict::Different,
        better if (better == Better::Higher.name()) == is_higher => Verdict::Better,
        _ => Verdict::Worse,
    }
}

pub(in crate::experiment) fn guardrail(
    question: &Question,
    guardrail: &Guardrail,
    pairs: &[Pair<'_>],
    look: usize,
) -> GuardrailRow {
    let scale = guardrail.metric.metric().scale;
    let effect =
        values(&guardrail.metric, pairs).and_then(|values| effect(&question.looks, &values, scale, look));
    let relative = effect.and_then(|effect| effect.relative);
    let state = match relative.map(|one| (one.low, one.high)) {
        Some((Some(low), Some(high))) => {
            let (holds, broken) = if guardrail.is_upper {
                (high <= guardrail.bound, low > guardrail.bound)
            } else {
                (low >= guardrail.bound, high < guardrail.bound)
            };
            match (holds, broken) {
                (true, _) => GuardrailState::Holds,
                (_, true) => GuardrailState::Broken,
                _ => GuardrailState::Undecided,
            }
        }
        _ => GuardrailState::Undecided,
    };
    GuardrailRow { text: guardrail.text.clone(), relative, state }
}
