//! A load by its name: a signal, or the effective load.

use pointsman_plugin_api::prelude::*;
use pointsman_plugin_api::{Signal, Value};

/// The signals that are counts.
static COUNTS: [Signal<u64>; 10] = [
    signal::QUEUE_DEPTH,
    signal::BATCH_SIZE,
    signal::FREE_KV_BLOCKS,
    signal::PENDING_TRANSFER_LATENCY,
    signal::PREEMPTION_COUNT,
    signal::WAITING_TOKENS,
    signal::CACHED_PREFIX_BLOCKS,
    signal::PENDING_REQUESTS,
    signal::INFLIGHT_REQUESTS,
    signal::INFLIGHT_TOKENS,
];

/// The signals that are ratios.
static RATIOS: [Signal<f64>; 4] =
    [signal::KV_UTILIZATION, signal::CACHE_HIT_RATE, signal::KV_THRASHING_RATE, signal::CPU_KV_UTILIZATION];

/// What the effective load is made of.
const EFFECTIVE: [&str; 3] =
    [signal::QUEUE_DEPTH.id(), signal::BATCH_SIZE.id(), signal::PENDING_REQUESTS.id()];

/// A number per instance that says how loaded it is.
#[derive(Clone, Copy)]
pub struct Load(Kind);

#[derive(Clone, Copy)]
enum Kind {
    Effective,
    Count(&'static Signal<u64>),
    Ratio(&'static Signal<f64>),
}

impl Load {
    /// The name of the load that is no signal: `queue_depth + batch_size + pending_requests`.
    pub const EFFECTIVE: &'static str = "effective_load";

    /// All that any of them reads. A policy that lets its user name a load declares these and hands
    /// [`reads`](Self::reads) on, so that only what is named is measured.
    pub const SIGNALS: &'static [Need] = &[
        signal::QUEUE_DEPTH.optional(),
        signal::BATCH_SIZE.optional(),
        signal::FREE_KV_BLOCKS.optional(),
        signal::PENDING_TRANSFER_LATENCY.optional(),
        signal::PREEMPTION_COUNT.optional(),
        signal::WAITING_TOKENS.optional(),
        signal::CACHED_PREFIX_BLOCKS.optional(),
        signal::PENDING_REQUESTS.optional(),
        signal::INFLIGHT_REQUESTS.optional(),
        signal::INFLIGHT_TOKENS.optional(),
        signal::KV_UTILIZATION.optional(),
        signal::CACHE_HIT_RATE.optional(),
        signal::KV_THRASHING_RATE.optional(),
        signal::CPU_KV_UTILIZATION.optional(),
    ];

    /// The load with this name: that of a signal, or [`EFFECTIVE`](Self::EFFECTIVE).
    ///
    /// # Errors
    ///
    /// A sentence, if there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        if name == Self::EFFECTIVE {
            return Ok(Self(Kind::Effective));
        }
        let count = COUNTS.iter().find(|signal| signal.id() == name).map(Kind::Count);
        let ratio = || RATIOS.iter().find(|signal| signal.id() == name).map(Kind::Ratio);
        count.or_else(ratio).map(Self).ok_or_else(|| format!("`{name}` is no load"))
    }

    /// Whether it reads the signal with this id.
    #[must_use]
    pub fn reads(self, id: &str) -> bool {
        match self.0 {
            Kind::Effective => EFFECTIVE.contains(&id),
            Kind::Count(signal) => signal.id() == id,
            Kind::Ratio(signal) => signal.id() == id,
        }
    }

    /// Reads it for all candidates into `values`, which is emptied first.
    ///
    /// # Errors
    ///
    /// A sentence, if the host lacks the signal.
    pub fn read(self, instances: &Instances<'_>, values: &mut Vec<f64>) -> Result<(), String> {
        values.clear();
        match self.0 {
            Kind::Effective => {
                for part in [&signal::QUEUE_DEPTH, &signal::BATCH_SIZE, &signal::PENDING_REQUESTS] {
                    column(instances, part)?;
                }
                values.extend(instances.effective_load().map(|load| load as f64));
            }
            Kind::Count(signal) => {
                values.extend(column(instances, signal)?.iter().map(|&value| value as f64));
            }
            Kind::Ratio(signal) => values.extend_from_slice(column(instances, signal)?),
        }
        Ok(())
    }
}

/// The column of a signal that the host may lack.
fn column<'a, T: Value>(instances: &Instances<'a>, signal: &Signal<T>) -> Result<T::Items<'a>, String> {
    instances.try_get(signal).ok_or_else(|| format!("this host has no signal `{}`", signal.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signal of a later version comes in here, too, or is left out for a reason.
    #[test]
    fn every_signal_is_a_load_but_those_that_say_nothing_of_it() {
        let others = [signal::INSTANCE.id(), signal::TOTAL_KV_BLOCKS.id()];
        for id in signal::ALL.iter().filter(|id| !others.contains(id)) {
            let load = Load::named(id).unwrap();
            let read: Vec<_> = signal::ALL.iter().filter(|other| load.reads(other)).collect();
            assert_eq!(read, [id]);
            assert!(Load::SIGNALS.iter().any(|need| need.id == *id && !need.required), "{id}");
        }
        assert_eq!(Load::SIGNALS.len(), signal::ALL.len() - others.len());
    }

    #[test]
    fn the_effective_load_reads_its_three_parts() {
        let load = Load::named("effective_load").unwrap();
        let read: Vec<_> = signal::ALL.iter().copied().filter(|id| load.reads(id)).collect();
        assert_eq!(read, ["queue_depth", "batch_size", "pending_requests"]);
    }

    #[test]
    fn what_is_no_load_is_refused() {
        assert_eq!(Load::named("total_kv_blocks").err().unwrap(), "`total_kv_blocks` is no load");
    }
}
