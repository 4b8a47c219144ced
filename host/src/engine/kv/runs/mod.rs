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
mod fill;
mod queue;
mod release;
mod run;

use std::collections::BTreeMap;

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
