//! One request as the workload makes it.

use std::sync::Arc;

use super::Content;

/// A request, at the moment at which the workload creates it (`model.md` section 1).
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Position in the order in which arrivals are created, from 0; the last tie-breaker.
    pub id: u64,
    /// Tick at which it reaches the router. \[us\]
    pub arrival_us: u64,
    /// Prompt length N, at least 1. \[tokens\]
    pub prompt_tokens: u64,
    /// Output length M, at least 1; no policy ever sees it. \[tokens\]
    pub output_tokens: u64,
    /// The declared cap on the output, if the workload has one. \[tokens\]
    pub max_tokens: Option<u64>,
    /// SLO class; absent means `standard`.
    pub slo_class: Option<Arc<str>>,
    /// Tenant label.
    pub tenant: Option<Arc<str>>,
    /// Session label.
    pub session: Option<Arc<str>>,
    /// Round within the session, from 0.
    pub round: Option<u32>,
    /// Content identities of its full blocks, for the block size that the source was made for.
    pub content: Content,
    /// Handed back to the source when the request ends, if the source wants to know.
    pub ticket: Option<u64>,
}

/// How a request ended, for the source of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Completed; the client saw the last token at this tick. \[us\]
    Completed {
        /// Tick at which the client saw the last token. \[us\]
        seen_us: u64,
    },
    /// Refused by admission: the session ends.
    Rejected,
    /// Could never fit: the session ends.
    Dropped,
}
