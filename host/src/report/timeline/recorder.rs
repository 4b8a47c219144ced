//! Looks on while a run is made, and keeps what the timeline is to show.

use super::Timeline;
use super::event::{Event, Record, Values, What};
use super::flights::Flight;
use super::future::Later;
use super::sampling::{ALWAYS, ONLY_WITH_ALL, Window};
use crate::engine::{Levels, Moment, Observer, Routed, Step, Transfer};

/// How full an instance is: the counters but for the last, and when its reloads will be done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Now {
    counts: [u64; 4],
    transfers_end_us: u64,
}

impl Now {
    pub(super) fn at(&self, now_us: u64) -> Values {
        let [waiting, running, loading, used] = self.counts;
        [waiting, running, loading, used, self.transfers_end_us.saturating_sub(now_us)]
    }
}

impl Timeline {
    /// Goes on to this tick: what was due before is written.
    fn advance(&mut self, now_us: u64) {
        if now_us <= self.now_us {
            return;
        }
        loop {
            self.write_changes();
            let next = self.future.next_us();
            let Some(at_us) = next.filter(|&at_us| at_us <= now_us) else { break };
            self.go_to(at_us);
            while let Some(later) = self.future.pop_at(at_us) {
                match later {
                    Later::Begins(record) => self.push(&record),
                    Later::ReloadsEnd(instance) => self.changed.push(instance),
                }
            }
            if at_us == now_us {
                break;
            }
        }
        self.go_to(now_us);
    }

    /// Writes how full instances are from the present tick on.
    fn write_changes(&mut self) {
        let mut changed = std::mem::take(&mut self.changed);
        changed.drain(..).for_each(|instance| self.push_levels(instance, self.now_us));
        self.changed = changed;
    }

    fn push_levels(&mut self, instance: u32, at_us: u64) {
        let values = self.now[instance as usize].at(at_us);
        let rank = if self.sampling.is_in_window(at_us) { ALWAYS } else { ONLY_WITH_ALL };
        self.push(&Record { rank, at_us, event: Event::Levels { instance, values } });
    }

    /// The clock goes to this tick; everything is written that was due before.
    fn go_to(&mut self, next_us: u64) {
        let now = &self.now;
        self.grid.catch_up(next_us, |instance, at_us| now[instance].at(at_us));
        self.now_us = next_us;
        let window = self.sampling.window.filter(|window| !self.is_open && window.start_us <= next_us);
        if let Some(window) = window {
            self.open(window);
        }
    }

    /// The window begins: what is under way is kept from now on.
    fn open(&mut self, window: Window) {
        self.is_open = true;
        let keeper = &mut self.keeper;
        self.before = self.flights.keep_all(|rank| keeper.keeps(rank), &mut self.unscheduled);
        self.before.iter().for_each(|record| keeper.kept.add(&record.event));
        (0..self.instances).for_each(|instance| self.push_levels(instance, window.start_us));
    }

    /// Keeps a record, if it belongs to what is kept.
    fn push(&mut self, record: &Record) {
        if self.keeper.push(record) {
            let keeper = &self.keeper;
            self.flights.retain(|rank| keeper.keeps(rank));
        }
    }

    /// Keeps something that begins now or later.
    fn push_transfer(&mut self, transfer: &Transfer, record: Record) {
        self.seen.transfers += 1;
        if transfer.start_us <= self.now_us {
            self.push(&record);
        } else {
            self.future.push(transfer.start_us, Later::Begins(record));
        }
    }

    /// Whether requests that are not kept must be known: the window is still to come.
    fn may_need_all(&self) -> bool {
        self.sampling.window.is_some() && !self.is_open
    }

    /// The request, if it is kept, goes on to something.
    fn flight_goes(&mut self, moment: &Moment, what: What, note: impl FnOnce(&mut Flight)) {
        self.advance(moment.now_us);
        if let Some(flight) = self.flights.get(moment.id) {
            note(flight);
            let record = flight.record(what, moment.id, moment.now_us);
            self.push(&record);
        }
    }

    /// An instant that is kept with its request, or with its time.
    fn push_instant(&mut self, moment: &Moment, what: What, flight: Option<&Flight>) {
        let &Moment { now_us, instance, id } = moment;
        let rank = self.sampling.rank_at(now_us).min(flight.map_or(u64::MAX, |flight| flight.rank));
        self.push(&Record { rank, at_us: now_us, event: Event::Moment { what, instance, id, class: 0 } });
    }
}

impl Observer for Timeline {
    fn routed(&mut self, routed: &Routed<'_>) {
        self.advance(routed.now_us);
        self.seen.requests += 1;
        let &Routed { now_us, id, slo_class, instance, pending_transfer_us } = routed;
        let rank = self.sampling.rank_of_request(id, now_us);
        if !self.keeper.keeps(rank) && !self.may_need_all() {
            return;
        }
        let class = self.keeper.lines.class(slo_class);
        let (queued_us, scheduled_us, first_token_us) = (None, None, None);
        let flight = Flight {
            rank,
            instance,
            class,
            pending_transfer_us,
            routed_us: now_us,
            queued_us,
            scheduled_us,
            first_token_us,
        };
        self.flights.insert(id, flight);
        let event = Event::Routed { instance, id, class, pending_transfer_us };
        self.push(&Record { rank, at_us: now_us, event });
    }

    fn rejected(&mut self, now_us: u64, id: u64) {
        self.advance(now_us);
        self.seen.rejections += 1;
        let rank = self.sampling.rank_of_request(id, now_us).min(self.sampling.rank_at(now_us));
        self.push(&Record { rank, at_us: now_us, event: Event::Rejected { id } });
    }

    fn dropped(&mut self, moment: &Moment) {
        self.advance(moment.now_us);
        self.seen.drops += 1;
        let flight = self.flights.remove(moment.id);
        if flight.is_some_and(|flight| self.keeper.keeps(flight.rank)) {
            self.unscheduled.push(moment.id);
        }
        self.push_instant(moment, What::Dropped, flight.as_ref());
    }

    fn queued(&mut self, moment: &Moment) {
        self.flight_goes(moment, What::Queued, |flight| flight.queued_us = Some(moment.now_us));
    }

    fn preempted(&mut self, moment: &Moment) {
        self.advance(moment.now_us);
        self.seen.preemptions += 1;
        let flight = self.flights.get(moment.id).copied();
        self.push_instant(moment, What::Preempted, flight.as_ref());
    }

    fn first_scheduled(&mut self, moment: &Moment) {
        self.advance(moment.now_us);
        if let Some(flight) = self.flights.get(moment.id) {
            flight.scheduled_us = Some(moment.now_us);
            self.firsts.push(moment.id);
        }
    }

    fn step(&mut self, step: &Step) {
        self.advance(step.start_us);
        self.seen.steps += 1;
        let mut rank = self.sampling.rank_of(step.start_us, step.end_us);
        let mut firsts = std::mem::take(&mut self.firsts);
        for &id in &firsts {
            rank = rank.min(self.flights.get(id).map_or(u64::MAX, |flight| flight.rank));
        }
        self.push(&Record { rank, at_us: step.start_us, event: Event::Step(*step) });
        for id in firsts.drain(..) {
            // The file may have been thinned out meanwhile.
            if let Some(flight) = self.flights.get(id) {
                let record = flight.record(What::Scheduled, id, step.start_us);
                self.push(&record);
            }
        }
        self.firsts = firsts;
    }

    fn first_token(&mut self, moment: &Moment) {
        self.flight_goes(moment, What::FirstToken, |flight| flight.first_token_us = Some(moment.now_us));
    }

    fn completed(&mut self, moment: &Moment) {
        self.flight_goes(moment, What::Completed, |_| {});
        self.flights.remove(moment.id);
    }

    fn offload(&mut self, transfer: &Transfer) {
        let rank = self.sampling.rank_of(transfer.start_us, transfer.end_us);
        let event = Event::Offload(*transfer);
        self.push_transfer(transfer, Record { rank, at_us: transfer.start_us, event });
    }

    fn async_reload(&mut self, transfer: &Transfer, id: u64) {
        let rank = self.sampling.rank_of(transfer.start_us, transfer.end_us);
        let of_request = self.flights.get(id).map_or(u64::MAX, |flight| flight.rank);
        let event = Event::Reload { transfer: *transfer, id };
        self.push_transfer(transfer, Record { rank: rank.min(of_request), at_us: transfer.start_us, event });
    }

    fn levels(&mut self, levels: &Levels) {
        self.advance(levels.now_us);
        let &Levels { now_us, instance, waiting, running, loading, used_blocks, pending_transfer_us } =
            levels;
        let now = &mut self.now[instance as usize];
        now.counts = [waiting, running, loading, used_blocks.into()];
        let end_us = if pending_transfer_us > 0 { now_us + pending_transfer_us } else { 0 };
        let is_new = end_us > 0 && now.transfers_end_us != end_us;
        now.transfers_end_us = end_us;
        if self.changed.last() != Some(&instance) {
            self.changed.push(instance);
        }
        if is_new {
            self.future.push(end_us, Later::ReloadsEnd(instance));
        }
    }

    fn ended(&mut self, end_us: u64) {
        self.advance(end_us);
        self.write_changes();
        self.seen.transfers -= self.future.abandon();
        for record in self.flights.leave(end_us, &mut self.unscheduled) {
            self.push(&record);
        }
        self.end_us = end_us;
    }
}
