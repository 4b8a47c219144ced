//! One order of events (`model.md` section 2).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::timers::Timers;

/// Something that happens at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    /// The step of an instance ends.
    StepEnd(u32),
    /// A block of an instance reaches the CPU tier: its content.
    OffloadEnd(u32, u64),
    /// All blocks that a request waits for are in GPU memory: its slot.
    LoadEnd(u32),
    /// An instance reports its signals.
    Refresh(u32),
    /// A request reaches the router: its slot.
    Arrival(u32),
    /// Admission decides: the slot.
    Admission(u32),
    /// Routing decides: the slot.
    Routing(u32),
    /// A request enters its instance's queue: its slot.
    Entry(u32),
    /// An instance starts a step.
    StepStart(u32),
}

/// Kinds at equal time, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    StepEnd,
    TransferEnd,
    Refresh,
    /// Delayed decisions count as arrivals.
    Arrival,
    Entry,
    StepStart,
}

impl Event {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::StepEnd(_) => Kind::StepEnd,
            Self::OffloadEnd(..) | Self::LoadEnd(_) => Kind::TransferEnd,
            Self::Refresh(_) => Kind::Refresh,
            Self::Arrival(_) | Self::Admission(_) | Self::Routing(_) => Kind::Arrival,
            Self::Entry(_) => Kind::Entry,
            Self::StepStart(_) => Kind::StepStart,
        }
    }
}

/// Events to come, in order of (time, kind, sequence).
///
/// Arrivals that are fixed beforehand are not in here: they come from the workload's source, and
/// go before every event here of the same time and kind, since they were created before all else.
#[derive(Default)]
pub(crate) struct EventQueue {
    heap: BinaryHeap<Reverse<(u64, Kind, u64, Event)>>,
    sequence: u64,
    refreshes: usize,
    /// Step ends and starts, in the fast engine.
    timers: Option<Timers>,
    /// Whether one of those is next, if somebody looked since the last change.
    timer_is_next: Option<bool>,
}

impl EventQueue {
    /// Events for the fast engine: step ends and starts of so many instances are kept apart. An
    /// instance has one of them at most; another takes its place.
    pub(crate) fn with_timers(instances: u32) -> Self {
        Self { timers: Some(Timers::new(instances)), ..Self::default() }
    }

    pub(crate) fn push(&mut self, time_us: u64, event: Event) {
        self.timer_is_next = None;
        if let (Some(timers), Event::StepEnd(instance) | Event::StepStart(instance)) =
            (&mut self.timers, event)
        {
            return timers.set(instance, time_us, event.kind() == Kind::StepStart);
        }
        // Step ends and starts at one tick go by instance; the others in order of creation.
        let order = match event {
            Event::StepEnd(instance) | Event::StepStart(instance) => u64::from(instance),
            _ => {
                self.sequence += 1;
                self.sequence
            }
        };
        self.refreshes += usize::from(event.kind() == Kind::Refresh);
        self.heap.push(Reverse((time_us, event.kind(), order, event)));
    }

    /// Time and kind of the next event.
    pub(crate) fn peek(&mut self) -> Option<(u64, Kind)> {
        let other = self.heap.peek().map(|Reverse((time_us, kind, ..))| (*time_us, *kind));
        let timer =
            self.timers.as_mut().and_then(|timers| timers.next()).map(|(time_us, is_start, _)| {
                (time_us, if is_start { Kind::StepStart } else { Kind::StepEnd })
            });
        let timer_is_next = timer.is_some_and(|timer| other.is_none_or(|other| timer < other));
        self.timer_is_next = Some(timer_is_next);
        if timer_is_next { timer } else { other }
    }

    pub(crate) fn pop(&mut self) -> Option<(u64, Event)> {
        if self.timer_is_next.is_none() {
            self.peek();
        }
        if self.timer_is_next.take() == Some(true) {
            let (time_us, is_start, instance) = self.timers.as_mut()?.pop()?;
            let event = if is_start { Event::StepStart(instance) } else { Event::StepEnd(instance) };
            return Some((time_us, event));
        }
        let Reverse((time_us, kind, _, event)) = self.heap.pop()?;
        self.refreshes -= usize::from(kind == Kind::Refresh);
        Some((time_us, event))
    }

    /// Whether anything but reports is still to come.
    pub(crate) fn is_live(&self) -> bool {
        self.heap.len() > self.refreshes || self.timers.as_ref().is_some_and(Timers::are_any_on)
    }
}
