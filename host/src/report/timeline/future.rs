//! What is to be written later: transfers that wait for earlier ones, and the end of reloads.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::event::Record;

/// In order of time; of one tick, in the order in which it became known.
#[derive(Debug, Default)]
pub(super) struct Future {
    all: BinaryHeap<Reverse<Entry>>,
    known: u64,
}

/// Something that will be.
#[derive(Debug)]
pub(super) enum Later {
    /// A transfer begins.
    Begins(Record),
    /// The reloads of an instance are done.
    ReloadsEnd(u32),
}

#[derive(Debug)]
struct Entry {
    at_us: u64,
    order: u64,
    later: Later,
}

impl Future {
    pub(super) fn push(&mut self, at_us: u64, later: Later) {
        self.known += 1;
        self.all.push(Reverse(Entry { at_us, order: self.known, later }));
    }

    /// When the next thing is due.
    pub(super) fn next_us(&self) -> Option<u64> {
        self.all.peek().map(|Reverse(entry)| entry.at_us)
    }

    /// The next thing of this tick.
    pub(super) fn pop_at(&mut self, at_us: u64) -> Option<Later> {
        if self.next_us() != Some(at_us) {
            return None;
        }
        self.all.pop().map(|Reverse(entry)| entry.later)
    }

    /// The run is over: how many transfers never begin.
    pub(super) fn abandon(&mut self) -> u64 {
        let all = self.all.drain();
        all.filter(|Reverse(entry)| matches!(entry.later, Later::Begins(_))).count() as u64
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_us, self.order).cmp(&(other.at_us, other.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}
