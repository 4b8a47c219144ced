//! The requests that are between routing and their end, as far as the timeline may need them.

use rustc_hash::FxHashMap;

use super::event::{Event, Record, What};
use super::sampling::ALWAYS;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    pub(super) rank: u64,
    pub(super) instance: u32,
    pub(super) class: u64,
    pub(super) pending_transfer_us: u64,
    pub(super) routed_us: u64,
    pub(super) queued_us: Option<u64>,
    pub(super) scheduled_us: Option<u64>,
    pub(super) first_token_us: Option<u64>,
}

/// All of them, by id.
#[derive(Debug, Default)]
pub(super) struct Flights {
    all: FxHashMap<u64, Flight>,
}

impl Flights {
    pub(super) fn insert(&mut self, id: u64, flight: Flight) {
        self.all.insert(id, flight);
    }

    pub(super) fn get(&mut self, id: u64) -> Option<&mut Flight> {
        self.all.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Flight> {
        self.all.remove(&id)
    }

    /// Forgets all others.
    pub(super) fn retain(&mut self, is_kept: impl Fn(u64) -> bool) {
        self.all.retain(|_, flight| is_kept(flight.rank));
    }

    /// In order of id.
    fn in_order(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self.all.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Keeps all of them from now on: what happened to those that were not is told. Ids of which the
    /// first step is not in the trace go to `unscheduled`.
    pub(super) fn keep_all(
        &mut self,
        was_kept: impl Fn(u64) -> bool,
        unscheduled: &mut Vec<u64>,
    ) -> Vec<Record> {
        let mut told = Vec::new();
        for id in self.in_order() {
            let Some(flight) = self.all.get_mut(&id).filter(|flight| !was_kept(flight.rank)) else {
                continue;
            };
            flight.rank = ALWAYS;
            told.extend(flight.told(id));
            if flight.scheduled_us.is_some() {
                unscheduled.push(id);
            }
        }
        told.sort_by_key(|record| record.at_us);
        told
    }

    /// The run is over: what becomes of those that are left. Ids without a first step go to `unscheduled`.
    pub(super) fn leave(&self, end_us: u64, unscheduled: &mut Vec<u64>) -> Vec<Record> {
        let mut left = Vec::new();
        for id in self.in_order() {
            let flight = self.all[&id];
            if flight.scheduled_us.is_none() {
                unscheduled.push(id);
            }
            let what = match flight {
                Flight { queued_us: None, .. } => continue,
                Flight { scheduled_us: None, .. } => What::LeftWaiting,
                Flight { first_token_us: None, .. } => What::LeftInPrefill,
                _ => What::LeftDecoding,
            };
            left.push(flight.record(what, id, end_us));
        }
        left
    }
}

impl Flight {
    /// Something that happens to it.
    pub(super) fn record(&self, what: What, id: u64, at_us: u64) -> Record {
        let event = Event::Moment { what, instance: self.instance, id, class: self.class };
        Record { rank: self.rank, at_us, event }
    }

    /// Its way so far.
    fn told(&self, id: u64) -> impl Iterator<Item = Record> {
        let &Self { instance, class, pending_transfer_us, .. } = self;
        let event = Event::Routed { instance, id, class, pending_transfer_us };
        let routed = Record { rank: self.rank, at_us: self.routed_us, event };
        let moments = [
            (What::Queued, self.queued_us),
            (What::Started, self.scheduled_us),
            (What::FirstToken, self.first_token_us),
        ];
        let record = move |(what, at_us): (What, Option<u64>)| Some(self.record(what, id, at_us?));
        let moments: Vec<Record> = moments.into_iter().filter_map(record).collect();
        std::iter::once(routed).chain(moments)
    }
}
