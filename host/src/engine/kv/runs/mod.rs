//! The blocks of the fast engine: what `individual` does block by block, done by runs.
//!
//! Blocks of a request are taken, filled, hit, released and evicted together, so they are kept together: a
//! *run* of blocks whose contents are consecutive identities is one entry here, with one count of references
//! and one place in the free queue. Nobody can see the number of a block, so blocks have none.
//!
//! ```text
//!   free queue   head -> [ no content, 3 ] -> [ 107 .. 100 ] -> [ 39 .. 32 ] -> tail
//!                                               ^ taken from here: the deepest block of the head goes first,
//!                                                 and what a run loses it loses at its end
//!   a request    [ 0 .. 63 ] [ 200 .. 207 ] + 2 without content      (`Held`)
//! ```
//!
//! A run is cut in two where something happens to a part of it: a hit on its beginning, or another
//! request that computes the content of a part again. Who holds the whole finds the part that was cut off
//! through it (`Run::rest`). Several blocks with the same content are runs with the same bounds, in a list,
//! oldest registered first; a cut goes through all of them. Runs whose contents follow one another become
//! one again when they get free one after the other.
//!
//! The order of the free queue and of holders of equal content is that of `individual`, to the block.

mod check;
mod queue;
mod run;

use std::collections::BTreeMap;

use pointsman_plugin_api::BlockRun;

use self::queue::FreeQueue;
use self::run::{Run, Slab};
use super::blocks::NONE;
use super::held::{Held, HeldRun};

/// The KV blocks of an instance; blocks that were never handed out are a counter.
pub(super) struct RunBlocks {
    total: u32,
    /// Blocks that were never handed out: the first in the free queue.
    fresh: u32,
    /// Free blocks in the list.
    listed: u32,
    peak_used: u32,
    runs: Slab,
    queue: FreeQueue,
    /// Content that is held: the first identity of a run, and the oldest run with these contents. They do
    /// not overlap.
    by_first: BTreeMap<u64, u32>,
    /// No identity above it was ever held.
    ceiling: u64,
    /// Runs of one release, kept for the next.
    scratch: Vec<u32>,
}

impl RunBlocks {
    pub(super) fn new(total: u32) -> Self {
        Self {
            total,
            fresh: total,
            listed: 0,
            peak_used: 0,
            runs: Slab::default(),
            queue: FreeQueue::new(),
            by_first: BTreeMap::new(),
            ceiling: 0,
            scratch: Vec::new(),
        }
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    pub(super) fn free(&self) -> u32 {
        self.fresh + self.listed
    }

    pub(super) fn used(&self) -> u32 {
        self.total - self.free()
    }

    pub(super) fn peak_used(&self) -> u32 {
        self.peak_used
    }

    pub(super) fn note_full(&mut self) {
        self.peak_used = self.total;
    }

    fn note_peak(&mut self) {
        self.peak_used = self.peak_used.max(self.used());
    }

    /// The oldest run that holds an identity, and where in it.
    fn find(&self, identity: u64) -> Option<(u32, u32)> {
        if identity > self.ceiling {
            return None;
        }
        let (&first, &oldest) = self.by_first.range(..=identity).next_back()?;
        let offset = identity - first;
        (offset < u64::from(self.runs[oldest].len)).then_some((oldest, offset as u32))
    }

    /// Calls `each` with the parts of a run of contents, as long as they are cached: first identity, blocks,
    /// and whether they are free. Returns how many blocks there were.
    pub(super) fn prefix(&self, first: u64, len: u64, mut each: impl FnMut(u64, u64, bool)) -> u64 {
        let mut done = 0;
        while done < len {
            let identity = first.wrapping_add(done);
            let Some((number, offset)) = self.find(identity) else { return done };
            let run = &self.runs[number];
            let here = u64::from(run.len - offset).min(len - done);
            each(identity, here, run.refs == 0);
            done += here;
        }
        done
    }

    /// Takes one more reference on the blocks of a run of contents, which are all cached.
    pub(super) fn take(&mut self, first: u64, len: u64, held: &mut Held) {
        let mut done = 0;
        while done < len {
            let number = self.cut_out(first.wrapping_add(done), len - done);
            let run = &mut self.runs[number];
            let taken = run.len;
            run.refs += 1;
            if run.refs == 1 {
                self.listed -= taken;
                self.queue.unlink(&mut self.runs, number);
            }
            held.runs.push(HeldRun { run: number, len: taken });
            held.count += u64::from(taken);
            held.cached += u64::from(taken);
            done += u64::from(taken);
        }
        self.note_peak();
    }

    /// The oldest run that begins with an identity, which is cached, cut so that it is no longer than `most`.
    fn cut_out(&mut self, identity: u64, most: u64) -> u32 {
        let (mut number, offset) = self.find(identity).expect("L4: a hit just seen");
        if offset > 0 {
            self.cut(number, offset);
            number = self.runs[number].rest;
        }
        if u64::from(self.runs[number].len) > most {
            self.cut(number, most as u32);
        }
        number
    }

    /// Cuts a run, named by its oldest, and all copies of it in two.
    fn cut(&mut self, oldest: u32, at: u32) {
        let (mut copy, mut before) = (oldest, NONE);
        while copy != NONE {
            let run = self.runs[copy];
            let deeper = Run {
                rest: run.rest,
                older: before,
                ..Run::new(run.first + u64::from(at), run.len - at, run.refs)
            };
            let first = deeper.first;
            let number = self.runs.insert(deeper);
            (self.runs[copy].len, self.runs[copy].rest) = (at, number);
            if before == NONE {
                self.by_first.insert(first, number);
            } else {
                self.runs[before].newer = number;
            }
            if run.refs == 0 {
                self.queue.insert_before(&mut self.runs, copy, number);
            }
            (copy, before) = (run.newer, number);
        }
    }

    /// Takes blocks off the head of the free queue. Calls `gone` with content that no block holds any
    /// longer: first identity and length, deeper ones first.
    pub(super) fn allocate(&mut self, count: u64, mut gone: impl FnMut(u64, u32)) {
        let fresh = count.min(u64::from(self.fresh));
        self.fresh -= fresh as u32;
        let mut left = count - fresh;
        while left > 0 {
            let head = self.queue.head;
            assert!(head != NONE, "L4: allocation without a free block");
            let run = &mut self.runs[head];
            if u64::from(run.len) > left && run.is_alone() {
                // The common case: a run loses a part of its end.
                run.len -= left as u32;
                if !run.is_blank {
                    gone(run.first + u64::from(run.len), left as u32);
                }
                self.listed -= left as u32;
                break;
            }
            let len = u64::from(self.runs[head].len).min(left) as u32;
            self.evict(head, len, &mut gone);
            self.listed -= len;
            left -= u64::from(len);
        }
        self.note_peak();
    }

    /// Takes the last `len` blocks of the run at the head away.
    fn evict(&mut self, head: u32, len: u32, gone: &mut impl FnMut(u64, u32)) {
        let run = self.runs[head];
        let left = run.len - len;
        if !run.is_blank && run.is_alone() {
            gone(run.first + u64::from(left), len);
        }
        if left == 0 {
            self.queue.unlink(&mut self.runs, head);
            return self.forget(head);
        }
        if run.is_alone() {
            self.runs[head].len = left;
            return;
        }
        let oldest = self.by_first[&run.first];
        self.cut(oldest, left);
        // The part that was cut off comes before the rest: it is the head now.
        let head = self.queue.head;
        self.queue.unlink(&mut self.runs, head);
        self.forget(head);
    }

    /// A run, which is in no queue, loses its content and is no more.
    fn forget(&mut self, number: u32) {
        let Run { first, older, newer, is_blank, .. } = self.runs[number];
        if older != NONE {
            self.runs[older].newer = newer;
        }
        if newer != NONE {
            self.runs[newer].older = older;
        }
        if older == NONE && !is_blank {
            if newer == NONE {
                self.by_first.remove(&first);
            } else {
                self.by_first.insert(first, newer);
            }
        }
        self.runs.remove(number);
    }

    /// Blocks that a request holds without content, as many as there are identities in a run, hold these
    /// now, as the newest of those that do. Calls `cached` with those that nobody else holds.
    pub(super) fn register_run(&mut self, held: &mut Held, run: BlockRun, mut cached: impl FnMut(u64, u32)) {
        held.cached += run.len;
        // Identities may go round at 2^64, but a run here does not.
        let before_the_end = run.len.min((u64::MAX - run.first).saturating_add(1));
        self.register(held, run.first, before_the_end, &mut cached);
        if before_the_end < run.len {
            self.register(held, 0, run.len - before_the_end, &mut cached);
        }
    }

    fn register(&mut self, held: &mut Held, mut first: u64, len: u64, cached: &mut impl FnMut(u64, u32)) {
        let last = first + (len - 1);
        if first > self.ceiling {
            self.ceiling = last;
            self.extend(held, first, len as u32);
            return cached(first, len as u32);
        }
        self.ceiling = self.ceiling.max(last);
        loop {
            let begun = self.by_first.range(..=last).next_back().map(|(_, &number)| number);
            let is_new = begun.is_none_or(|number| self.runs[number].last() < first);
            let len = if is_new { last - first + 1 } else { self.known_from(first, last) };
            if is_new || self.find(first).is_none() {
                self.extend(held, first, len as u32);
                cached(first, len as u32);
            } else {
                self.copy(held, first, len);
            }
            if last - first < len {
                return;
            }
            first += len;
        }
    }

    /// How many identities from `first` on, `last` at most, are all held in one run or all by nobody.
    fn known_from(&self, first: u64, last: u64) -> u64 {
        if let Some((number, _)) = self.find(first) {
            return self.runs[number].last().min(last) - first + 1;
        }
        self.by_first.range(first..=last).next().map_or(last - first + 1, |(&next, _)| next - first)
    }

    /// A request's next blocks are the first to hold these contents.
    fn extend(&mut self, held: &mut Held, first: u64, len: u32) {
        if let Some(entry) = held.runs.last_mut() {
            let number = last_run(&self.runs, *entry);
            let run = &mut self.runs[number];
            if run.refs == 1 && run.is_alone() && run.goes_on_at(first) {
                run.len += len;
                entry.len += len;
                return;
            }
        }
        let number = self.runs.insert(Run::new(first, len, 1));
        self.by_first.insert(first, number);
        held.runs.push(HeldRun { run: number, len });
    }

    /// A request's next blocks are the newest to hold contents which are in one run.
    fn copy(&mut self, held: &mut Held, first: u64, len: u64) {
        let mut newest = self.cut_out(first, len);
        while self.runs[newest].newer != NONE {
            newest = self.runs[newest].newer;
        }
        let copy = Run { older: newest, ..Run::new(first, len as u32, 1) };
        let number = self.runs.insert(copy);
        self.runs[newest].newer = number;
        held.runs.push(HeldRun { run: number, len: len as u32 });
    }

    /// Gives one reference back on all blocks, the deepest first. Whether one became free that holds content.
    pub(super) fn release(&mut self, held: &mut Held) -> bool {
        let blank = (held.count - held.cached) as u32;
        if blank > 0 {
            self.free_blank(blank);
        }
        let mut holds = false;
        while let Some(entry) = held.runs.pop() {
            if self.runs[entry.run].len == entry.len {
                holds |= self.release_run(entry.run);
                continue;
            }
            let mut parts = std::mem::take(&mut self.scratch);
            parts.extend(runs_of(&self.runs, entry));
            while let Some(number) = parts.pop() {
                holds |= self.release_run(number);
            }
            self.scratch = parts;
        }
        (held.count, held.cached) = (0, 0);
        holds
    }

    fn free_blank(&mut self, len: u32) {
        self.listed += len;
        let tail = self.queue.tail;
        if tail != NONE && self.runs[tail].is_blank {
            self.runs[tail].len += len;
        } else {
            let number = self.runs.insert(Run { is_blank: true, ..Run::new(0, len, 0) });
            self.queue.push_back(&mut self.runs, number);
        }
    }

    /// Whether the run became free.
    fn release_run(&mut self, number: u32) -> bool {
        let run = &mut self.runs[number];
        assert!(run.refs > 0, "L4: release of a free block");
        run.refs -= 1;
        if run.refs > 0 {
            return false;
        }
        self.listed += run.len;
        self.join_tail(number);
        self.queue.push_back(&mut self.runs, number);
        true
    }

    /// If the content of the tail goes on where that of a run ends that is to become the tail, they are one.
    fn join_tail(&mut self, number: u32) {
        let tail = self.queue.tail;
        if tail == NONE {
            return;
        }
        let (run, deeper) = (self.runs[number], self.runs[tail]);
        if !deeper.is_blank && deeper.is_alone() && run.is_alone() && run.goes_on_at(deeper.first) {
            self.queue.unlink(&mut self.runs, tail);
            self.forget(tail);
            self.runs[number].len += deeper.len;
        }
    }

    /// Content of the free blocks that hold any, head of the free queue first: first identity and length of
    /// runs of which the last block comes first.
    pub(super) fn free_contents(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.queue.iter(&self.runs).filter(|(_, run)| !run.is_blank).map(|(_, run)| (run.first, run.len))
    }

    /// Every identity that is cached now.
    pub(super) fn cached(&self) -> impl Iterator<Item = u64> + '_ {
        self.by_first.values().flat_map(|&number| {
            let run = &self.runs[number];
            run.first..=run.last()
        })
    }
}

/// The runs that a request holds in place of what was one run once.
fn runs_of(runs: &Slab, held: HeldRun) -> impl Iterator<Item = u32> + '_ {
    let (mut number, mut left) = (held.run, held.len);
    std::iter::from_fn(move || {
        if left == 0 {
            return None;
        }
        let part = number;
        left -= runs[part].len;
        number = runs[part].rest;
        Some(part)
    })
}

/// The last of them.
fn last_run(runs: &Slab, held: HeldRun) -> u32 {
    runs_of(runs, held).last().unwrap_or(held.run)
}
