//! An instance as a router sees it: free numbers, and the signals that follow from them.
//!
//! Signals are bound to each other (free and used blocks add up to all blocks). So what is drawn at
//! random, and shrunk, are numbers without such bonds; every signal is computed from them.

use pointsman_plugin_api::signal;
use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::world::World;

/// A whole, in parts per million.
const WHOLE: u64 = 1_000_000;

/// The free numbers of one instance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct InstanceRow {
    /// Which instance it is; no two rows of a call have the same.
    pub(super) instance: u64,
    pub(super) queue_depth: u64,
    pub(super) batch_size: u64,
    /// Used KV blocks, of all. \[ppm\]
    pub(super) used: u64,
    pub(super) cache_hits: u64,
    pub(super) transfer_us: u64,
    /// May be above a whole: content can come back more than once.
    pub(super) thrashing: u64,
    pub(super) preemptions: u64,
    /// Tokens waiting beyond one per waiting request.
    pub(super) waiting_tokens: u64,
    pub(super) cpu_used: u64,
    /// Cached blocks of the prompt, of those that could be. \[ppm\]
    pub(super) cached: u64,
    pub(super) pending_requests: u64,
    /// Requests in flight that are not pending.
    pub(super) inflight: u64,
    /// Prompt tokens in flight beyond one per request in flight.
    pub(super) inflight_tokens: u64,
    /// Age of what the instance reported. \[us\]
    pub(super) age_us: u64,
    /// The total of the scores that it got, where a picker asks. \[ppm\]
    pub(super) total: u64,
}

/// The largest value that each free number takes, in the order of [`InstanceRow::knobs`].
pub(super) const LIMITS: [u64; 15] = [
    1_000_000,     // queue_depth
    10_000,        // batch_size
    WHOLE,         // used
    WHOLE,         // cache_hits
    1_000_000_000, // transfer_us
    2 * WHOLE,     // thrashing
    1_000_000_000, // preemptions
    1 << 40,       // waiting_tokens
    WHOLE,         // cpu_used
    WHOLE,         // cached
    100_000,       // pending_requests
    1_000_000,     // inflight
    1 << 40,       // inflight_tokens
    60_000_000,    // age_us
    WHOLE,         // total
];

impl InstanceRow {
    /// What can be varied by itself.
    pub(super) fn knobs(&mut self) -> [&mut u64; 15] {
        [
            &mut self.queue_depth,
            &mut self.batch_size,
            &mut self.used,
            &mut self.cache_hits,
            &mut self.transfer_us,
            &mut self.thrashing,
            &mut self.preemptions,
            &mut self.waiting_tokens,
            &mut self.cpu_used,
            &mut self.cached,
            &mut self.pending_requests,
            &mut self.inflight,
            &mut self.inflight_tokens,
            &mut self.age_us,
            &mut self.total,
        ]
    }

    /// The total of its scores.
    pub(super) fn total(&self) -> f64 {
        ratio(self.total, WHOLE)
    }

    fn inflight_requests(&self) -> u64 {
        self.pending_requests + self.inflight
    }

    /// One signal of all rows, for a request with so many full blocks; `Absent` if there is none of
    /// that id.
    pub(super) fn signal(id: &str, rows: &[Self], world: &World, prompt_blocks: u64) -> Cells {
        let u64s = |of: &dyn Fn(&Self) -> u64| Cells::U64(rows.iter().map(of).collect());
        let ratios =
            |of: fn(&Self) -> u64| Cells::F64(rows.iter().map(|row| ratio(of(row), WHOLE)).collect());
        let used = |row: &Self| share(world.total_kv_blocks, row.used);
        match id {
            "instance" => u64s(&|row| row.instance),
            "queue_depth" => u64s(&|row| row.queue_depth),
            "batch_size" => u64s(&|row| row.batch_size),
            "kv_utilization" => {
                Cells::F64(rows.iter().map(|row| ratio(used(row), world.total_kv_blocks)).collect())
            }
            "free_kv_blocks" => u64s(&|row| world.total_kv_blocks - used(row)),
            "total_kv_blocks" => u64s(&|_| world.total_kv_blocks),
            "cache_hit_rate" => ratios(|row| row.cache_hits),
            "pending_transfer_latency" => u64s(&|row| row.transfer_us),
            "kv_thrashing_rate" => ratios(|row| row.thrashing),
            "preemption_count" => u64s(&|row| row.preemptions),
            "waiting_tokens" => u64s(&|row| match row.queue_depth {
                0 => 0,
                waiting => waiting + row.waiting_tokens,
            }),
            "cpu_kv_utilization" => ratios(|row| row.cpu_used),
            "cached_prefix_blocks" => {
                u64s(&|row| share(prompt_blocks.min(world.total_kv_blocks), row.cached))
            }
            "pending_requests" => u64s(&|row| row.pending_requests),
            "inflight_requests" => u64s(&Self::inflight_requests),
            "inflight_tokens" => u64s(&|row| match row.inflight_requests() {
                0 => 0,
                inflight => inflight + row.inflight_tokens,
            }),
            _ => Cells::Absent,
        }
    }
}

/// Whether a signal is the router's own, and so has no age.
pub(super) fn is_current(id: &str) -> bool {
    signal::CATALOGUE.iter().any(|about| about.id == id && about.current)
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// A part of a whole, rounded down.
fn share(whole: u64, parts: u64) -> u64 {
    (u128::from(whole) * u128::from(parts) / u128::from(WHOLE)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> InstanceRow {
        let mut row = InstanceRow::default();
        row.knobs().into_iter().zip(LIMITS).for_each(|(knob, most)| *knob = most);
        row
    }

    #[test]
    fn every_signal_of_the_api_is_made() {
        for id in signal::ALL {
            assert_ne!(InstanceRow::signal(id, &[full()], &World::default(), 4), Cells::Absent, "{id}");
        }
        assert_eq!(InstanceRow::signal("unheard_of", &[full()], &World::default(), 4), Cells::Absent);
        assert!(is_current("instance") && !is_current("queue_depth"));
    }

    #[test]
    fn signals_keep_what_the_model_says_of_them() {
        let world = World::default();
        let rows = [InstanceRow::default(), full()];
        let of = |id| InstanceRow::signal(id, &rows, &world, 4);
        assert_eq!(of("kv_utilization"), Cells::F64(vec![0.0, 1.0]));
        assert_eq!(of("free_kv_blocks"), Cells::U64(vec![world.total_kv_blocks, 0]));
        assert_eq!(of("cached_prefix_blocks"), Cells::U64(vec![0, 4]));
        assert_eq!(of("waiting_tokens"), Cells::U64(vec![0, 1_000_000 + (1 << 40)]));
        assert_eq!(of("inflight_requests"), Cells::U64(vec![0, 1_100_000]));
    }
}
