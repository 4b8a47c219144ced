//! What a client does to the requests of a measured run.

/// The client of a measured run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Requests that it holds at once: others wait on its side, unseen by the server; `None`: any number.
    pub max_in_flight: Option<u64>,
    /// What its side adds to both the first and the last token. \[us\]
    pub overhead_us: u64,
    /// Tokens at the beginning of every prompt that all share: system prompts, whose number does not matter
    /// as long as the cache holds them all.
    pub shared_prefix_tokens: u64,
}
