//! What a request holds of KV memory.

/// A run of blocks that a request holds, by the number of the run in which it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeldRun {
    pub(super) run: u32,
    /// Blocks, those in the runs that were cut off it since included.
    pub(super) len: u32,
}

/// The blocks that a request holds, in order of its tokens. Those with content come first.
#[derive(Default)]
pub(crate) struct Held {
    /// How many there are.
    pub(super) count: u64,
    /// How many of them hold content, the first ones.
    pub(super) cached: u64,
    /// Their numbers, where blocks are kept one at a time.
    pub(super) numbers: Vec<u32>,
    /// Those that hold content, where blocks are kept by runs. The others are alike.
    pub(super) runs: Vec<HeldRun>,
}

impl Held {
    /// How many blocks there are.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds blocks that were handed out to nobody in particular.
    pub(crate) fn add_loose(&mut self, count: u64) {
        self.count += count;
    }
}
