//! Routing: scorers are asked, their scores added by weight, an instance picked
//! (`model.md` section 9).

use std::collections::BTreeMap;

use pointsman_plugin_api::Column;
use pointsman_plugin_api::abi::{Failure, RErr, ROk, RSlice, RSliceMut, ScoreCall, ScorerBox};

use super::facts::{RequestCells, RequestFacts};
use super::failure::{FailureCount, PolicyFailure};
use super::picker::{Picker, TieBreak};
use super::seat::{Occasion, Remedy, Seat};
use super::table::{SignalNeeds, SignalTable};

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

/// The router of a cluster.
pub struct Router {
    picker: Picker,
    tie_break: TieBreak,
    scorers: Vec<Seat<ScorerBox>>,
    weights: ClassWeights,
    next_in_turn: usize,
    clamped_scores: u64,
    /// Scratch: the scores of one scorer, and their weighted sums.
    scores: Vec<f64>,
    totals: Vec<f64>,
    tied: Vec<usize>,
    /// Scratch: which scorers answered, and with what; one row of instances per scorer.
    answers: Vec<f64>,
    answered: Vec<bool>,
}

impl Router {
    /// A router with a picker alone.
    #[must_use]
    pub fn with_picker(picker: Picker, tie_break: TieBreak) -> Self {
        Self::new(picker, tie_break, Vec::new(), ClassWeights::default())
    }

    /// A router over scorers; each has a weight per class, 0 or more, with a positive sum.
    #[must_use]
    pub fn new(
        picker: Picker,
        tie_break: TieBreak,
        scorers: Vec<Seat<ScorerBox>>,
        weights: ClassWeights,
    ) -> Self {
        Self {
            picker,
            tie_break,
            scorers,
            weights,
            next_in_turn: 0,
            clamped_scores: 0,
            scores: Vec::new(),
            totals: Vec::new(),
            tied: Vec::new(),
            answers: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// What the engine has to measure for it.
    #[must_use]
    pub fn signals(&self) -> SignalNeeds {
        let mut needs =
            SignalNeeds { instances: self.picker == Picker::LeastLoaded, ..SignalNeeds::default() };
        for seat in &self.scorers {
            let needed = seat.signals();
            needs.instances |= needed.instances;
            needs.cached_prefix_blocks |= needed.cached_prefix_blocks;
        }
        needs
    }

    /// Scores below 0 or above 1 so far; they were clamped.
    #[must_use]
    pub fn clamped_scores(&self) -> u64 {
        self.clamped_scores
    }

    /// How often scorers failed, of those that did.
    #[must_use]
    pub fn failures(&self) -> Vec<FailureCount> {
        self.scorers.iter().flat_map(|seat| seat.failures().iter().cloned()).collect()
    }

    /// Chooses an instance for a request, and tells the scorers.
    pub fn route(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        table: &SignalTable,
    ) -> Result<u32, PolicyFailure> {
        let rows = table.rows();
        let chosen = match self.picker {
            Picker::RoundRobin => {
                let chosen = self.next_in_turn % rows;
                self.next_in_turn = chosen + 1;
                chosen
            }
            Picker::LeastLoaded => {
                let least = (0..rows).map(|row| table.effective_load(row)).min().unwrap_or(0);
                self.tied.clear();
                self.tied.extend((0..rows).filter(|&row| table.effective_load(row) == least));
                self.tie_break.choose(&self.tied)
            }
            Picker::MaxScore => {
                self.add_scores(now_us, request, table)?;
                let best = self.totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                self.tied.clear();
                self.tied.extend((0..rows).filter(|&row| self.totals[row] == best));
                self.tie_break.choose(&self.tied)
            }
        };
        self.tell(now_us, request, table, chosen)?;
        Ok(chosen as u32)
    }

    /// Fills `totals`: the sum, in configured order, of weight / sum(weights) * score.
    fn add_scores(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        table: &SignalTable,
    ) -> Result<(), PolicyFailure> {
        let rows = table.rows();
        let cells = RequestCells::new(request);
        let at = Occasion { now_us, request: Some(request.id), instance: None };
        self.answers.clear();
        self.answered.clear();
        self.scores.resize(rows, 0.0);
        for seat in &mut self.scorers {
            let answered = loop {
                match ask(seat, now_us, &cells, table, &mut self.scores) {
                    Ok(()) => break true,
                    Err(failure) => match seat.fail(failure, at)? {
                        Remedy::Skip => break false,
                        Remedy::Again => {}
                    },
                }
            };
            self.answered.push(answered);
            for score in &self.scores {
                let inside = score.clamp(0.0, 1.0);
                self.clamped_scores += u64::from(answered && inside != *score);
                self.answers.push(inside);
            }
        }
        // A scorer that has no answer is left out, and the other weights share its part.
        let weights = self.weights.of(request.slo_class);
        let sum: f64 =
            weights.iter().zip(&self.answered).filter(|(_, a)| **a).map(|(weight, _)| weight).sum();
        self.totals.clear();
        self.totals.resize(rows, 0.0);
        for ((weight, answered), scores) in
            weights.iter().zip(&self.answered).zip(self.answers.chunks_exact(rows))
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

    /// The hook after routing: every scorer learns where the request went.
    fn tell(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        table: &SignalTable,
        chosen: usize,
    ) -> Result<(), PolicyFailure> {
        let cells = RequestCells::new(request);
        let at = Occasion { now_us, request: Some(request.id), instance: None };
        for seat in self.scorers.iter_mut().filter(|seat| !seat.has_panicked()) {
            let outcome = with_call(seat, now_us, &cells, table, |object, call| object.routed(call, chosen));
            if let RErr(failure) = outcome {
                seat.fail(failure, at)?;
            }
        }
        Ok(())
    }
}

/// Asks one scorer; its answer is whole and finite, or a failure.
fn ask(
    seat: &mut Seat<ScorerBox>,
    now_us: u64,
    cells: &RequestCells<'_>,
    table: &SignalTable,
    scores: &mut [f64],
) -> Result<(), Failure> {
    // A slot that is left alone shows.
    scores.fill(f64::NAN);
    let outcome = with_call(seat, now_us, cells, table, |object, call| {
        object.score(call, RSliceMut::from_mut_slice(scores))
    });
    match outcome {
        RErr(failure) => Err(failure),
        ROk(count) if count != scores.len() => {
            Err(Failure::error(format!("it gave {count} scores for {} instances", scores.len())))
        }
        ROk(_) => match scores.iter().position(|score| !score.is_finite()) {
            Some(row) => Err(Failure::error(format!("its score of instance {row} is {}", scores[row]))),
            None => Ok(()),
        },
    }
}

/// Policies rarely declare more columns than this; those that do pay for an allocation.
const COLUMNS: usize = 16;

/// Calls a scorer with the columns that it declared.
fn with_call<R>(
    seat: &mut Seat<ScorerBox>,
    now_us: u64,
    cells: &RequestCells<'_>,
    table: &SignalTable,
    call: impl FnOnce(&mut ScorerBox, ScoreCall<'_>) -> R,
) -> R {
    let loaded = &mut seat.current;
    let mut request = [Column::absent(); COLUMNS];
    let mut instances = [Column::absent(); COLUMNS];
    let (mut many_attributes, mut many_signals) = (Vec::new(), Vec::new());
    let request = columns(&mut request, &mut many_attributes, &loaded.attributes, |&id| cells.column(id));
    let instances = columns(&mut instances, &mut many_signals, &loaded.signals, |&id| table.column(id));
    let rows = table.rows();
    call(
        &mut loaded.object,
        ScoreCall {
            now_us,
            rows,
            request: RSlice::from_slice(request),
            instances: RSlice::from_slice(instances),
        },
    )
}

/// The columns of `ids`, in `few` if they fit there, else in `many`.
pub(super) fn columns<'s, 'c, I>(
    few: &'s mut [Column<'c>],
    many: &'s mut Vec<Column<'c>>,
    ids: &[I],
    column: impl Fn(&I) -> Column<'c>,
) -> &'s [Column<'c>] {
    if ids.len() > few.len() {
        many.extend(ids.iter().map(column));
        return many;
    }
    for (slot, id) in few.iter_mut().zip(ids) {
        *slot = column(id);
    }
    &few[..ids.len()]
}
