//! The waiting queue of an instance.

use pointsman_plugin_api::Key;

use super::request::{Request, Requests};
use crate::policy::{Ordering, PolicyFailure};

/// Waiting requests, and the order in which the scheduler wants them.
#[derive(Default)]
pub(crate) struct WaitingQueue {
    slots: Vec<u32>,
    next_back: i64,
    /// The last place given at the head; ever smaller.
    last_front: i64,
    /// Something entered since the last arrangement.
    unsorted: bool,
    /// Those that have keys are not in their order: a scheduler failed, and the order of entry took its place.
    by_entry: bool,
    /// The policies' generation that the keys are from.
    generation: u64,
}

/// So many new requests find their places one by one.
const FEW: usize = 4;

impl WaitingQueue {
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether [`Self::arrange`] would ask nobody and change nothing.
    pub(crate) fn is_settled(&self, ordering: &Ordering) -> bool {
        self.slots.is_empty() || (ordering.is_fixed() && !self.unsorted)
    }

    /// In the scheduler's order, once arranged.
    pub(crate) fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub(crate) fn push_back(&mut self, slot: u32, request: &mut Request) {
        request.queue_position = self.next_back;
        self.next_back += 1;
        self.slots.push(slot);
        self.note_entry(request);
    }

    pub(crate) fn push_front(&mut self, slot: u32, request: &mut Request) {
        self.last_front -= 1;
        request.queue_position = self.last_front;
        self.slots.insert(0, slot);
        self.note_entry(request);
    }

    fn note_entry(&mut self, request: &mut Request) {
        request.keyed = false;
        self.unsorted = true;
    }

    /// Only these stay, in their order.
    pub(crate) fn keep(&mut self, stays: impl Fn(u32) -> bool) {
        self.slots.retain(|&slot| stays(slot));
    }

    /// The first `count` left the queue.
    pub(crate) fn remove_first(&mut self, count: usize) {
        self.slots.drain(..count);
    }

    /// Asks the policies for priorities and keys, and sorts: key, then arrival, then id. An order
    /// that never changes is asked once per entry; any other at every call, for all.
    pub(crate) fn arrange(
        &mut self,
        now_us: u64,
        requests: &mut Requests,
        ordering: &mut Ordering,
        remaining_prefill_tokens: &dyn Fn(&Request) -> u64,
    ) -> Result<(), PolicyFailure> {
        if self.is_settled(ordering) {
            return Ok(());
        }
        if ordering.is_entry_order() {
            // Nobody else has put it in an order: it is as requests entered.
            self.unsorted = false;
            return Ok(());
        }
        let asked: Vec<u32> = self
            .slots
            .iter()
            .copied()
            .filter(|&slot| !(ordering.is_fixed() && requests[slot].keyed))
            .collect();
        let mut rows: Vec<_> = asked.iter().map(|&slot| requests[slot].row()).collect();
        if ordering.reads_remaining_prefill() {
            for (row, &slot) in rows.iter_mut().zip(&asked) {
                row.remaining_prefill_tokens = remaining_prefill_tokens(&requests[slot]);
            }
        }
        let answers = ordering.ask(now_us, &rows)?;
        drop(rows);
        if self.generation != answers.generation {
            // Another policy answers from now on: what the one before said is void.
            self.generation = answers.generation;
            self.unsorted = true;
            self.slots.iter().for_each(|&slot| requests[slot].keyed = false);
            return self.arrange(now_us, requests, ordering, remaining_prefill_tokens);
        }
        for (&slot, &priority) in asked.iter().zip(answers.priorities) {
            requests[slot].priority = priority;
        }
        let Some(keys) = answers.keys else {
            // No scheduler this time. `unsorted` stays, so that it is asked again next time.
            (self.unsorted, self.by_entry) = (true, true);
            self.slots.sort_unstable_by_key(|&slot| requests[slot].queue_position);
            return Ok(());
        };
        for (&slot, &key) in asked.iter().zip(keys) {
            let request = &mut requests[slot];
            request.key = key;
            request.keyed = true;
        }
        let rank = |slot: u32| {
            let request = &requests[slot];
            (request.key, request.arrival.arrival_us, request.arrival.id)
        };
        let order = |a: u32, b: u32| {
            let (a, b) = (rank(a), rank(b));
            compare(a.0, b.0).then((a.1, a.2).cmp(&(b.1, b.2)))
        };
        if asked.len() <= FEW && asked.len() < self.slots.len() && !self.by_entry {
            // The others are in order since the last time.
            self.slots.retain(|slot| !asked.contains(slot));
            for slot in asked {
                let at = self.slots.partition_point(|&other| order(other, slot).is_lt());
                self.slots.insert(at, slot);
            }
        } else {
            self.slots.sort_unstable_by(|&a, &b| order(a, b));
        }
        (self.unsorted, self.by_entry) = (false, false);
        Ok(())
    }
}

/// Lower keys first. Keys are finite (the policy seam sees to it); 0 and -0 are equal.
fn compare(a: Key, b: Key) -> std::cmp::Ordering {
    let order = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal);
    order(a.major, b.major).then(order(a.minor, b.minor))
}
