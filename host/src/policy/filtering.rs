//! Which instances are candidates: filters, one after the other.

use pointsman_plugin_api::abi::{Failure, FilterBox, RErr, ROk, RSliceMut};

use super::decision::{Decision, miscounted};
use super::failure::PolicyFailure;
use super::loaded::Loaded;
use super::seat::Seat;
use super::table::SignalTable;

/// The filters of a router, and the candidates that they left last.
pub(super) struct Filtering {
    pub(super) filters: Vec<Seat<FilterBox>>,
    /// Answers that would have left no candidate, and were passed over.
    pub(super) emptied: u64,
    keep: Vec<u8>,
    /// The candidates, where some were left out.
    left: SignalTable,
    narrowed: bool,
}

impl Filtering {
    pub(super) fn new(filters: Vec<Seat<FilterBox>>) -> Self {
        Self { filters, emptied: 0, keep: Vec::new(), left: SignalTable::default(), narrowed: false }
    }

    /// The candidates that the last decision left of `all`.
    pub(super) fn candidates<'t>(&'t self, all: &'t SignalTable) -> &'t SignalTable {
        if self.narrowed { &self.left } else { all }
    }

    /// The same, with the filters, to tell them.
    pub(super) fn split<'t>(
        &'t mut self,
        all: &'t SignalTable,
    ) -> (&'t mut [Seat<FilterBox>], &'t SignalTable) {
        (&mut self.filters, if self.narrowed { &self.left } else { all })
    }

    /// Asks the filters, one after the other; at least one candidate stays.
    pub(super) fn narrow(&mut self, decision: &Decision<'_>, all: &SignalTable) -> Result<(), PolicyFailure> {
        self.narrowed = false;
        for seat in &mut self.filters {
            let candidates = if self.narrowed { &self.left } else { all };
            self.keep.clear();
            self.keep.resize(candidates.rows(), u8::MAX);
            let keep = &mut self.keep;
            let answer =
                seat.decide(decision.occasion(), |loaded| ask(loaded, decision, candidates, keep))?;
            if answer.is_none() || self.keep.iter().all(|&keep| keep == 1) {
                continue;
            }
            if self.keep.iter().all(|&keep| keep == 0) {
                self.emptied += 1;
                continue;
            }
            if !self.narrowed {
                self.left.copy_from(all);
                self.narrowed = true;
            }
            self.left.retain(&self.keep);
        }
        Ok(())
    }
}

/// Asks one filter; its answer is whole, or a failure.
fn ask(
    loaded: &mut Loaded<FilterBox>,
    decision: &Decision<'_>,
    table: &SignalTable,
    keep: &mut [u8],
) -> Result<(), Failure> {
    keep.fill(u8::MAX);
    let outcome =
        decision.call(loaded, table, |object, call| object.filter(call, RSliceMut::from_mut_slice(keep)));
    match outcome {
        RErr(failure) => Err(failure),
        ROk(count) if count != keep.len() => Err(miscounted(count, "answers", keep.len())),
        ROk(_) => match keep.iter().position(|&keep| keep > 1) {
            Some(row) => {
                Err(Failure::error(format!("its answer for instance {} is missing", table.instance(row))))
            }
            None => Ok(()),
        },
    }
}
