//! How full a server was over time.

use crate::engine::{Levels, Observer};

/// How full it was from a tick on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// From here on. \[us\]
    pub from_us: u64,
    /// Requests in the batch.
    pub running: u64,
    /// Requests in the queue.
    pub waiting: u64,
    /// KV blocks in use, as a share of all.
    pub kv_usage: f64,
}

/// Every change, in order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series(pub Vec<Level>);

impl Series {
    /// As it was at a tick.
    #[must_use]
    pub fn at(&self, us: u64) -> Option<Level> {
        let after = self.0.partition_point(|level| level.from_us <= us);
        self.0.get(after.checked_sub(1)?).copied()
    }
}

/// Writes down what it sees.
pub(super) struct Keeper {
    blocks: f64,
    levels: Vec<Level>,
}

impl Keeper {
    pub(super) fn new(blocks: u32) -> Self {
        Self { blocks: blocks.into(), levels: Vec::new() }
    }

    pub(super) fn into_series(self) -> Series {
        Series(self.levels)
    }
}

impl Observer for Keeper {
    fn sees_every_step(&self) -> bool {
        false
    }

    fn levels(&mut self, levels: &Levels) {
        let level = Level {
            from_us: levels.now_us,
            running: levels.running,
            waiting: levels.waiting,
            kv_usage: f64::from(levels.used_blocks) / self.blocks,
        };
        match self.levels.last_mut() {
            Some(last) if last.from_us == level.from_us => *last = level,
            _ => self.levels.push(level),
        }
    }
}
