//! Which identities were recorded last, so many of them: what `lru` would do, by runs.
//!
//! Identities that follow one another share a page of sixteen, so a run costs a look-up per page and not
//! one per block. The order is a queue of places, the longest ago first; what is recorded again
//! leaves a hole behind.

use std::collections::VecDeque;

use pointsman_plugin_api::BlockRun;
use rustc_hash::FxHashMap;

/// Identities in a page; a power of two.
const PAGE: u64 = 16;

/// No position, and in the queue no place.
const NONE: u64 = u64::MAX;

/// Holes that the queue may have beside as many as it has places.
const HOLES: usize = 1024;

struct Page {
    key: u64,
    held: u32,
    /// Position in the queue of each identity, counted from the beginning of time.
    positions: [u64; PAGE as usize],
}

/// The identities recorded last.
pub(super) struct Recent {
    capacity: u64,
    /// Identities that are held.
    held: u64,
    of: FxHashMap<u64, usize>,
    pages: Vec<Page>,
    vacant: Vec<usize>,
    /// Page times [`PAGE`] plus the place there, or a hole.
    queue: VecDeque<u64>,
    /// Position of the queue's head.
    head: u64,
}

impl Recent {
    /// Room for so many identities, at least 1.
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            capacity,
            held: 0,
            of: FxHashMap::default(),
            pages: Vec::new(),
            vacant: Vec::new(),
            queue: VecDeque::new(),
            head: 0,
        }
    }

    /// How many blocks of some runs are held, up to the first that is not.
    pub(super) fn prefix(&self, runs: &[BlockRun]) -> u64 {
        let mut known = 0;
        for run in runs {
            let mut done = 0;
            while done < run.len {
                let identity = run.first.wrapping_add(done);
                let Some(&page) = self.of.get(&(identity / PAGE)) else { return known };
                let from = identity % PAGE;
                let here = (run.len - done).min(PAGE - from);
                for &position in &self.pages[page].positions[from as usize..(from + here) as usize] {
                    if position == NONE {
                        return known;
                    }
                    known += 1;
                }
                done += here;
            }
        }
        known
    }

    /// Records the blocks of some runs, the last first; what was recorded longest ago goes.
    pub(super) fn record(&mut self, runs: &[BlockRun]) {
        let (mut page, mut key) = (usize::MAX, 0);
        for run in runs.iter().rev() {
            for at in (0..run.len).rev() {
                let identity = run.first.wrapping_add(at);
                if page == usize::MAX || identity / PAGE != key {
                    key = identity / PAGE;
                    page = self.page_of(key);
                }
                // The page stays: what was recorded last does not go.
                self.put(page, identity % PAGE);
            }
        }
        if self.queue.len() as u64 > 2 * self.held + HOLES as u64 {
            self.close_holes();
        }
    }

    fn page_of(&mut self, key: u64) -> usize {
        let Self { of, pages, vacant, .. } = self;
        *of.entry(key).or_insert_with(|| {
            let page = Page { key, held: 0, positions: [NONE; PAGE as usize] };
            if let Some(index) = vacant.pop() {
                pages[index] = page;
                return index;
            }
            pages.push(page);
            pages.len() - 1
        })
    }

    fn put(&mut self, index: usize, at: u64) {
        let position = self.head + self.queue.len() as u64;
        let page = &mut self.pages[index];
        let before = std::mem::replace(&mut page.positions[at as usize], position);
        if before == NONE {
            page.held += 1;
            self.held += 1;
        } else {
            self.queue[(before - self.head) as usize] = NONE;
        }
        self.queue.push_back(index as u64 * PAGE + at);
        while self.held > self.capacity {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(place) = self.queue.pop_front() else { return };
        self.head += 1;
        if place == NONE {
            return;
        }
        let index = (place / PAGE) as usize;
        let page = &mut self.pages[index];
        page.positions[(place % PAGE) as usize] = NONE;
        page.held -= 1;
        self.held -= 1;
        if page.held == 0 {
            self.of.remove(&page.key);
            self.vacant.push(index);
        }
    }

    fn close_holes(&mut self) {
        self.queue.retain(|&place| place != NONE);
        for (position, &place) in (self.head..).zip(&self.queue) {
            self.pages[(place / PAGE) as usize].positions[(place % PAGE) as usize] = position;
        }
    }
}

#[cfg(test)]
mod tests {
    use lru::LruCache;
    use proptest::prelude::*;

    use super::*;

    fn runs() -> impl Strategy<Value = Vec<BlockRun>> {
        let first = prop_oneof![0u64..60, Just(u64::MAX - 3)];
        prop::collection::vec((first, 0u64..40).prop_map(|(first, len)| BlockRun { first, len }), 0..4)
    }

    proptest! {
        #[test]
        fn it_is_a_cache_of_the_least_recently_used(
            capacity in 1u64..70,
            prompts in prop::collection::vec(runs(), 1..60),
        ) {
            let (mut recent, mut lru) = (Recent::new(capacity), LruCache::unbounded());
            let blocks = |runs: &[BlockRun]| -> Vec<u64> {
                runs.iter().flat_map(|run| (0..run.len).map(|at| run.first.wrapping_add(at))).collect()
            };
            for prompt in prompts {
                let known = blocks(&prompt).iter().take_while(|block| lru.contains(*block)).count();
                prop_assert_eq!(recent.prefix(&prompt), known as u64);
                recent.record(&prompt);
                for block in blocks(&prompt).into_iter().rev() {
                    lru.put(block, ());
                    if lru.len() as u64 > capacity {
                        lru.pop_lru();
                    }
                }
                recent.close_holes();
            }
        }
    }
}
