//! Routing: filters leave candidates, scorers are asked, their scores added by weight, and a picker
//! chooses (`model.md` section 9).

use pointsman_plugin_api::abi::{Failure, FilterBox, PickerBox, RErr, ROk, RSlice, ScorerBox};

use super::decision::Decision;
use super::facts::RequestFacts;
use super::failure::{CallCount, Ejection, FailureCount, PolicyFailure};
use super::filtering::Filtering;
use super::hooks::{Completed, KvBatch};
use super::loaded::{Hooks, Loaded};
use super::probe::{ProbeCounts, Probes, Shadow};
use super::recording::{DecisionRecorder, DecisionView, best_row};
use super::scoring::{ClassWeights, Scoring};
use super::seat::Seat;
use super::table::{SignalNeeds, SignalTable};

/// The router of a cluster.
pub struct Router {
    filtering: Filtering,
    scoring: Scoring,
    picker: Seat<PickerBox>,
    /// Shadows of the scorers, where somebody wants to know what signals do.
    probes: Option<Probes>,
}

impl Router {
    /// A router with a picker alone.
    #[must_use]
    pub fn with_picker(picker: Seat<PickerBox>) -> Self {
        Self::new(Vec::new(), Vec::new(), ClassWeights::default(), picker)
    }

    /// A router over filters and scorers; each scorer has a weight per class, 0 or more, with a
    /// positive sum.
    #[must_use]
    pub fn new(
        filters: Vec<Seat<FilterBox>>,
        scorers: Vec<Seat<ScorerBox>>,
        weights: ClassWeights,
        picker: Seat<PickerBox>,
    ) -> Self {
        let (filtering, scoring) = (Filtering::new(filters), Scoring::new(scorers, weights));
        Self { filtering, scoring, picker, probes: None }
    }

    /// Every scorer, by its place, with every signal that it reads, by id: what [`Shadow`]s can be made for.
    #[must_use]
    pub fn inputs(&self) -> Vec<(usize, &'static str)> {
        let scorers = self.scoring.scorers.iter().enumerate();
        scorers.flat_map(|(index, seat)| seat.signal_ids().map(move |id| (index, id))).collect()
    }

    /// Asks these shadows too from now on.
    pub fn probe(&mut self, shadows: Vec<Shadow>) {
        self.probes = Some(Probes::new(shadows));
    }

    /// What they found out; `None` where there are none.
    #[must_use]
    pub fn probe_counts(&self) -> Option<Vec<ProbeCounts>> {
        self.probes.as_ref().map(Probes::counts)
    }

    /// The signals that its policies read, by id, each once, in the order in which they are met.
    #[must_use]
    pub fn signal_ids(&self) -> Vec<&'static str> {
        let filters = self.filtering.filters.iter().flat_map(Seat::signal_ids);
        let scorers = self.scoring.scorers.iter().flat_map(Seat::signal_ids);
        let mut ids = Vec::new();
        for id in filters.chain(scorers).chain(self.picker.signal_ids()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Whether there are scorers that it asks.
    #[must_use]
    pub fn uses_scorers(&self) -> bool {
        !self.scoring.scorers.is_empty()
    }

    /// What the engine has to measure for it.
    #[must_use]
    pub fn signals(&self) -> SignalNeeds {
        let filters = self.filtering.filters.iter().map(Seat::signals);
        let scorers = self.scoring.scorers.iter().map(Seat::signals);
        filters.chain(scorers).fold(self.picker.signals(), SignalNeeds::or)
    }

    /// The hooks that its policies have.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        let filters = self.filtering.filters.iter().map(Seat::hooks);
        let scorers = self.scoring.scorers.iter().map(Seat::hooks);
        filters.chain(scorers).fold(self.picker.hooks(), Hooks::or)
    }

    /// Scores below 0 or above 1 so far; they were clamped.
    #[must_use]
    pub fn clamped_scores(&self) -> u64 {
        self.scoring.clamped_scores
    }

    /// Answers of filters that would have left no candidate; they were passed over.
    #[must_use]
    pub fn passed_over_filters(&self) -> u64 {
        self.filtering.emptied
    }

    /// How often its policies failed, of those that did.
    #[must_use]
    pub fn failures(&self) -> Vec<FailureCount> {
        let filters = self.filtering.filters.iter().flat_map(Seat::failures);
        let scorers = self.scoring.scorers.iter().flat_map(Seat::failures);
        filters.chain(scorers).chain(self.picker.failures()).collect()
    }

    /// How often its policies were asked.
    pub(super) fn calls(&self) -> impl Iterator<Item = CallCount> + '_ {
        let filters = self.filtering.filters.iter().map(Seat::calls);
        let scorers = self.scoring.scorers.iter().map(Seat::calls);
        filters.chain(scorers).chain([self.picker.calls()])
    }

    /// The policies that others took the place of.
    pub(super) fn ejections(&self) -> impl Iterator<Item = &Ejection> {
        let filters = self.filtering.filters.iter().filter_map(Seat::ejection);
        let scorers = self.scoring.scorers.iter().filter_map(Seat::ejection);
        filters.chain(scorers).chain(self.picker.ejection())
    }

    /// The candidates of the last decision, out of all instances.
    pub(super) fn candidates<'t>(&'t self, all: &'t SignalTable) -> &'t SignalTable {
        self.filtering.candidates(all)
    }

    /// Chooses a candidate for a request, by its row.
    pub(super) fn route(
        &mut self,
        decision: &Decision<'_>,
        slo_class: &str,
        all: &SignalTable,
    ) -> Result<usize, PolicyFailure> {
        self.filtering.narrow(decision, all)?;
        let candidates = self.filtering.candidates(all);
        if self.picker.current.uses_scores {
            self.scoring.add_up(decision, slo_class, candidates)?;
        } else {
            self.scoring.forget();
        }
        let totals = &mut self.scoring.totals;
        let asked = self.picker.decide(decision.occasion(), |loaded| {
            if loaded.uses_scores && totals.is_empty() {
                // A fallback that reads totals in the place of a picker for which nobody added them.
                totals.resize(candidates.rows(), 0.0);
            }
            pick(loaded, decision, candidates, totals)
        })?;
        let chosen = asked.unwrap_or_else(|| best_row(totals));
        if let Some(probes) = &mut self.probes {
            let scoring = &self.scoring;
            let scorers = scoring.views(slo_class, candidates.rows());
            let is_first = |index: usize| !scoring.scorers[index].fell_back();
            probes.ask(decision, slo_class, candidates, (&scorers, &scoring.totals), is_first)?;
        }
        Ok(chosen)
    }

    /// Shows the last decision, which `chosen` came of, to somebody who writes it down.
    #[cold]
    pub(super) fn show(
        &self,
        (now_us, request): (u64, &RequestFacts<'_>),
        all: &SignalTable,
        chosen: usize,
        recorder: &mut dyn DecisionRecorder,
    ) {
        let candidates = self.filtering.candidates(all);
        recorder.decided(&DecisionView {
            now_us,
            request: *request,
            candidates,
            scorers: &self.scoring.views(request.slo_class, candidates.rows()),
            totals: &self.scoring.totals,
            chosen,
        });
    }

    /// The hook after routing.
    pub(super) fn tell_routed(
        &mut self,
        decision: &Decision<'_>,
        all: &SignalTable,
        chosen: usize,
    ) -> Result<(), PolicyFailure> {
        let (filters, candidates) = self.filtering.split(all);
        for seat in filters {
            decision.tell_routed(seat, candidates, chosen)?;
        }
        for seat in &mut self.scoring.scorers {
            decision.tell_routed(seat, candidates, chosen)?;
        }
        if let Some(probes) = &mut self.probes {
            probes.tell_routed(decision, candidates, chosen)?;
        }
        decision.tell_routed(&mut self.picker, candidates, chosen)
    }

    /// The hook after routing, where another router decided: among all instances, whatever the filters here
    /// would have left.
    pub(super) fn tell_routed_by_another(
        &mut self,
        decision: &Decision<'_>,
        all: &SignalTable,
        instance: u32,
    ) -> Result<(), PolicyFailure> {
        let row = instance as usize;
        for seat in &mut self.filtering.filters {
            decision.tell_routed(seat, all, row)?;
        }
        for seat in &mut self.scoring.scorers {
            decision.tell_routed(seat, all, row)?;
        }
        decision.tell_routed(&mut self.picker, all, row)
    }

    /// The total of an instance in the last decision; `None` where it was no candidate, or nothing was added
    /// up.
    pub(super) fn total_of(&self, instance: u32, all: &SignalTable) -> Option<f64> {
        let candidates = self.filtering.candidates(all);
        let row = (0..candidates.rows()).find(|&row| candidates.instance(row) == instance)?;
        self.scoring.totals.get(row).copied()
    }

    /// The hook on completion.
    pub(super) fn tell_completed(&mut self, completed: &Completed<'_>) -> Result<(), PolicyFailure> {
        self.filtering.filters.iter_mut().try_for_each(|seat| completed.tell(seat))?;
        self.scoring.scorers.iter_mut().try_for_each(|seat| completed.tell(seat))?;
        self.probes.iter_mut().try_for_each(|probes| probes.tell_completed(completed))?;
        completed.tell(&mut self.picker)
    }

    /// The hook on KV events.
    pub(super) fn tell_kv_events(&mut self, batch: &KvBatch<'_>) -> Result<(), PolicyFailure> {
        self.filtering.filters.iter_mut().try_for_each(|seat| batch.tell(seat))?;
        self.scoring.scorers.iter_mut().try_for_each(|seat| batch.tell(seat))?;
        self.probes.iter_mut().try_for_each(|probes| probes.tell_kv_events(batch))?;
        batch.tell(&mut self.picker)
    }
}

/// Asks the picker; its answer is a row that there is, or a failure.
fn pick(
    loaded: &mut Loaded<PickerBox>,
    decision: &Decision<'_>,
    table: &SignalTable,
    totals: &[f64],
) -> Result<usize, Failure> {
    let totals = if loaded.uses_scores { totals } else { &[] };
    let outcome = decision.call(loaded, table, |object, call| object.pick(call, RSlice::from_slice(totals)));
    match outcome {
        RErr(failure) => Err(failure),
        ROk(row) if row >= table.rows() => {
            let rows = table.rows();
            Err(Failure::error(format!("it chose row {row} of {rows} candidates, which count from 0")))
        }
        ROk(row) => Ok(row),
    }
}
