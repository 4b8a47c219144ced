//! The end of a run: what is left is recorded, and the laws that hold at the end.

use super::outcome::{State, StateCounts, Totals};
use super::request::Request;
use super::simulation::{EVENTS_PER_LOOK, RunError, Simulation};
use super::watch::Watch;

impl Simulation<'_> {
    /// What did not end is recorded as it stands; what never arrived within the horizon too.
    pub(super) fn record_what_is_left(&mut self, watch: &mut dyn Watch) -> Result<(), RunError> {
        let mut left: Vec<&Request> = self.requests.iter().collect();
        left.sort_unstable_by_key(|request| request.arrival.id);
        for request in left {
            self.sink.record(request.record(), &request.gaps);
        }
        // One by one: there may be far more of them than were ever in flight.
        while let Some(arrival) = self.source.take()? {
            self.totals.states.add(State::NotArrived);
            self.unarrived += 1;
            self.sink.record(Request::new(arrival).record(), &[]);
            if self.unarrived.is_multiple_of(EVENTS_PER_LOOK) && !watch.go_on(self.progress()) {
                return Err(RunError::Interrupted);
            }
        }
        Ok(())
    }

    /// The laws that hold at the end, and the totals.
    pub(super) fn finish(mut self) -> Totals {
        let mut counted = StateCounts::default();
        self.requests.iter().for_each(|request| counted.add(request.state));
        let ended = self.progress().done;
        assert_eq!(
            ended + counted.total() + self.unarrived,
            self.totals.states.total(),
            "L1: every generated request is in exactly one state"
        );
        for state in [State::NotArrived, State::Pipeline, State::Waiting, State::Running, State::Loading] {
            let unarrived = if state == State::NotArrived { self.unarrived } else { 0 };
            let counted = counted.get(state) + unarrived;
            assert_eq!(counted, self.totals.states.get(state), "L1: requests {}", state.name());
        }
        self.check_memory_at_the_end();
        for (index, instance) in (0..).zip(&self.instances) {
            self.sink.cached(index, &mut instance.blocks.cached());
        }
        for instance in &self.instances {
            instance.batch.gaps().for_each(|(class, gaps)| self.sink.gaps_of(class, gaps));
        }
        for instance in &mut self.instances {
            instance.account_use(self.totals.end_us);
            instance.account_step(self.totals.end_us);
            instance.totals.peak_used_blocks = instance.blocks.peak_used();
        }
        if let Some(observer) = &mut self.observer {
            observer.ended(self.totals.end_us);
        }
        self.totals.instances = self.instances.into_iter().map(|instance| instance.totals).collect();
        self.totals
    }
}
