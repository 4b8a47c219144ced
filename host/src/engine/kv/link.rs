//! One direction of the path between GPU and CPU memory.

/// Transfers of one direction follow one another; the two directions do not wait for each other.
#[derive(Default)]
pub(crate) struct Link {
    busy_until_us: u64,
}

impl Link {
    /// Queues a transfer that takes `ticks`; returns when it ends. Saturates, so that the clock's
    /// own check reports an overflow.
    pub(crate) fn transfer(&mut self, now_us: u64, ticks: u64) -> u64 {
        self.busy_until_us = self.busy_until_us.max(now_us).saturating_add(ticks);
        self.busy_until_us
    }

    /// When the next transfer starts.
    pub(crate) fn next_start_us(&self, now_us: u64) -> u64 {
        self.busy_until_us.max(now_us)
    }

    /// Ticks that the transfers under way and queued still need. \[us\]
    pub(crate) fn pending_us(&self, now_us: u64) -> u64 {
        self.busy_until_us.saturating_sub(now_us)
    }
}
