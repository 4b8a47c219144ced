//! The blocks of the plain engine: reference counts, the free queue, and which content each block holds,
//! one block at a time.

use super::blocks::NONE;
use super::identities::Identities;

/// The KV blocks of an instance (`model.md` section 5).
///
/// A block with no reference is free, and may still hold cached content until it is handed out
/// again. Blocks that were never handed out are not represented: they come first in the free
/// queue, in order of their number, so a counter stands for them and memory follows use.
pub(crate) struct IndividualBlocks {
    total: u32,
    /// Blocks `0..touched` have been handed out at least once.
    touched: u32,
    refs: Vec<u32>,
    /// The free queue, as a list through the touched blocks.
    prev: Vec<u32>,
    next: Vec<u32>,
    head: u32,
    tail: u32,
    /// Length of that list.
    listed: u32,
    peak_used: u32,
    identities: Identities,
}

impl IndividualBlocks {
    pub(super) fn new(total: u32) -> Self {
        Self {
            total,
            touched: 0,
            refs: Vec::new(),
            prev: Vec::new(),
            next: Vec::new(),
            head: NONE,
            tail: NONE,
            listed: 0,
            peak_used: 0,
            identities: Identities::default(),
        }
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    pub(super) fn free(&self) -> u32 {
        self.total - self.touched + self.listed
    }

    pub(super) fn used(&self) -> u32 {
        self.touched - self.listed
    }

    /// The most blocks that were in use at once.
    pub(super) fn peak_used(&self) -> u32 {
        self.peak_used
    }

    pub(super) fn note_full(&mut self) {
        self.peak_used = self.total;
    }

    pub(super) fn is_free(&self, block: u32) -> bool {
        self.refs[block as usize] == 0
    }

    /// The block that holds this content: the oldest registered, if there are several.
    pub(super) fn lookup(&self, identity: u64) -> Option<u32> {
        self.identities.oldest(identity)
    }

    /// Hands out the head of the free queue; cached content in it is evicted. The caller has
    /// counted before: there is a free block. With it comes content that no block holds any longer.
    pub(super) fn allocate(&mut self) -> (u32, Option<u64>) {
        let (block, gone) = if self.touched < self.total {
            let block = self.touched;
            self.touched += 1;
            self.refs.push(0);
            self.prev.push(NONE);
            self.next.push(NONE);
            self.identities.grow();
            (block, None)
        } else {
            let block = self.head;
            assert!(block != NONE, "L4: allocation without a free block");
            self.unlink(block);
            (block, self.identities.forget(block))
        };
        self.refs[block as usize] = 1;
        self.peak_used = self.peak_used.max(self.used());
        (block, gone)
    }

    /// Takes one more reference on a block that holds a hit; a free one leaves the free queue.
    pub(super) fn take(&mut self, block: u32) {
        if self.refs[block as usize] == 0 {
            self.unlink(block);
        }
        self.refs[block as usize] += 1;
        self.peak_used = self.peak_used.max(self.used());
    }

    /// Gives one reference back. Returns whether the block became free and holds content.
    pub(super) fn release(&mut self, block: u32) -> bool {
        let refs = &mut self.refs[block as usize];
        assert!(*refs > 0, "L4: release of a free block");
        *refs -= 1;
        if *refs > 0 {
            return false;
        }
        self.prev[block as usize] = self.tail;
        self.next[block as usize] = NONE;
        match self.tail {
            NONE => self.head = block,
            tail => self.next[tail as usize] = block,
        }
        self.tail = block;
        self.listed += 1;
        self.identities.of(block).is_some()
    }

    /// The block now holds this content, as the newest of those that do. Whether it is the first.
    pub(super) fn register(&mut self, block: u32, identity: u64) -> bool {
        self.identities.register(block, identity)
    }

    /// Content of the free blocks that hold any, head of the free queue first.
    pub(super) fn free_contents(&self) -> impl Iterator<Item = u64> + '_ {
        let mut at = self.head;
        std::iter::from_fn(move || {
            let block = at;
            if block == NONE {
                return None;
            }
            at = self.next[block as usize];
            Some(self.identities.of(block))
        })
        .flatten()
    }

    /// Every identity that is cached now.
    pub(super) fn cached(&self) -> impl Iterator<Item = u64> + '_ {
        self.identities.all()
    }

    fn unlink(&mut self, block: u32) {
        let (prev, next) = (self.prev[block as usize], self.next[block as usize]);
        match prev {
            NONE => self.head = next,
            prev => self.next[prev as usize] = next,
        }
        match next {
            NONE => self.tail = prev,
            next => self.prev[next as usize] = prev,
        }
        self.listed -= 1;
    }

    /// Law L4 in full: the free queue holds exactly the unreferenced blocks, and references are
    /// what the owners hold. `held` yields every block of every owner.
    pub(super) fn check(&self, held: impl Iterator<Item = u32>) {
        let mut owners = vec![0u32; self.touched as usize];
        for block in held {
            owners[block as usize] += 1;
        }
        assert_eq!(owners, self.refs, "L4: references differ from what requests hold");
        let (mut at, mut count, mut before) = (self.head, 0, NONE);
        while at != NONE {
            assert_eq!(self.refs[at as usize], 0, "L4: a used block in the free queue");
            assert_eq!(self.prev[at as usize], before, "L4: broken free queue");
            before = at;
            at = self.next[at as usize];
            count += 1;
        }
        assert_eq!(count, self.listed, "L4: length of the free queue");
        assert_eq!(before, self.tail, "L4: tail of the free queue");
        let free = self.refs.iter().filter(|&&refs| refs == 0).count();
        assert_eq!(free, self.listed as usize, "L4: a free block outside the free queue");
        assert_eq!(self.used() + self.free(), self.total, "L4: used + free = total");
        self.identities.check();
    }
}
