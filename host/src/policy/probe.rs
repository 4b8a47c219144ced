//! Which signals make a difference: for every scorer and every signal that it reads, a second object of the
//! same policy is asked the same question with that signal at 0 for all candidates.
//!
//! A shadow never influences a run. It has the parameters and the seed of the scorer and is told all that
//! the scorer is told, so its state is the same where a policy's state follows from what it is told.

use std::collections::BTreeMap;

use pointsman_plugin_api::abi::ScorerBox;
use serde::{Deserialize, Serialize};

use super::column::SignalColumn;
use super::decision::Decision;
use super::failure::{OnError, PolicyFailure};
use super::hooks::{Completed, KvBatch};
use super::loaded::Loaded;
use super::recording::{ScorerView, best_row};
use super::scoring::ask;
use super::seat::Seat;
use super::table::{Cells, SignalTable};

/// How often a signal mattered to a scorer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalCounts {
    /// Decisions that the scorer and its shadow both answered.
    pub decisions: u64,
    /// Of those, with the signal above 0 at some candidate.
    pub nonzero: u64,
    /// With different values of the signal among the candidates.
    pub differing: u64,
    /// With other scores of some candidate without the signal.
    pub scores_changed: u64,
    /// With another choice without the signal, ties going to the lowest row on both sides.
    pub choice_changed: u64,
}

impl SignalCounts {
    fn add(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.nonzero += other.nonzero;
        self.differing += other.differing;
        self.scores_changed += other.scores_changed;
        self.choice_changed += other.choice_changed;
    }
}

/// What a shadow found out about one signal of one scorer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeCounts {
    /// The scorer's place in configured order, from 0.
    pub index: usize,
    /// Its name.
    pub scorer: String,
    /// The signal, by id.
    pub signal: String,
    /// Over all classes.
    pub all: SignalCounts,
    /// By SLO class.
    pub classes: BTreeMap<String, SignalCounts>,
    /// Decisions that the scorer answered and the shadow did not: without the signal the policy fails.
    pub failed: u64,
}

/// A second object of a scorer, which does without one signal.
pub struct Shadow {
    scorer: usize,
    signal: SignalColumn,
    seat: Seat<ScorerBox>,
    classes: BTreeMap<String, SignalCounts>,
    failed: u64,
}

impl Shadow {
    /// Of the scorer at this place in configured order, to be asked without the signal of this id.
    #[must_use]
    pub fn new(scorer: usize, signal: &str, policy: Loaded<ScorerBox>) -> Self {
        Self {
            scorer,
            signal: SignalColumn::with_id(signal),
            seat: Seat::new(policy, OnError::Skip, None),
            classes: BTreeMap::new(),
            failed: 0,
        }
    }

    fn counts(&self) -> ProbeCounts {
        let mut all = SignalCounts::default();
        self.classes.values().for_each(|counts| all.add(*counts));
        ProbeCounts {
            index: self.scorer,
            scorer: self.seat.policy().to_owned(),
            signal: self.signal.id().unwrap_or_default().to_owned(),
            all,
            classes: self.classes.clone(),
            failed: self.failed,
        }
    }
}

/// The shadows of a router.
#[derive(Default)]
pub(super) struct Probes {
    shadows: Vec<Shadow>,
    /// Scratch: a table of zeros, the scores of a shadow, and the totals with them.
    zeros: SignalTable,
    scores: Vec<f64>,
    totals: Vec<f64>,
}

impl Probes {
    pub(super) fn new(shadows: Vec<Shadow>) -> Self {
        Self { shadows, ..Self::default() }
    }

    pub(super) fn counts(&self) -> Vec<ProbeCounts> {
        self.shadows.iter().map(Shadow::counts).collect()
    }

    /// Asks the shadows of the scorers that answered. `is_first` says whether the scorer at a place is still
    /// the policy that it was: a fallback has no shadow.
    pub(super) fn ask(
        &mut self,
        decision: &Decision<'_>,
        slo_class: &str,
        candidates: &SignalTable,
        (scorers, totals): (&[ScorerView<'_>], &[f64]),
        is_first: impl Fn(usize) -> bool,
    ) -> Result<(), PolicyFailure> {
        self.zeros.neutralise(candidates);
        self.scores.resize(candidates.rows(), 0.0);
        for shadow in &mut self.shadows {
            let Some(scorer) = scorers.get(shadow.scorer).filter(|scorer| scorer.answered) else { continue };
            if !is_first(shadow.scorer) {
                continue;
            }
            let (signal, zeros, scores) = (shadow.signal, &self.zeros, &mut self.scores);
            let column = |id| if id == signal { zeros.column(id) } else { candidates.column(id) };
            let answer = shadow
                .seat
                .decide(decision.occasion(), |loaded| ask(loaded, decision, candidates, column, scores))?;
            if answer.is_none() {
                shadow.failed += 1;
                continue;
            }
            self.scores.iter_mut().for_each(|score| *score = score.clamp(0.0, 1.0));
            let changed = self.scores != scorer.scores;
            if changed {
                add_up(&mut self.totals, candidates.rows(), scorers, (shadow.scorer, &self.scores));
            }
            let (nonzero, differing) = spread(signal, candidates);
            let found = SignalCounts {
                decisions: 1,
                nonzero: nonzero.into(),
                differing: differing.into(),
                scores_changed: changed.into(),
                choice_changed: (changed && best_row(&self.totals) != best_row(totals)).into(),
            };
            match shadow.classes.get_mut(slo_class) {
                Some(counts) => counts.add(found),
                None => drop(shadow.classes.insert(slo_class.to_owned(), found)),
            }
        }
        Ok(())
    }

    /// The hook after routing, with the signals as they are.
    pub(super) fn tell_routed(
        &mut self,
        decision: &Decision<'_>,
        candidates: &SignalTable,
        chosen: usize,
    ) -> Result<(), PolicyFailure> {
        self.seats().try_for_each(|seat| decision.tell_routed(seat, candidates, chosen))
    }

    /// The hook on completion.
    pub(super) fn tell_completed(&mut self, completed: &Completed<'_>) -> Result<(), PolicyFailure> {
        self.seats().try_for_each(|seat| completed.tell(seat))
    }

    /// The hook on KV events.
    pub(super) fn tell_kv_events(&mut self, batch: &KvBatch<'_>) -> Result<(), PolicyFailure> {
        self.seats().try_for_each(|seat| batch.tell(seat))
    }

    fn seats(&mut self) -> impl Iterator<Item = &mut Seat<ScorerBox>> {
        self.shadows.iter_mut().map(|shadow| &mut shadow.seat)
    }
}

/// The totals with other scores of one scorer, added up as the router does it.
fn add_up(totals: &mut Vec<f64>, rows: usize, scorers: &[ScorerView<'_>], (at, other): (usize, &[f64])) {
    totals.clear();
    totals.resize(rows, 0.0);
    for (index, scorer) in scorers.iter().enumerate().filter(|(_, scorer)| scorer.weight > 0.0) {
        let scores = if index == at { other } else { scorer.scores };
        totals.iter_mut().zip(scores).for_each(|(total, score)| *total += scorer.weight * score);
    }
}

/// Whether a signal is above 0 at some candidate, and whether it differs between candidates.
fn spread(signal: SignalColumn, candidates: &SignalTable) -> (bool, bool) {
    fn of<T: PartialEq + Default>(cells: &[T]) -> (bool, bool) {
        let zero = T::default();
        (cells.iter().any(|cell| *cell != zero), cells.windows(2).any(|pair| pair[0] != pair[1]))
    }
    match signal.id().and_then(|id| candidates.cells(id)) {
        Some(Cells::Numbers(cells)) => of(cells),
        Some(Cells::Ratios(cells)) => of(cells),
        None => (false, false),
    }
}
