//! A run of blocks, and the places where runs are kept.

use super::super::blocks::NONE;

/// Blocks of equal standing: in one state, with as many references each, free ones next to each other in
/// the free queue, deepest first.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Content of the first block; the others hold those that follow.
    pub(super) first: u64,
    pub(super) len: u32,
    /// References on each block; 0: free.
    pub(super) refs: u32,
    /// Neighbours in the free queue.
    pub(super) prev: u32,
    pub(super) next: u32,
    /// What was cut off behind it last. It may be gone: then nobody who holds blocks looks for it.
    pub(super) rest: u32,
    /// The same content in blocks that were registered before, and after.
    pub(super) older: u32,
    pub(super) newer: u32,
    /// It holds no content, and only free blocks are such a run.
    pub(super) is_blank: bool,
}

impl Run {
    /// A run that nobody else holds the content of.
    pub(super) fn new(first: u64, len: u32, refs: u32) -> Self {
        Self {
            first,
            len,
            refs,
            prev: NONE,
            next: NONE,
            rest: NONE,
            older: NONE,
            newer: NONE,
            is_blank: false,
        }
    }

    /// Whether nobody else holds its content.
    pub(super) fn is_alone(&self) -> bool {
        self.older == NONE && self.newer == NONE
    }

    /// Content of its last block.
    pub(super) fn last(&self) -> u64 {
        self.first + u64::from(self.len - 1)
    }

    /// Whether the content of another goes on where that of this one ends.
    pub(super) fn goes_on_at(&self, identity: u64) -> bool {
        self.last().checked_add(1) == Some(identity)
    }
}

/// All runs, by number. Numbers are used again.
#[derive(Default)]
pub(super) struct Slab {
    runs: Vec<Run>,
    vacant: Vec<u32>,
}

impl Slab {
    pub(super) fn insert(&mut self, run: Run) -> u32 {
        if let Some(number) = self.vacant.pop() {
            self.runs[number as usize] = run;
            return number;
        }
        self.runs.push(run);
        (self.runs.len() - 1) as u32
    }

    pub(super) fn remove(&mut self, number: u32) {
        self.vacant.push(number);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.runs.len() - self.vacant.len()
    }
}

impl std::ops::Index<u32> for Slab {
    type Output = Run;

    fn index(&self, number: u32) -> &Run {
        &self.runs[number as usize]
    }
}

impl std::ops::IndexMut<u32> for Slab {
    fn index_mut(&mut self, number: u32) -> &mut Run {
        &mut self.runs[number as usize]
    }
}
