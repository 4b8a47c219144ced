//! What can be claimed of points, on seeds that had no part in choosing them.

use super::answer::Standing;
use super::pareto::dominates;
use crate::experiment::ab::{
    GuardrailRow, GuardrailState, Pair, Question, Row, Verdict, guardrail, row, verdict,
};
use crate::experiment::measurement::Measurement;
use crate::experiment::statistics::holm;
use crate::metrics::Better;

/// What was found about some points, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// The metrics of each, in the order of asking.
    pub rows: Vec<Vec<Row>>,
    /// The guardrails of each.
    pub guardrails: Vec<Vec<GuardrailRow>>,
    /// Over all metrics and guardrails of each.
    pub standings: Vec<Standing>,
    /// Who is better than each, by estimates; `None` is the baseline.
    pub dominated_by: Vec<Vec<Option<usize>>>,
}

/// Compares each point with the baseline, seed by seed. The chance of one false "better" or "worse" among
/// all points and metrics is kept at 5 % (Holm).
///
/// # Errors
///
/// The metric that a run has no value for.
pub fn claim(
    question: &Question,
    seeds: &[u64],
    baseline: &[Measurement],
    points: &[&[Measurement]],
) -> Result<Claims, String> {
    let mut rows: Vec<Vec<Row>> = Vec::new();
    let mut guardrails = Vec::new();
    let mut standings = Vec::new();
    for point in points {
        let pairs = pairs(seeds, baseline, point);
        let of = |metric| row(question, metric, &pairs, 0, true).ok_or_else(|| metric.to_string());
        rows.push(question.deciding.iter().map(of).collect::<Result<_, _>>()?);
        let held = question.guardrails.iter().map(|one| guardrail(question, one, &pairs, 0));
        guardrails.push(held.collect::<Vec<GuardrailRow>>());
    }
    let p_values: Vec<f64> = rows.iter().flatten().map(|row| row.p_value).collect();
    for (row, p_value) in rows.iter_mut().flatten().zip(holm(&p_values)) {
        row.p_value = p_value;
        row.verdict = verdict(row, question.min_effect);
    }
    for ((rows, guardrails), point) in rows.iter_mut().zip(&guardrails).zip(points) {
        let is_same = |(a, b): (&Measurement, &Measurement)| a.requests_sha256 == b.requests_sha256;
        if !seeds.is_empty() && baseline.iter().zip(*point).all(is_same) {
            rows.iter_mut().for_each(|row| row.verdict = Verdict::Identical);
            standings.push(Standing::Identical);
        } else {
            standings.push(standing(rows, guardrails));
        }
    }
    let dominated_by = dominated_by(&rows);
    Ok(Claims { rows, guardrails, standings, dominated_by })
}

/// Runs of the baseline and a point, seed by seed.
pub(super) fn pairs<'a>(seeds: &[u64], a: &'a [Measurement], b: &'a [Measurement]) -> Vec<Pair<'a>> {
    seeds.iter().zip(a.iter().zip(b)).map(|(&seed, (a, b))| Pair { seed, a, b }).collect()
}

fn standing(rows: &[Row], guardrails: &[GuardrailRow]) -> Standing {
    let any = |verdict: Verdict| rows.iter().any(|row| row.verdict == verdict);
    let is = |state: GuardrailState| guardrails.iter().any(|one| one.state == state);
    if is(GuardrailState::Broken) {
        return Standing::GuardrailBroken;
    }
    match (any(Verdict::Better), any(Verdict::Worse)) {
        (true, true) => Standing::TradeOff,
        (false, true) => Standing::Worse,
        _ if any(Verdict::Undecided) || is(GuardrailState::Undecided) => Standing::Undecided,
        (true, false) => Standing::Better,
        (false, false) => Standing::Equivalent,
    }
}

/// By estimates: who is at least as good in all metrics and better in one.
fn dominated_by(rows: &[Vec<Row>]) -> Vec<Vec<Option<usize>>> {
    // Relative differences, unless some point has no ratio where others have: then the plain ones.
    let width = rows.first().map_or(0, Vec::len);
    let is_relative: Vec<bool> = (0..width)
        .map(|metric| {
            let mut all = rows.iter().map(|rows| &rows[metric].effect);
            let first = rows[0][metric].effect.is_ratio;
            all.all(|effect| effect.relative.is_some() && effect.is_ratio == first)
        })
        .collect();
    let value = |(row, is_relative): (&Row, &bool)| {
        let effect = &row.effect;
        let relative = effect.relative.as_ref().filter(|_| *is_relative);
        let difference = relative.unwrap_or(&effect.absolute).estimate;
        if row.better == Better::Higher.name() { -difference } else { difference }
    };
    let values: Vec<Vec<f64>> =
        rows.iter().map(|rows| rows.iter().zip(&is_relative).map(value).collect()).collect();
    let nothing = vec![0.0; width];
    let better = |point: &Vec<f64>| {
        let others = values.iter().enumerate().map(|(index, other)| (Some(index), other));
        let all = others.chain([(None, &nothing)]);
        all.filter(|(_, other)| dominates(other, point)).map(|(who, _)| who).collect()
    };
    values.iter().map(better).collect()
}
