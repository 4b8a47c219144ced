//! The largest values that a configuration may have. They lie far beyond any real cluster; they
//! keep sums of times within 64 bits and counts within the types of the engine.

/// Instances of a cluster.
pub const INSTANCES: u64 = 65_536;
/// GPU or CPU blocks of an instance: two values of 32 bits stay free for marks.
pub const BLOCKS: u64 = u32::MAX as u64 - 1;
/// Tokens of a block.
pub const BLOCK_SIZE: u64 = 1 << 20;
/// Seats of an instance.
pub const SEATS: u64 = 1 << 20;
/// Tokens of a step.
pub const STEP_TOKENS: u64 = 1 << 30;
/// The horizon. \[us\]
pub const HORIZON_US: u64 = 1 << 62;
/// Latencies of the way in and the signals' period: 11 days. \[us\]
pub const LATENCY_US: u64 = 1_000_000_000_000;
/// The fixed cost of moving one block: 1000 s, so that all blocks together stay below 2^62. \[us\]
pub const TRANSFER_US: u64 = 1_000_000_000;
/// Tokens per tick.
pub const BANDWIDTH: u64 = 1 << 40;
/// Bandwidth between GPU and CPU. \[GB/s\]
pub const GB_PER_S: f64 = 1e6;
/// Coefficients of a latency model that stand alone. \[us\]
pub const CONSTANT_US: f64 = 1e12;
/// Coefficients of a latency model per token. \[us/token\]
pub const PER_TOKEN_US: f64 = 1e9;
/// Coefficients of a latency model per squared token. \[us/token²\]
pub const PER_SQUARE_US: f64 = 1e6;
/// Scorers of a router: comparing each with each stays cheap.
pub const SCORERS: usize = 256;
/// Filters of a router: far more than anyone chains.
pub const FILTERS: usize = 64;
/// The weight of a scorer.
pub const WEIGHT: f64 = 1e9;
/// Rates, bursts and targets.
pub const RATE: f64 = 1e12;
