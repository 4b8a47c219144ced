//! Which content the blocks hold, and which blocks hold a content.

use rustc_hash::FxHashMap;

use super::blocks::NONE;

/// Several live blocks may hold the same content: each content has a list of its blocks, oldest
/// registered first, threaded through the blocks.
#[derive(Default)]
pub(super) struct Identities {
    of_block: Vec<Option<u64>>,
    older: Vec<u32>,
    newer: Vec<u32>,
    /// Content to its oldest and newest block.
    ends: FxHashMap<u64, (u32, u32)>,
}

impl Identities {
    /// Makes room for one more block.
    pub(super) fn grow(&mut self) {
        self.of_block.push(None);
        self.older.push(NONE);
        self.newer.push(NONE);
    }

    pub(super) fn of(&self, block: u32) -> Option<u64> {
        self.of_block[block as usize]
    }

    pub(super) fn oldest(&self, identity: u64) -> Option<u32> {
        self.ends.get(&identity).map(|&(oldest, _)| oldest)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = u64> + '_ {
        self.ends.keys().copied()
    }

    /// Returns whether this is the first block with that content.
    pub(super) fn register(&mut self, block: u32, identity: u64) -> bool {
        assert!(self.of(block).is_none(), "L4: a block is cached twice");
        self.of_block[block as usize] = Some(identity);
        self.newer[block as usize] = NONE;
        let ends = self.ends.entry(identity).or_insert((block, NONE));
        self.older[block as usize] = ends.1;
        if ends.1 != NONE {
            self.newer[ends.1 as usize] = block;
        }
        ends.1 = block;
        self.older[block as usize] == NONE
    }

    /// Drops what the block holds, if anything: only its own entry. Returns content that no block holds
    /// any longer.
    pub(super) fn forget(&mut self, block: u32) -> Option<u64> {
        let identity = self.of_block[block as usize].take()?;
        let (older, newer) = (self.older[block as usize], self.newer[block as usize]);
        if older != NONE {
            self.newer[older as usize] = newer;
        }
        if newer != NONE {
            self.older[newer as usize] = older;
        }
        if older == NONE && newer == NONE {
            self.ends.remove(&identity);
            return Some(identity);
        }
        if let Some(ends) = self.ends.get_mut(&identity) {
            if older == NONE {
                ends.0 = newer;
            }
            if newer == NONE {
                ends.1 = older;
            }
        }
        None
    }

    pub(super) fn check(&self) {
        let mut seen = 0;
        for (&identity, &(oldest, newest)) in &self.ends {
            let (mut at, mut before) = (oldest, NONE);
            while at != NONE {
                assert_eq!(self.of(at), Some(identity), "L4: a block listed under other content");
                assert_eq!(self.older[at as usize], before, "L4: broken list of copies");
                before = at;
                at = self.newer[at as usize];
                seen += 1;
            }
            assert_eq!(before, newest, "L4: newest copy");
        }
        let holding = self.of_block.iter().filter(|held| held.is_some()).count();
        assert_eq!(seen, holding, "L4: cached blocks that no list holds");
    }
}
