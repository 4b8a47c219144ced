//! Signals: what a router can know about each instance (`model.md` section 8).

use std::marker::PhantomData;

use crate::{need::Need, value::Value};

/// A signal: one value per instance. Values of the instances are as old as their last report;
/// those of the router are always current.
pub struct Signal<T: ?Sized> {
    id: &'static str,
    unit: &'static str,
    doc: &'static str,
    value: PhantomData<fn(&T)>,
}

impl<T: Value + ?Sized> Signal<T> {
    /// Names a signal. The ones that this version knows are constants of this module; a host may
    /// have more.
    #[must_use]
    pub const fn new(id: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { id, unit, doc, value: PhantomData }
    }

    /// The name that it has across the ABI and in messages.
    #[inline]
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The unit of its values.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        self.unit
    }

    /// One sentence on its meaning.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// Declares that a policy cannot work without it.
    #[must_use]
    pub const fn required(&self) -> Need {
        Need { id: self.id, required: true }
    }

    /// Declares that a policy uses it where the host has it.
    #[must_use]
    pub const fn optional(&self) -> Need {
        Need { id: self.id, required: false }
    }
}

/// Defines the constants and the list of all ids, so that none can be forgotten.
macro_rules! signals {
    ($($name:ident: $type:ty = $id:literal, $unit:literal, $doc:literal;)*) => {
        $(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Signal<$type> = Signal::new($id, $unit, $doc);
        )*

        /// The ids of all signals of this version.
        pub const ALL: &[&str] = &[$($id),*];
    };
}

signals! {
    INSTANCE: u64 = "instance", "number", "Which instance this row is, from 0; always current.";
    QUEUE_DEPTH: u64 = "queue_depth", "requests", "Waiting requests.";
    BATCH_SIZE: u64 = "batch_size", "requests", "Running requests.";
    KV_UTILIZATION: f64 = "kv_utilization", "0 to 1", "Used KV blocks / total KV blocks.";
    FREE_KV_BLOCKS: u64 = "free_kv_blocks", "blocks", "KV blocks that no request holds.";
    TOTAL_KV_BLOCKS: u64 = "total_kv_blocks", "blocks", "KV blocks of the instance.";
    CACHE_HIT_RATE: f64 = "cache_hit_rate", "0 to 1", "Tokens found cached / tokens needed, over all admissions so far.";
    PENDING_TRANSFER_LATENCY: u64 = "pending_transfer_latency", "us", "Time that reloads under way and queued still need.";
    KV_THRASHING_RATE: f64 = "kv_thrashing_rate", "ratio", "Blocks reloaded soon after their offload / all blocks offloaded.";
    PREEMPTION_COUNT: u64 = "preemption_count", "preemptions", "Preemptions so far.";
    WAITING_TOKENS: u64 = "waiting_tokens", "tokens", "Tokens of all waiting requests.";
    CPU_KV_UTILIZATION: f64 = "cpu_kv_utilization", "0 to 1", "CPU tier in use / its capacity.";
    CACHED_PREFIX_BLOCKS: u64 = "cached_prefix_blocks", "blocks", "The GPU hit that this request would have there.";
    PENDING_REQUESTS: u64 = "pending_requests", "requests", "Routed there, not yet in its queue.";
    INFLIGHT_REQUESTS: u64 = "inflight_requests", "requests", "Routed there, not yet finished.";
}
