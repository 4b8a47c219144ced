//! What a cluster is made of, validated: the engine trusts these values.

use super::latency::LatencyModel;

/// How a run is simulated. Both give the same results, event for event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Engine {
    /// Every step of every request, one at a time: easy to read, and the reference for the other.
    Plain,
    /// Steps in which nothing happens are counted together.
    #[default]
    Fast,
}

impl Engine {
    /// The engines by their names in files.
    pub const NAMES: [(&'static str, Self); 2] = [("fast", Self::Fast), ("plain", Self::Plain)];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Fast => "fast",
        }
    }
}

/// A cluster of equal instances behind one router.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterSettings {
    /// Number of instances, at least 1.
    pub instances: u32,
    /// KV memory of each instance.
    pub kv: KvSettings,
    /// Batching limits of each instance.
    pub engine: EngineSettings,
    /// How long steps and the way in take.
    pub latency: LatencyModel,
    /// Period of the instances' reports to the router; 0: always current. \[us\]
    pub refresh_interval_us: u64,
    /// How long after the end of a request the policies of the router learn of it. \[us\]
    pub completion_delay_us: u64,
    /// How long after KV events of an instance the policies of the router learn of them. \[us\]
    pub kv_event_delay_us: u64,
    /// From arrival to the admission decision. \[us\]
    pub admission_latency_us: u64,
    /// From admission to the routing decision. \[us\]
    pub routing_latency_us: u64,
    /// Events up to and at this tick happen; `None`: until all is done. \[us\]
    pub horizon_us: Option<u64>,
}

/// KV memory of an instance (`model.md` sections 5 and 7).
#[derive(Debug, Clone, PartialEq)]
pub struct KvSettings {
    /// GPU blocks, at least 1.
    pub blocks: u32,
    /// Tokens per block, at least 1.
    pub block_size: u64,
    /// Blocks of the CPU tier; 0: off.
    pub cpu_blocks: u32,
    /// Offload while used/total is above it, 0 to 1.
    pub offload_threshold: f64,
    /// Tokens per tick, at least 1.
    pub transfer_bandwidth: u64,
    /// Ticks per block. \[us\]
    pub transfer_base_latency_us: u64,
    /// How reloads meet the batch.
    pub reload: Reload,
    /// A reload this soon after its offload counts as thrashing. \[us\]
    pub thrash_window_us: u64,
}

/// How a reload from the CPU tier meets the running batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The step waits for its transfers.
    Blocking,
    /// Only the request waits.
    Async,
}

/// Limits of a step, in vLLM's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineSettings {
    /// Seats, at least 1.
    pub max_num_seqs: u64,
    /// Token budget of a step, at least 1.
    pub max_num_batched_tokens: u64,
    /// Cap of one request's tokens in a step; 0: none.
    pub long_prefill_token_threshold: u64,
    /// Who is preempted.
    pub preemption: Preemption,
    /// A step is planned while the one before it runs: a request that enters the queue meanwhile waits for
    /// the step after, unless there would be none before it.
    pub async_scheduling: bool,
}

/// Who gives way when blocks run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preemption {
    /// The last running request.
    Tail,
    /// The running request of the lowest priority, latest arrival, highest id.
    Priority,
}
