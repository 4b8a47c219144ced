//! Claims, their verdicts, and what shows them.

use serde::Serialize;

use super::super::lookup::unit_of;
use super::super::plot::{Plots, Slugs};
use super::super::wording::{self, expected, figure, interval, with_unit};
use super::page::{Figure, Number};
use crate::experiment::results::{Expectation, Results, Verdict};
use crate::report::plain;

#[derive(Serialize)]
pub(super) struct Claim {
    id: String,
    anchor: String,
    claim: String,
    verdict: &'static str,
    mark: &'static str,
    reasons: Vec<String>,
    parts: Vec<Part>,
    plots: Vec<Figure>,
}

/// An expectation.
#[derive(Serialize)]
struct Part {
    text: String,
    verdict: &'static str,
    mark: &'static str,
    estimate: Option<Number>,
    interval: Option<String>,
    expected: String,
    seeds: Option<u32>,
    by_seed: Vec<(u64, Number)>,
    /// What the claim came to in a sentence.
    sentence: Option<String>,
}

/// Every claim, in the order of writing.
pub(super) fn claims(results: &Results, plots: &Plots) -> Vec<Claim> {
    let mut anchors = Slugs::default();
    let shown = plots.hypotheses.iter().map(Some).chain(std::iter::repeat(None));
    let pairs = results.hypotheses.iter().zip(shown).enumerate();
    pairs
        .map(|(index, (hypothesis, plots))| {
            let mut reasons: Vec<String> = Vec::new();
            let all = hypothesis.expectations.iter().filter_map(|each| each.reason.as_ref());
            for reason in hypothesis.reason.iter().chain(all).map(|reason| plain(reason).into_owned()) {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            let parts = hypothesis.expectations.iter().enumerate();
            Claim {
                id: plain(&hypothesis.id).into_owned(),
                anchor: anchors.unique(&format!("claim {}", hypothesis.id)),
                claim: plain(&hypothesis.claim).into_owned(),
                verdict: wording::verdict(hypothesis.verdict),
                mark: mark(hypothesis.verdict),
                reasons,
                parts: parts
                    .map(|(part, each)| Part::new(results, each, &format!("hypotheses/{index}/{part}")))
                    .collect(),
                plots: plots.into_iter().flatten().map(Figure::new).collect(),
            }
        })
        .collect()
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "✓",
        Verdict::Refuted => "✗",
        Verdict::Inconclusive => "?",
    }
}

impl Part {
    fn new(results: &Results, expectation: &Expectation, place: &str) -> Self {
        let unit = unit_of(results, expectation);
        let value = |found: &_| {
            Number::of_interval(found, unit, place.to_owned(), |found, unit| with_unit(found.estimate, unit))
        };
        let estimate = expectation.estimate.as_ref();
        let seed = |found: &crate::experiment::results::SeedValue| {
            (found.seed, Number::of_value(found.value, unit, format!("{place}/{}", found.seed)))
        };
        Self {
            text: plain(&expectation.text).into_owned(),
            verdict: wording::verdict(expectation.verdict),
            mark: mark(expectation.verdict),
            estimate: estimate.map(value),
            interval: estimate.map(|found| interval(found, unit)),
            expected: expected(expectation, unit),
            seeds: estimate.map(|found| found.seeds),
            by_seed: expectation.by_seed.iter().map(seed).collect(),
            sentence: sentence(expectation, unit),
        }
    }
}

/// What an estimate says in words: a ratio as a change in percent.
fn sentence(expectation: &Expectation, unit: &str) -> Option<String> {
    let (found, [of, to]) = (expectation.estimate?, &expectation.arms[..]) else { return None };
    let metric = expectation.metric.as_deref()?;
    let text = match expectation.scale.as_str() {
        "ratio" => {
            let change = 100.0 * (found.estimate - 1.0);
            let word = if change < 0.0 { "lower" } else { "higher" };
            format!("{metric} is {} % {word} with {of} than with {to}.", figure(change.abs(), ""))
        }
        "difference" => {
            let word = if found.estimate < 0.0 { "lower" } else { "higher" };
            let unit = if unit == "share" { "percentage points".to_owned() } else { unit.to_owned() };
            let size =
                if unit == "percentage points" { 100.0 * found.estimate.abs() } else { found.estimate.abs() };
            let gap = if unit.is_empty() { "" } else { " " };
            format!("{metric} is {}{gap}{unit} {word} with {of} than with {to}.", figure(size, ""))
        }
        _ => return None,
    };
    Some(plain(&text).into_owned())
}
