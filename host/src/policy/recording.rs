//! What a routing decision looks like to somebody who writes it down.

use super::facts::RequestFacts;
use super::table::SignalTable;

/// One scorer's part in a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScorerView<'a> {
    /// Name of the policy that was asked: a fallback's, once one sits there.
    pub name: &'a str,
    /// Its weight for the request's class, over the sum of the weights of those that answered; 0 where it
    /// did not answer.
    pub weight: f64,
    /// Its scores by row of the candidates, clamped to 0 to 1; they mean nothing where it did not answer.
    pub scores: &'a [f64],
    /// Whether it answered.
    pub answered: bool,
}

/// One routing decision, as it was made.
#[derive(Debug, Clone, Copy)]
pub struct DecisionView<'a> {
    /// When it was made. \[us\]
    pub now_us: u64,
    /// The request.
    pub request: RequestFacts<'a>,
    /// Signals of the candidates, a row each. What filters left out is no candidate.
    pub candidates: &'a SignalTable,
    /// The scorers in configured order; none where the picker asked for no scores.
    pub scorers: &'a [ScorerView<'a>],
    /// The weighted sums by row; empty where the picker asked for none.
    pub totals: &'a [f64],
    /// The row that was chosen.
    pub chosen: usize,
}

/// Somebody who writes decisions down. It has no influence on them.
pub trait DecisionRecorder {
    /// A decision was made; the policies were not told yet.
    fn decided(&mut self, decision: &DecisionView<'_>);
}

/// The row of the highest total, the lowest of them on a tie: what `max-score` chooses but for its way with
/// ties. Two sets of totals compared by this rule never differ by the luck of a draw. 0 for no rows.
#[must_use]
pub fn best_row(totals: &[f64]) -> usize {
    let best = totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    totals.iter().position(|&total| total == best).unwrap_or(0)
}
