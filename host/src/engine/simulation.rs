//! The run: one event after the other.

use super::event::{Event, EventQueue, Kind};
use super::feed::Feed;
use super::instance::Instance;
use super::observer::Observer;
use super::outcome::{Sink, State, Totals};
use super::quiet::{Due, LARGEST_BLOCK};
use super::request::{Request, Requests};
use super::settings::{ClusterSettings, Engine, Reload};
use super::signals::Reports;
use super::watch::{Progress, Watch};
use crate::policy::{DecisionRecorder, Policies, PolicyFailure};
use crate::workload::{Arrival, End, Source, WorkloadError};

/// Ticks beyond this are an error: far enough for any run, near enough that sums cannot overflow.
pub const LAST_TICK_US: u64 = 1 << 62;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The workload could not be read or generated.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// A policy failed, and the configuration says that the run fails with it.
    #[error(transparent)]
    Policy(#[from] PolicyFailure),
    /// Simulated time left its range.
    #[error(
        "simulated time passed 2^62 us at tick {now_us}: look at the latency coefficients, transfer times and arrivals"
    )]
    Clock {
        /// When it happened.
        now_us: u64,
    },
    /// Somebody asked for the end.
    #[error("interrupted")]
    Interrupted,
}

/// Events between two looks of the watch.
pub(super) const EVENTS_PER_LOOK: u64 = 2048;

/// A run of a cluster. The plain engine does one step of one instance at a time and touches every
/// request in it; the fast one does the same in fewer events (see `quiet`).
pub struct Simulation<'a> {
    pub(super) settings: &'a ClusterSettings,
    pub(super) policies: &'a mut Policies,
    pub(super) source: &'a mut dyn Source,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) recorder: Option<&'a mut dyn DecisionRecorder>,
    pub(super) now_us: u64,
    pub(super) events: EventQueue,
    pub(super) requests: Requests,
    pub(super) instances: Vec<Instance>,
    pub(super) reports: Reports,
    pub(super) feed: Feed,
    pub(super) totals: Totals,
    /// Who looks on (see `observer`).
    pub(super) observer: Option<&'a mut dyn Observer>,
    /// When the next arrival from the source is, if anybody asked since it last changed.
    fixed_us: Option<Option<u64>>,
    /// Requests that were left in the source at the horizon.
    pub(super) unarrived: u64,
    /// Requests that only decode are in batches.
    pub(super) has_batches: bool,
    /// The ends of offloads are no events.
    pub(super) lands_offloads: bool,
}

impl<'a> Simulation<'a> {
    /// A cluster at tick 0, before its first event.
    pub fn new(
        settings: &'a ClusterSettings,
        engine: Engine,
        policies: &'a mut Policies,
        source: &'a mut dyn Source,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let adds_up = sink.adds_up_gaps();
        let mut instances: Vec<_> =
            (0..settings.instances).map(|_| Instance::new(&settings.kv, engine, adds_up)).collect();
        let feed = Feed::new(settings, policies.hooks(), &mut instances);
        let reports = Reports::new(settings, &instances, policies.signals());
        let mut events = match engine {
            Engine::Plain => EventQueue::default(),
            Engine::Fast => EventQueue::with_timers(settings.instances),
        };
        // Policies that are told of every block see in which order requests take them.
        let has_batches =
            engine == Engine::Fast && !policies.hooks().kv_events && settings.kv.block_size <= LARGEST_BLOCK;
        // An event is also an occasion to tell policies what they are told late.
        let lands_offloads = has_batches && settings.kv.reload == Reload::Blocking && !feed.tells_late();
        if settings.refresh_interval_us > 0 {
            for index in 0..settings.instances {
                // Instances report at even distances over the interval.
                let first = u128::from(index) * u128::from(settings.refresh_interval_us)
                    / u128::from(settings.instances);
                events.push(first as u64, Event::Refresh(index));
            }
        }
        let totals = Totals { total_blocks: settings.kv.blocks, ..Totals::default() };
        Self {
            settings,
            policies,
            source,
            sink,
            recorder: None,
            now_us: 0,
            events,
            requests: Requests::default(),
            instances,
            reports,
            feed,
            totals,
            observer: None,
            fixed_us: None,
            unarrived: 0,
            has_batches,
            lands_offloads,
        }
    }

    /// The same with somebody who writes down every routing decision.
    #[must_use]
    pub fn with_recorder(self, recorder: Option<&'a mut dyn DecisionRecorder>) -> Self {
        Self { recorder, ..self }
    }

    /// Runs to the end of the work, or to the horizon.
    pub fn run(mut self, watch: &mut dyn Watch) -> Result<Totals, RunError> {
        let horizon_us = self.settings.horizon_us.unwrap_or(LAST_TICK_US);
        let mut handled: u64 = 0;
        loop {
            let fixed_us = self.next_fixed_us()?;
            if fixed_us.is_none() && !self.events.is_live() {
                break;
            }
            let next = self.events.peek();
            // Arrivals that were fixed beforehand go before others of the same time and kind.
            let from_source = match (fixed_us, next) {
                (Some(fixed_us), Some(next)) => (fixed_us, Kind::Arrival) <= next,
                (fixed, _) => fixed.is_some(),
            };
            let time_us = if from_source { fixed_us } else { next.map(|(us, _)| us) };
            let Some(time_us) = time_us.filter(|&us| us <= horizon_us) else { break };
            assert!(time_us >= self.now_us, "L3: the clock went back");
            self.now_us = time_us;
            let mut counts = true;
            if from_source {
                self.fixed_us = None;
                let Some(arrival) = self.source.take()? else { break };
                let slot = self.create(arrival);
                self.totals.arrivals_under_load = self.totals.waiting_at_arrival.len() + 1;
                self.arrive(slot)?;
            } else if let Some((_, event)) = self.events.pop() {
                self.handle(event)?;
                // A report is no progress: it does not make a run longer.
                counts = event.kind() != Kind::Refresh;
            }
            self.tell_what_is_due()?;
            if counts {
                self.totals.events += 1;
                self.totals.end_us = self.now_us;
            }
            if cfg!(debug_assertions) {
                self.check_counts();
            }
            handled += 1;
            if handled.is_multiple_of(EVENTS_PER_LOOK) && !watch.go_on(self.progress()) {
                return Err(RunError::Interrupted);
            }
        }
        self.catch_up_all(Due::Through(horizon_us));
        self.land_all_offloads(horizon_us);
        self.dissolve_batches();
        self.record_what_is_left(watch)?;
        // What happened is told, even where the delay goes beyond the end.
        self.tell_until(u64::MAX)?;
        Ok(self.finish())
    }

    /// When the next arrival is that was fixed beforehand.
    #[inline]
    fn next_fixed_us(&mut self) -> Result<Option<u64>, RunError> {
        if let Some(known) = self.fixed_us {
            return Ok(known);
        }
        let fixed_us = self.source.peek_us()?;
        self.fixed_us = Some(fixed_us);
        Ok(fixed_us)
    }

    fn handle(&mut self, event: Event) -> Result<(), RunError> {
        match event {
            Event::StepEnd(instance) => self.end_step(instance),
            Event::OffloadEnd(instance, identity) => self.end_offload(instance, identity),
            Event::LoadEnd(slot) => self.end_load(slot),
            Event::Refresh(instance) => self.refresh(instance),
            Event::Arrival(slot) => self.arrive(slot),
            Event::Admission(slot) => self.admit(slot),
            Event::Routing(slot) => self.route(slot),
            Event::Entry(slot) => self.enter(slot),
            Event::StepStart(instance) => {
                self.start_step(instance)?;
                self.note_kv_events(instance);
                Ok(())
            }
        }
    }

    /// What happened to an instance's memory is on its way to the policies.
    pub(super) fn note_kv_events(&mut self, index: u32) {
        self.feed.gather(self.now_us, index, &mut self.instances[index as usize]);
    }

    /// A tick in the future, within the range of the clock.
    pub(super) fn after(&self, ticks: u64) -> Result<u64, RunError> {
        let time_us = self.now_us.saturating_add(ticks);
        if time_us > LAST_TICK_US { Err(RunError::Clock { now_us: self.now_us }) } else { Ok(time_us) }
    }

    /// A request begins its life.
    pub(super) fn create(&mut self, arrival: Arrival) -> u32 {
        self.totals.states.add(State::NotArrived);
        self.requests.insert(Request::new(arrival))
    }

    /// A request changes its state.
    pub(super) fn become_state(&mut self, slot: u32, next: State) {
        let request = &mut self.requests[slot];
        debug_assert!(request.state.may_become(next), "L2: {:?} to {next:?}", request.state);
        self.totals.states.shift(request.state, next);
        request.state = next;
    }

    /// A request ended, with its state set: it is recorded, and its session may go on.
    pub(super) fn end_request(&mut self, slot: u32, end: End) -> Result<(), RunError> {
        let request = &self.requests[slot];
        debug_assert!(request.blocks.is_empty(), "L4: a request ended with blocks");
        if let Some(instance) = request.instance {
            let instance = &mut self.instances[instance as usize];
            instance.inflight_requests -= 1;
            instance.inflight_tokens -= request.arrival.prompt_tokens;
        }
        self.check_causality(request);
        self.sink.record(request.record(), &request.gaps);
        let ticket = request.arrival.ticket;
        self.feed.ended(self.now_us, &mut self.requests, slot);
        let Some(ticket) = ticket else { return Ok(()) };
        self.fixed_us = None;
        if let Some(arrival) = self.source.on_end(ticket, end)? {
            let time_us = self.after(arrival.arrival_us.saturating_sub(self.now_us))?;
            let slot = self.create(arrival);
            self.events.push(time_us, Event::Arrival(slot));
        }
        Ok(())
    }

    /// Schedules a step start at this tick, if the instance is idle and has work.
    pub(super) fn wake(&mut self, index: u32) {
        let instance = &mut self.instances[index as usize];
        let work = !instance.waiting.is_empty() || instance.batch_size() > 0;
        if work && !instance.is_busy() && !instance.start_due {
            instance.start_due = true;
            self.events.push(self.now_us, Event::StepStart(index));
        }
    }

    pub(super) fn progress(&self) -> Progress {
        let states = &self.totals.states;
        let done = states.get(State::Completed) + states.get(State::Rejected) + states.get(State::Dropped);
        Progress { now_us: self.now_us, done, generated: states.total() }
    }
}
