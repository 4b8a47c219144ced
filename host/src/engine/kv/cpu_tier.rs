//! The CPU tier: content that was copied out of GPU memory, least recently used out.

use lru::LruCache;
use pointsman_plugin_api::KvEventKind;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::log::KvLog;

/// Content held in CPU memory and content on its way there (`model.md` section 7).
pub(crate) struct CpuTier {
    capacity: u32,
    /// Content held, with when its offload was decided \[us\], by recency of use.
    held: LruCache<u64, u64, FxBuildHasher>,
    /// Content whose transfer has not ended, with when it was decided. \[us\]
    receiving: FxHashMap<u64, u64>,
    /// What was offloaded, dropped and reloaded, where somebody wants to know.
    pub(crate) log: KvLog,
}

impl CpuTier {
    pub(crate) fn new(capacity: u32) -> Self {
        Self {
            capacity,
            // The capacity is kept here, since the cache would allocate all of it at once.
            held: LruCache::unbounded_with_hasher(FxBuildHasher),
            receiving: FxHashMap::default(),
            log: KvLog::default(),
        }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.capacity == 0
    }

    /// Held blocks over capacity; 0 when there is no CPU tier.
    pub(crate) fn utilization(&self) -> f64 {
        if self.capacity == 0 { 0.0 } else { self.held.len() as f64 / f64::from(self.capacity) }
    }

    pub(crate) fn holds(&self, identity: u64) -> bool {
        self.held.contains(&identity)
    }

    pub(crate) fn holds_or_receives(&self, identity: u64) -> bool {
        self.holds(identity) || self.receiving.contains_key(&identity)
    }

    /// When the offload of held content was decided. \[us\]
    pub(crate) fn decided_us(&self, identity: u64) -> Option<u64> {
        self.held.peek(&identity).copied()
    }

    /// A copy to here was decided; the content is not held before the transfer ends.
    pub(crate) fn expect(&mut self, identity: u64, decided_us: u64) {
        self.receiving.insert(identity, decided_us);
    }

    /// The transfer ended: the content is held as most recently used. Returns whether other
    /// content had to go for it.
    pub(crate) fn arrive(&mut self, identity: u64) -> bool {
        let decided_us = self.receiving.remove(&identity).unwrap_or_default();
        let full = self.held.len() >= self.capacity as usize;
        if full && let Some((gone, _)) = self.held.pop_lru() {
            self.log.push(KvEventKind::CpuEvicted, gone);
        }
        self.log.push(KvEventKind::Offloaded, identity);
        let twice = self.held.put(identity, decided_us).is_some();
        assert!(!twice, "L4: CPU content received twice");
        full
    }

    /// Held content was reloaded: it becomes the most recently used.
    pub(crate) fn refresh(&mut self, identity: u64) {
        self.held.promote(&identity);
    }

    /// Law L4 here: at most its capacity is held.
    pub(crate) fn check(&self) {
        assert!(self.held.len() <= self.capacity as usize, "L4: CPU tier over capacity");
    }
}
