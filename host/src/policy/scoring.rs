//! Scores and their weighted sums (`model.md` section 9).

use std::collections::BTreeMap;

use pointsman_plugin_api::Column;
use pointsman_plugin_api::abi::{Failure, RErr, ROk, RSliceMut, ScorerBox};

use super::column::SignalColumn;
use super::decision::{Decision, miscounted};
use super::failure::PolicyFailure;
use super::loaded::Loaded;
use super::recording::ScorerView;
use super::seat::Seat;
use super::table::SignalTable;

/// Weights of the scorers, in configured order: those of all classes, and of classes that differ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClassWeights {
    /// For every class that has none of its own.
    pub default: Vec<f64>,
    /// By SLO class.
    pub by_class: BTreeMap<String, Vec<f64>>,
}

impl ClassWeights {
    fn of(&self, class: &str) -> &[f64] {
        // Most configurations have no weights by class: spare them the look-up.
        if self.by_class.is_empty() {
            &self.default
        } else {
            self.by_class.get(class).unwrap_or(&self.default)
        }
    }
}

/// The scorers of a router, and what they said last.
pub(super) struct Scoring {
    pub(super) scorers: Vec<Seat<ScorerBox>>,
    weights: ClassWeights,
    /// Scores below 0 or above 1 so far.
    pub(super) clamped_scores: u64,
    /// Scratch: the scores of one scorer, and their weighted sums.
    scores: Vec<f64>,
    pub(super) totals: Vec<f64>,
    /// Scratch: which scorers answered, and with what; one row of instances per scorer.
    answers: Vec<f64>,
    answered: Vec<bool>,
}

impl Scoring {
    pub(super) fn new(scorers: Vec<Seat<ScorerBox>>, weights: ClassWeights) -> Self {
        Self {
            scorers,
            weights,
            clamped_scores: 0,
            scores: Vec::new(),
            totals: Vec::new(),
            answers: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// Fills `totals`: the sum, in configured order, of weight / sum(weights) * score.
    pub(super) fn add_up(
        &mut self,
        decision: &Decision<'_>,
        slo_class: &str,
        table: &SignalTable,
    ) -> Result<(), PolicyFailure> {
        let rows = table.rows();
        self.answers.clear();
        self.answered.clear();
        self.scores.resize(rows, 0.0);
        for seat in &mut self.scorers {
            let answer = seat.decide(decision.occasion(), |loaded| {
                ask(loaded, decision, table, |signal| table.column(signal), &mut self.scores)
            })?;
            let answered = answer.is_some();
            self.answered.push(answered);
            for score in &self.scores {
                let inside = score.clamp(0.0, 1.0);
                self.clamped_scores += u64::from(answered && inside != *score);
                self.answers.push(inside);
            }
        }
        let weights = self.weights.of(slo_class);
        let sum = self.sum_of_weights(slo_class);
        self.totals.clear();
        self.totals.resize(rows, 0.0);
        for ((weight, answered), scores) in
            weights.iter().zip(&self.answered).zip(self.answers.chunks_exact(rows.max(1)))
        {
            if *answered && sum > 0.0 {
                let share = weight / sum;
                for (total, score) in self.totals.iter_mut().zip(scores) {
                    *total += share * score;
                }
            }
        }
        Ok(())
    }

    /// Nobody is asked: what was said last is about another request.
    pub(super) fn forget(&mut self) {
        self.totals.clear();
        self.answers.clear();
        self.answered.clear();
    }

    /// A scorer that has no answer is left out, and the other weights share its part.
    fn sum_of_weights(&self, slo_class: &str) -> f64 {
        let weights = self.weights.of(slo_class).iter();
        weights.zip(&self.answered).filter(|(_, answered)| **answered).map(|(weight, _)| weight).sum()
    }

    /// What each said last, about a request of this class and so many candidates.
    pub(super) fn views(&self, slo_class: &str, rows: usize) -> Vec<ScorerView<'_>> {
        let sum = self.sum_of_weights(slo_class);
        let scores = self.answers.chunks_exact(rows.max(1));
        let said = self.weights.of(slo_class).iter().zip(&self.answered).zip(scores);
        let views = self.scorers.iter().zip(said).map(|(seat, ((weight, &answered), scores))| ScorerView {
            name: seat.policy(),
            weight: if answered && sum > 0.0 { weight / sum } else { 0.0 },
            scores,
            answered,
        });
        views.collect()
    }
}

/// Asks one scorer on these columns of signals; its answer is whole and finite, or a failure.
pub(super) fn ask<'t>(
    loaded: &mut Loaded<ScorerBox>,
    decision: &Decision<'_>,
    table: &SignalTable,
    column: impl Fn(SignalColumn) -> Column<'t>,
    scores: &mut [f64],
) -> Result<(), Failure> {
    // A slot that is left alone shows.
    scores.fill(f64::NAN);
    let outcome = decision.call_with(loaded, table.rows(), column, |object, call| {
        object.score(call, RSliceMut::from_mut_slice(scores))
    });
    match outcome {
        RErr(failure) => Err(failure),
        ROk(count) if count != scores.len() => Err(miscounted(count, "scores", scores.len())),
        ROk(_) => match scores.iter().position(|score| !score.is_finite()) {
            Some(row) => Err(Failure::error(format!(
                "its score of instance {} is {}",
                table.instance(row),
                scores[row]
            ))),
            None => Ok(()),
        },
    }
}
