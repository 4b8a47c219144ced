//! The blocks of the fast engine: what `blocks` does, in less memory and by runs.
//!
//! Everything that is known of a block lies together (24 bytes), its content is found by pages of
//! identities (`pages`), and what is done to a run of blocks is done in one call. The order of the
//! free queue and of holders of equal content is that of `blocks`, to the block.

use super::blocks::NONE;
use super::pages::{PAGE, Pages};

/// One block.
#[derive(Clone, Copy)]
struct Block {
    refs: u32,
    /// The free queue, while it is free.
    prev: u32,
    next: u32,
    /// Its content: the page times [`PAGE`] plus the place there; `NONE`: no content.
    place: u32,
    /// Of equal content, the block registered before; of the oldest: the newest.
    older: u32,
    /// Of equal content, the block registered after; of the newest: `NONE`.
    newer: u32,
}

const FRESH: Block = Block { refs: 0, prev: NONE, next: NONE, place: NONE, older: NONE, newer: NONE };

/// The KV blocks of an instance; blocks that were never handed out are a counter.
pub(crate) struct PagedBlocks {
    total: u32,
    blocks: Vec<Block>,
    head: u32,
    tail: u32,
    listed: u32,
    peak_used: u32,
    pages: Pages,
}

impl PagedBlocks {
    /// So many blocks can never be kept: places would not fit 32 bits, were each in a page of its own.
    pub(super) const MOST: u32 = u32::MAX / PAGE as u32;

    pub(super) fn new(total: u32) -> Self {
        Self {
            total,
            blocks: Vec::new(),
            head: NONE,
            tail: NONE,
            listed: 0,
            peak_used: 0,
            pages: Pages::default(),
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

    /// Hands out the head of the free queue, and returns content that is gone with that.
    pub(super) fn allocate(&mut self) -> (u32, Option<u64>) {
        let touched = self.touched();
        if touched < self.total {
            self.blocks.push(Block { refs: 1, ..FRESH });
            self.peak_used = self.peak_used.max(self.used());
            return (touched, None);
        }
        let block = self.head;
        assert!(block != NONE, "L4: allocation without a free block");
        let Block { next, place, .. } = self.blocks[block as usize];
        self.head = next;
        match next {
            NONE => self.tail = NONE,
            next => self.blocks[next as usize].prev = NONE,
        }
        self.listed -= 1;
        self.blocks[block as usize].refs = 1;
        self.peak_used = self.peak_used.max(self.used());
        (block, if place == NONE { None } else { self.forget(block) })
    }

    /// Hands out the heads of the free queue to the end of `into`; what they held is forgotten.
    pub(super) fn allocate_many(&mut self, count: u64, into: &mut Vec<u32>) {
        into.reserve(count as usize);
        for _ in 0..count {
            into.push(self.allocate().0);
        }
    }

    pub(super) fn take(&mut self, block: u32) {
        let Block { refs, prev, next, .. } = self.blocks[block as usize];
        if refs == 0 {
            match prev {
                NONE => self.head = next,
                prev => self.blocks[prev as usize].next = next,
            }
            match next {
                NONE => self.tail = prev,
                next => self.blocks[next as usize].prev = prev,
            }
            self.listed -= 1;
        }
        self.blocks[block as usize].refs = refs + 1;
        self.peak_used = self.peak_used.max(self.used());
    }

    pub(super) fn release(&mut self, block: u32) -> bool {
        let tail = self.tail;
        let released = &mut self.blocks[block as usize];
        assert!(released.refs > 0, "L4: release of a free block");
        released.refs -= 1;
        if released.refs > 0 {
            return false;
        }
        released.prev = tail;
        released.next = NONE;
        let holds = released.place != NONE;
        match tail {
            NONE => self.head = block,
            tail => self.blocks[tail as usize].next = block,
        }
        self.tail = block;
        self.listed += 1;
        holds
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
        assert!(self.blocks[block as usize].place == NONE, "L4: a block is cached twice");
        let oldest = self.pages.get(page, at);
        let place = page * PAGE as u32 + at as u32;
        if oldest == NONE {
            self.pages.fill(page, at, block);
            let held = &mut self.blocks[block as usize];
            (held.place, held.older, held.newer) = (place, block, NONE);
            return true;
        }
        let newest = self.blocks[oldest as usize].older;
        self.blocks[newest as usize].newer = block;
        self.blocks[oldest as usize].older = block;
        let held = &mut self.blocks[block as usize];
        (held.place, held.older, held.newer) = (place, newest, NONE);
        false
    }

    /// Drops what a block holds. Returns content that no block holds any longer.
    fn forget(&mut self, block: u32) -> Option<u64> {
        let Block { place, older, newer, .. } = self.blocks[block as usize];
        self.blocks[block as usize].place = NONE;
        let (page, at) = (place / PAGE as u32, (place % PAGE as u32) as usize);
        let oldest = self.pages.get(page, at);
        if oldest != block {
            self.blocks[older as usize].newer = newer;
            let end = if newer == NONE { oldest } else { newer };
            self.blocks[end as usize].older = older;
            return None;
        }
        if newer == NONE {
            let identity = self.pages.identity(page, at);
            self.pages.empty(page, at);
            return Some(identity);
        }
        // The next oldest knows the newest now.
        self.blocks[newer as usize].older = older;
        self.pages.replace(page, at, newer);
        None
    }

    /// Content of the free blocks that hold any, head of the free queue first.
    pub(super) fn free_contents(&self) -> impl Iterator<Item = u64> + '_ {
        let mut at = self.head;
        std::iter::from_fn(move || {
            let block = self.blocks.get(at as usize)?;
            at = block.next;
            Some(block.place)
        })
        .filter(|&place| place != NONE)
        .map(|place| self.pages.identity(place / PAGE as u32, (place % PAGE as u32) as usize))
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
        let (mut at, mut count, mut before) = (self.head, 0, NONE);
        while at != NONE {
            let block = &self.blocks[at as usize];
            assert_eq!((block.refs, block.prev), (0, before), "L4: broken free queue");
            (before, at) = (at, block.next);
            count += 1;
        }
        let free = refs.iter().filter(|&&refs| refs == 0).count();
        assert_eq!((count, before), (self.listed, self.tail), "L4: length of the free queue");
        assert_eq!(free, self.listed as usize, "L4: a free block outside the free queue");
        self.pages.check();
        let mut seen = 0;
        for (identity, oldest) in self.pages.all() {
            let (mut at, mut before) = (oldest, NONE);
            while at != NONE {
                let block = &self.blocks[at as usize];
                assert_eq!(self.content(at), Some(identity), "L4: a block listed under other content");
                assert!(before == NONE || block.older == before, "L4: broken list of copies");
                (before, at) = (at, block.newer);
                seen += 1;
            }
            assert_eq!(self.blocks[oldest as usize].older, before, "L4: newest copy");
        }
        let holding = self.blocks.iter().filter(|block| block.place != NONE).count();
        assert_eq!(seen, holding, "L4: cached blocks that no list holds");
    }

    fn content(&self, block: u32) -> Option<u64> {
        let place = self.blocks[block as usize].place;
        let found = (place / PAGE as u32, (place % PAGE as u32) as usize);
        (place != NONE).then(|| self.pages.identity(found.0, found.1))
    }
}
