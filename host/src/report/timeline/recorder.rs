//! Looks on while a run is made, and keeps what the timeline is to show.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use super::event::{Event, Record, Values, What};
use super::flights::{Flight, Flights};
use super::grid::Grid;
use super::header::Counts;
use super::line::Lines;
use super::sampling::{ALWAYS, ONLY_WITH_ALL, Sampling, Window, is_kept};
use super::spool::Spool;
use crate::engine::{ClusterSettings, Levels, Moment, Observer, Routed, Step, Transfer};
use crate::report::file::{OutputError, OutputFile};

/// What the events of an automatic timeline may come to; with counters at even distances, the whole file
/// stays below 200 MB. \[bytes\]
pub(super) const MOST_BYTES: u64 = 134_000_000;

/// The timeline of a run: watch the run with it, then write it.
#[derive(Debug)]
pub struct Timeline {
    pub(super) sampling: Sampling,
    /// The share that is kept at present.
    pub(super) share: f64,
    most_bytes: u64,
    /// What the events so far come to, where that matters.
    pub(super) bytes: u64,
    pub(super) spool: Spool,
    /// What went wrong with it; nothing is kept any more.
    pub(super) failed: Option<io::Error>,
    pub(super) lines: Lines,
    pub(super) instances: u32,
    now_us: u64,
    /// How full the instances are.
    now: Vec<Now>,
    /// Instances for which that has changed at this tick.
    changed: Vec<u32>,
    /// What begins later, and the instances whose reloads will be done then.
    future: BinaryHeap<Reverse<Later>>,
    /// Requests that the step to be told next is the first of.
    firsts: Vec<u64>,
    flights: Flights,
    /// Requests whose routing leads to no step of the trace.
    pub(super) unscheduled: Vec<u64>,
    /// Whether the window has begun.
    is_open: bool,
    /// What happened before the window to requests that were under way when it began.
    pub(super) before: Vec<Record>,
    pub(super) grid: Grid,
    pub(super) seen: Counts,
    pub(super) kept: Counts,
    pub(super) end_us: u64,
}

/// How full an instance is: the counters but for the last, and when its reloads will be done.
#[derive(Debug, Clone, Copy, Default)]
struct Now {
    counts: [u64; 4],
    transfers_end_us: u64,
}

impl Now {
    fn at(&self, now_us: u64) -> Values {
        let [waiting, running, loading, used] = self.counts;
        [waiting, running, loading, used, self.transfers_end_us.saturating_sub(now_us)]
    }
}

/// Something that is to be written later.
#[derive(Debug)]
struct Later {
    at_us: u64,
    order: u64,
    /// What begins; `None`: the reloads of the instance are done.
    record: Option<Record>,
    instance: u32,
}

impl Ord for Later {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_us, self.order).cmp(&(other.at_us, other.order))
    }
}

impl PartialOrd for Later {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Later {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Later {}

impl Timeline {
    /// Of a run of this cluster, for this place.
    ///
    /// # Errors
    ///
    /// There is no room for what is kept until the end.
    pub fn new(
        settings: &ClusterSettings,
        sampling: Sampling,
        place: &OutputFile,
    ) -> Result<Self, OutputError> {
        let spool = Spool::new(&place.scratch()).map_err(|why| place.error(&why))?;
        Ok(Self::with_spool(settings.instances, sampling, spool, MOST_BYTES))
    }

    pub(super) fn with_spool(instances: u32, sampling: Sampling, spool: Spool, most_bytes: u64) -> Self {
        Self {
            sampling,
            share: sampling.first_share(),
            most_bytes,
            bytes: 0,
            spool,
            failed: None,
            lines: Lines::new(instances),
            instances,
            now_us: 0,
            now: vec![Now::default(); instances as usize],
            changed: Vec::new(),
            future: BinaryHeap::new(),
            firsts: Vec::new(),
            flights: Flights::default(),
            unscheduled: Vec::new(),
            is_open: sampling.is_in_window(0),
            before: Vec::new(),
            grid: Grid::new(instances),
            seen: Counts::default(),
            kept: Counts::default(),
            end_us: 0,
        }
    }

    /// Whether every change of a counter is kept, all through the run.
    pub(super) fn has_all_changes(&self) -> bool {
        self.share >= 1.0
    }

    /// Goes on to this tick: what was due before is written.
    fn advance(&mut self, now_us: u64) {
        if now_us <= self.now_us {
            return;
        }
        loop {
            self.write_changes();
            let next = self.future.peek().map(|Reverse(later)| later.at_us);
            let Some(at_us) = next.filter(|&at_us| at_us <= now_us) else { break };
            self.go_to(at_us);
            while self.future.peek().is_some_and(|Reverse(later)| later.at_us == at_us) {
                let Some(Reverse(Later { record, instance, .. })) = self.future.pop() else { break };
                match record {
                    Some(record) => self.push(&record),
                    None => self.changed.push(instance),
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
        let share = self.share;
        self.before = self.flights.keep_all(|rank| is_kept(rank, share), &mut self.unscheduled);
        self.before.iter().for_each(|record| self.kept.add(&record.event));
        (0..self.instances).for_each(|instance| self.push_levels(instance, window.start_us));
    }

    /// Keeps a record, if it belongs to what is kept.
    fn push(&mut self, record: &Record) {
        if self.failed.is_some() || !is_kept(record.rank, self.share) {
            return;
        }
        self.kept.add(&record.event);
        if let Err(why) = self.spool.push(record) {
            self.failed = Some(why);
            return;
        }
        if self.sampling.is_automatic() {
            self.bytes += self.lines.of(record).len() as u64;
            if self.bytes > self.most_bytes {
                self.failed = self.thin_out().err();
            }
        }
    }

    /// Keeps half of what there is, and of what comes.
    fn thin_out(&mut self) -> io::Result<()> {
        self.share /= 2.0;
        let share = self.share;
        let (lines, mut kept, mut bytes) = (&mut self.lines, Counts::default(), 0);
        lines.begin_again();
        self.spool.retain(|record| {
            let stays = is_kept(record.rank, share);
            if stays {
                kept.add(&record.event);
                bytes += lines.of(record).len() as u64;
            }
            stays
        })?;
        (self.kept, self.bytes) = (kept, bytes);
        self.flights.retain(|rank| is_kept(rank, share));
        Ok(())
    }

    /// Keeps something that begins now or later.
    fn push_transfer(&mut self, transfer: &Transfer, record: Record) {
        self.seen.transfers += 1;
        if transfer.start_us <= self.now_us {
            self.push(&record);
        } else {
            self.later(transfer.start_us, Some(record), transfer.instance);
        }
    }

    fn later(&mut self, at_us: u64, record: Option<Record>, instance: u32) {
        let order = self.seen.transfers;
        self.future.push(Reverse(Later { at_us, order, record, instance }));
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
        if !is_kept(rank, self.share) && !self.may_need_all() {
            return;
        }
        let class = self.lines.class(slo_class);
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
        if flight.is_some_and(|flight| is_kept(flight.rank, self.share)) {
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
            self.later(end_us, None, instance);
        }
    }

    fn ended(&mut self, end_us: u64) {
        self.advance(end_us);
        self.write_changes();
        // These would have begun after the end.
        let never = self.future.drain().filter(|Reverse(later)| later.record.is_some()).count();
        self.seen.transfers -= never as u64;
        for record in self.flights.leave(end_us, &mut self.unscheduled) {
            self.push(&record);
        }
        self.end_us = end_us;
    }
}
