//! The CPU tier: content that was copied out of GPU memory, least recently used out. Like the GPU blocks it
//! is kept one at a time for the plain engine, and by runs for the fast one.

use lru::LruCache;
use pointsman_plugin_api::KvEventKind;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::log::KvLog;
use crate::recency::Recency;

/// Content held, with when its offload was decided \[us\], by recency of use; and content whose transfer has
/// not ended, with when that was decided \[us\].
enum Kept {
    Individual { held: LruCache<u64, u64, FxBuildHasher>, receiving: FxHashMap<u64, u64> },
    Runs { held: Recency<u64>, receiving: Recency<u64> },
}

/// Content held in CPU memory and content on its way there (`model.md` section 7).
pub(crate) struct CpuTier {
    capacity: u32,
    kept: Kept,
    /// What was offloaded, dropped and reloaded, where somebody wants to know.
    pub(crate) log: KvLog,
}

impl CpuTier {
    /// A tier that is kept one identity at a time.
    pub(crate) fn individual(capacity: u32) -> Self {
        // The capacity is kept here, since the cache would allocate all of it at once.
        let held = LruCache::unbounded_with_hasher(FxBuildHasher);
        Self::new(capacity, Kept::Individual { held, receiving: FxHashMap::default() })
    }

    /// A tier that is kept by runs.
    pub(crate) fn by_runs(capacity: u32) -> Self {
        Self::new(capacity, Kept::Runs { held: Recency::new(), receiving: Recency::new() })
    }

    fn new(capacity: u32, kept: Kept) -> Self {
        Self { capacity, kept, log: KvLog::default() }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.capacity == 0
    }

    fn len(&self) -> u64 {
        match &self.kept {
            Kept::Individual { held, .. } => held.len() as u64,
            Kept::Runs { held, .. } => held.len(),
        }
    }

    /// Blocks that can be held beside those that are.
    pub(crate) fn room(&self) -> u64 {
        u64::from(self.capacity) - self.len()
    }

    /// Held blocks over capacity; 0 when there is no CPU tier.
    pub(crate) fn utilization(&self) -> f64 {
        if self.capacity == 0 { 0.0 } else { self.len() as f64 / f64::from(self.capacity) }
    }

    /// How many identities of a run are held, up to the first that is not.
    pub(crate) fn prefix(&self, first: u64, len: u64) -> u64 {
        match &self.kept {
            Kept::Individual { held, .. } => {
                (0..len).find(|&at| !held.contains(&first.wrapping_add(at))).unwrap_or(len)
            }
            Kept::Runs { held, .. } => held.prefix(first, len),
        }
    }

    /// Calls `each` with the parts of a run that are neither held nor on their way here, deepest first.
    pub(crate) fn each_missing(&self, first: u64, len: u64, mut each: impl FnMut(u64, u64)) {
        match &self.kept {
            Kept::Individual { held, receiving } => {
                let missing = |at: &u64| !held.contains(at) && !receiving.contains_key(at);
                (first..=first + (len - 1)).rev().filter(missing).for_each(|at| each(at, 1));
            }
            Kept::Runs { held, receiving } => {
                held.each_gap(first, len, |first, len| receiving.each_gap(first, len, &mut each));
            }
        }
    }

    /// Calls `each` with how many of the identities of a run, which are held, were decided at which tick.
    pub(crate) fn each_decided(&self, first: u64, len: u64, mut each: impl FnMut(u64, u64)) {
        match &self.kept {
            Kept::Individual { held, .. } => {
                for at in 0..len {
                    each(1, *held.peek(&first.wrapping_add(at)).expect("L4: a CPU hit just seen"));
                }
            }
            Kept::Runs { held, .. } => held.each_value(first, len, each),
        }
    }

    /// A copy of a run to here was decided; the content is not held before the transfer ends.
    pub(crate) fn expect(&mut self, first: u64, len: u64, decided_us: u64) {
        match &mut self.kept {
            Kept::Individual { receiving, .. } => {
                receiving.extend((0..len).map(|at| (first + at, decided_us)));
            }
            Kept::Runs { receiving, .. } => receiving.put(first, len, decided_us),
        }
    }

    /// Transfers of a run ended, those of deeper identities first: the content is held as most recently
    /// used. Returns whether other content had to go for it.
    pub(crate) fn arrive(&mut self, first: u64, len: u64) -> bool {
        if self.log.is_on() || matches!(self.kept, Kept::Individual { .. }) {
            return (0..len).rev().fold(false, |full, at| full | self.arrive_one(first + at));
        }
        let full = len > self.room();
        if let Kept::Runs { held, receiving } = &mut self.kept {
            receiving.take(first, len, |first, len, decided_us| held.put(first, len, decided_us));
            held.shrink(u64::from(self.capacity));
        }
        full
    }

    fn arrive_one(&mut self, identity: u64) -> bool {
        let full = self.room() == 0;
        let (gone, twice) = match &mut self.kept {
            Kept::Individual { held, receiving } => {
                let gone = if full { held.pop_lru().map(|(gone, _)| gone) } else { None };
                let decided_us = receiving.remove(&identity).unwrap_or_default();
                (gone, held.put(identity, decided_us).is_some())
            }
            Kept::Runs { held, receiving } => {
                let gone = if full { held.pop_oldest() } else { None };
                let twice = held.prefix(identity, 1) > 0;
                receiving.take(identity, 1, |first, len, decided_us| held.put(first, len, decided_us));
                (gone, twice)
            }
        };
        assert!(!twice, "L4: CPU content received twice");
        if let Some(gone) = gone {
            self.log.push(KvEventKind::CpuEvicted, gone);
        }
        self.log.push(KvEventKind::Offloaded, identity);
        full
    }

    /// Held content was reloaded: it becomes the most recently used, deeper identities first.
    pub(crate) fn refresh(&mut self, first: u64, len: u64) {
        match &mut self.kept {
            Kept::Individual { held, .. } => {
                for at in (0..len).rev() {
                    held.promote(&first.wrapping_add(at));
                }
            }
            Kept::Runs { held, .. } => held.refresh(first, len),
        }
    }

    /// Law L4 here: at most its capacity is held.
    pub(crate) fn check(&self) {
        assert!(self.len() <= u64::from(self.capacity), "L4: CPU tier over capacity");
    }
}
