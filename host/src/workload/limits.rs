//! The largest numbers that a workload may hold. They lie far above any real trace, and far enough
//! below 2^64 that sums of a few of them cannot overflow.

/// Longest prompt and longest output. \[tokens\]
pub const MAX_TOKENS: u64 = 1 << 40;

/// Latest arrival. \[us\]
pub const MAX_ARRIVAL_US: u64 = 1 << 62;

/// Longest line of a trace. \[bytes\]
pub const MAX_LINE_BYTES: usize = 64 << 20;

/// Most rounds of a session, all of which are drawn when it starts.
pub const MAX_ROUNDS: u64 = 1 << 16;

/// Most groups of shared prefixes.
pub const MAX_GROUPS: u64 = 1 << 31;

/// Longest duration in a workload's description, about 31 years. \[s\]
pub const MAX_SECONDS: f64 = 1e9;
