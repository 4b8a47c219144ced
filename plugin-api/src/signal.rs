//! Signals: what a router can know about each instance (`model.md` section 8).

use std::marker::PhantomData;

use crate::{about::About, need::Need, value::Value};

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

/// Defines the constants and the lists of all, so that none can be forgotten.
macro_rules! signals {
    ($($current:literal: { $($name:ident $id:ident: $type:ty = $unit:literal, $doc:literal;)* })*) => {
        $($(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Signal<$type> = Signal::new(stringify!($id), $unit, $doc);
        )*)*

        /// The ids of all signals of this version.
        pub const ALL: &[&str] = &[$($(stringify!($id)),*),*];

        /// What each of them is, in the same order.
        pub const CATALOGUE: &[About] = &[$($(
            About { id: stringify!($id), ty: stringify!($type), unit: $unit, doc: $doc, current: $current },
        )*)*];
    };
}

/// Hands all signals to a macro: whether they are always current, name, id, type, unit and meaning.
macro_rules! all {
    ($to:ident) => {
        $to! {
            // What an instance reports.
            false: {
                QUEUE_DEPTH queue_depth: u64 = "requests", "Waiting requests.";
                BATCH_SIZE batch_size: u64 = "requests", "Running requests.";
                KV_UTILIZATION kv_utilization: f64 = "0 to 1", "Used KV blocks / total KV blocks.";
                FREE_KV_BLOCKS free_kv_blocks: u64 = "blocks", "KV blocks that no request holds.";
                TOTAL_KV_BLOCKS total_kv_blocks: u64 = "blocks", "KV blocks of the instance.";
                CACHE_HIT_RATE cache_hit_rate: f64 = "0 to 1", "Tokens found cached / tokens needed, over all admissions so far.";
                PENDING_TRANSFER_LATENCY pending_transfer_latency: u64 = "us", "Time that reloads under way and queued still need.";
                KV_THRASHING_RATE kv_thrashing_rate: f64 = "ratio", "Blocks reloaded soon after their offload / all blocks offloaded.";
                PREEMPTION_COUNT preemption_count: u64 = "preemptions", "Preemptions so far.";
                WAITING_TOKENS waiting_tokens: u64 = "tokens", "Tokens of all waiting requests.";
                CPU_KV_UTILIZATION cpu_kv_utilization: f64 = "0 to 1", "CPU tier in use / its capacity.";
                CACHED_PREFIX_BLOCKS cached_prefix_blocks: u64 = "blocks", "The GPU hit that this request would have there.";
            }
            // What the router knows by itself.
            true: {
                INSTANCE instance: u64 = "number", "Which instance this row is, from 0; always current.";
                PENDING_REQUESTS pending_requests: u64 = "requests", "Routed there, not yet in its queue.";
                INFLIGHT_REQUESTS inflight_requests: u64 = "requests", "Routed there, not yet finished.";
                INFLIGHT_TOKENS inflight_tokens: u64 = "tokens", "Prompt tokens of the requests routed there and not yet finished; since 1.1.";
            }
        }
    };
}
#[cfg(feature = "testkit")]
pub(crate) use all;

all!(signals);
