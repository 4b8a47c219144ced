//! The blocks of the fast engine: what `blocks` does, in less memory and by runs.
//!
//! Everything that is known of a block lies together (12 bytes), its content is found by pages of
//! identities (`pages`), and what is done to a run of blocks is done in one call. The order of the
//! free queue and of holders of equal content is that of `blocks`, to the block.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::blocks::NONE;
use super::pages::{PAGE, Pages};

/// One block.
#[derive(Clone, Copy)]
struct Block {
    refs: u32,
    /// While it is free: its place in the free queue, counted from when the run began.
    position: u32,
    /// Its content: the page times [`PAGE`] plus the place there; `NONE`: no content.
    place: u32,
}

/// A free block in the queue; `NONE`: a hole.
#[derive(Clone, Copy)]
struct Free {
    block: u32,
    /// As in [`Block`]: it cannot change while the block is free.
    place: u32,
}

/// The KV blocks of an instance; blocks that were never handed out are a counter.
///
/// The free queue is a queue, not a list through the blocks, and says of each block where its content is:
/// what comes next is known before it is looked at, so that the memory of several is fetched at
/// once. A hit leaves a hole in it.
pub(crate) struct PagedBlocks {
    total: u32,
    blocks: Vec<Block>,
    /// Free blocks, with the places of their contents, and holes.
    queue: VecDeque<Free>,
    /// Position of the queue's head. Positions go round at 2^32, more than a queue is ever long.
    head: u32,
    /// Free blocks in the queue.
    listed: u32,
    peak_used: u32,
    pages: Pages,
    /// Content that several blocks hold: all of them, oldest registered first.
    copies: FxHashMap<u64, Vec<u32>>,
}

/// Blocks from which on there is memory for all, so that it is not moved again and again.
const MANY: usize = 1024;

impl PagedBlocks {
    /// So many blocks can never be kept: places would not fit 32 bits, were each in a page of its own.
    pub(super) const MOST: u32 = u32::MAX / PAGE as u32;

    pub(super) fn new(total: u32) -> Self {
        Self {
            total,
            blocks: Vec::new(),
            queue: VecDeque::new(),
            head: 0,
            listed: 0,
            peak_used: 0,
            pages: Pages::default(),
            copies: FxHashMap::default(),
        }
    }

    fn touched(&self) -> u32 {
        self.blocks.len() as u32
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    pub(super) fn free(&self) -> u32 {
        self.total - self.touched() + self.listed
    }

    pub(super) fn used(&self) -> u32 {
        self.touched() - self.listed
    }

    pub(super) fn peak_used(&self) -> u32 {
        self.peak_used
    }

    pub(super) fn is_free(&self, block: u32) -> bool {
        self.blocks[block as usize].refs == 0
    }

    /// Calls `each` with the block of each content of a run, as long as it is cached.
    pub(super) fn prefix(&self, first: u64, len: u64, each: impl FnMut(u32)) -> u64 {
        self.pages.prefix(first, len, each)
    }

    /// Hands out a block that never was.
    fn fresh(&mut self) -> u32 {
        if self.blocks.len() == MANY {
            self.blocks.reserve_exact((self.total as usize - MANY).min(1 << 22));
        }
        self.blocks.push(Block { refs: 1, position: 0, place: NONE });
        self.touched() - 1
    }

    /// Takes the head of the free queue off.
    fn pop(&mut self) -> Free {
        loop {
            let free = self.queue.pop_front().expect("L4: allocation without a free block");
            self.head = self.head.wrapping_add(1);
            if free.block != NONE {
                self.listed -= 1;
                let block = &mut self.blocks[free.block as usize];
                (block.refs, block.place) = (1, NONE);
                return free;
            }
        }
    }

    /// Hands out the head of the free queue, and returns content that is gone with that.
    pub(super) fn allocate(&mut self) -> (u32, Option<u64>) {
        let (block, gone) = if self.touched() < self.total {
            (self.fresh(), None)
        } else {
            let free = self.pop();
            (free.block, self.forget(free))
        };
        self.peak_used = self.peak_used.max(self.used());
        (block, gone)
    }

    /// Hands out the heads of the free queue to the end of `into`; what they held is forgotten.
    pub(super) fn allocate_many(&mut self, count: u64, into: &mut Vec<u32>) {
        into.reserve(count as usize);
        let fresh = count.min(u64::from(self.total - self.touched()));
        for _ in 0..fresh {
            into.push(self.fresh());
        }
        for _ in fresh..count {
            let free = self.pop();
            self.forget(free);
            into.push(free.block);
        }
        self.peak_used = self.peak_used.max(self.used());
    }

    pub(super) fn take(&mut self, block: u32) {
        let taken = &mut self.blocks[block as usize];
        taken.refs += 1;
        if taken.refs == 1 {
            let at = taken.position.wrapping_sub(self.head) as usize;
            self.queue[at].block = NONE;
            self.listed -= 1;
            self.peak_used = self.peak_used.max(self.used());
            if self.queue.len() > 2 * self.listed as usize + MANY {
                self.close_holes();
            }
        }
    }

    fn close_holes(&mut self) {
        self.queue.retain(|free| free.block != NONE);
        for (position, free) in (0..).zip(&self.queue) {
            self.blocks[free.block as usize].position = self.head.wrapping_add(position);
        }
    }

    pub(super) fn release(&mut self, block: u32) -> bool {
        let position = self.head.wrapping_add(self.queue.len() as u32);
        let released = &mut self.blocks[block as usize];
        assert!(released.refs > 0, "L4: release of a free block");
        released.refs -= 1;
        if released.refs > 0 {
            return false;
        }
        released.position = position;
        let place = released.place;
        self.queue.push_back(Free { block, place });
        self.listed += 1;
        place != NONE
    }

    /// The block now holds this content, as the newest of those that do. Whether it is the first.
    pub(super) fn register(&mut self, block: u32, identity: u64) -> bool {
        let page = self.pages.page_of(identity);
        self.register_at(block, page, (identity % PAGE) as usize)
    }

    /// The blocks now hold the contents of a run, which they are as many as.
    pub(super) fn register_run(&mut self, blocks: &[u32], first: u64) {
        let (mut page, mut known) = (NONE, 0);
        for (identity, &block) in (0..).map(|at| first.wrapping_add(at)).zip(blocks) {
            if page == NONE || identity / PAGE != known {
                known = identity / PAGE;
                page = self.pages.page_of(identity);
            }
            self.register_at(block, page, (identity % PAGE) as usize);
        }
    }

    fn register_at(&mut self, block: u32, page: u32, at: usize) -> bool {
        let held = &mut self.blocks[block as usize];
        assert!(held.place == NONE, "L4: a block is cached twice");
        held.place = page * PAGE as u32 + at as u32;
        let oldest = self.pages.get(page, at);
        if oldest == NONE {
            self.pages.fill(page, at, block);
            return true;
        }
        let identity = self.pages.identity(page, at);
        self.copies.entry(identity).or_insert_with(|| vec![oldest]).push(block);
        self.pages.set_copied(page, at, true);
        false
    }

    /// Drops what a block held, if anything. Returns content that no block holds any longer.
    fn forget(&mut self, Free { block, place }: Free) -> Option<u64> {
        if place == NONE {
            return None;
        }
        let (page, at) = (place / PAGE as u32, (place % PAGE as u32) as usize);
        let identity = self.pages.identity(page, at);
        if !self.pages.is_copied(page, at) {
            self.pages.empty(page, at);
            return Some(identity);
        }
        if let Some(holders) = self.copies.get_mut(&identity) {
            holders.retain(|&holder| holder != block);
            self.pages.replace(page, at, holders[0]);
            if holders.len() == 1 {
                self.copies.remove(&identity);
                self.pages.set_copied(page, at, false);
            }
        }
        None
    }

    /// Content of the free blocks that hold any, head of the free queue first.
    pub(super) fn free_contents(&self) -> impl Iterator<Item = u64> + '_ {
        self.queue.iter().filter(|free| free.block != NONE).filter_map(|free| self.at(free.place))
    }

    /// Every identity that is cached now.
    pub(super) fn cached(&self) -> impl Iterator<Item = u64> + '_ {
        self.pages.all().map(|(identity, _)| identity)
    }

    /// Law L4 in full.
    pub(super) fn check(&self, held: impl Iterator<Item = u32>) {
        let mut owners = vec![0u32; self.blocks.len()];
        for block in held {
            owners[block as usize] += 1;
        }
        let refs: Vec<u32> = self.blocks.iter().map(|block| block.refs).collect();
        assert_eq!(owners, refs, "L4: references differ from what requests hold");
        let mut count = 0;
        for (position, free) in (0..).zip(&self.queue).filter(|(_, free)| free.block != NONE) {
            let block = &self.blocks[free.block as usize];
            let position = self.head.wrapping_add(position);
            assert_eq!((block.refs, block.position), (0, position), "L4: broken free queue");
            assert_eq!(block.place, free.place, "L4: a free block changed its content");
            count += 1;
        }
        let free = refs.iter().filter(|&&refs| refs == 0).count();
        assert_eq!(count, self.listed, "L4: length of the free queue");
        assert_eq!(free, self.listed as usize, "L4: a free block outside the free queue");
        self.pages.check();
        let mut seen = 0;
        for (identity, oldest) in self.pages.all() {
            let alone = [oldest];
            let holders = self.copies.get(&identity).map_or(&alone[..], |holders| &holders[..]);
            assert_eq!(holders[0], oldest, "L4: oldest copy");
            for &block in holders {
                assert_eq!(self.content(block), Some(identity), "L4: a block listed under other content");
            }
            seen += holders.len();
        }
        assert!(self.copies.values().all(|holders| holders.len() > 1), "L4: a copy of nothing");
        let holding = self.blocks.iter().filter(|block| block.place != NONE).count();
        assert_eq!(seen, holding, "L4: cached blocks that no list holds");
    }

    fn content(&self, block: u32) -> Option<u64> {
        self.at(self.blocks[block as usize].place)
    }

    /// The content at a place.
    fn at(&self, place: u32) -> Option<u64> {
        let found = (place / PAGE as u32, (place % PAGE as u32) as usize);
        (place != NONE).then(|| self.pages.identity(found.0, found.1))
    }
}
