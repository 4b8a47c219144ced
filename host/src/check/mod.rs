//! `pointsman plugin check`: does a library do as a library should?
//!
//! A policy is asked about very many situations: the corners of what can be, random ones, sequences
//! of calls with everything that a host tells a policy besides. Each [`Case`] is one promise of the
//! plugin API. What breaks a promise is made as small as it can be and shown in the terms of the
//! model.
//!
//! | room | what happens there |
//! |---|---|
//! | `case`, `verdict` | the promises, and what came of them |
//! | `cases` | how each is decided |
//! | `subject`, `object`, `answers` | a policy of any kind, built and called |
//! | `world`, `instance`, `request`, `cells`, `situation`, `show` | what it is asked about |
//! | `told`, `kv` | what it is told besides |
//! | `generate`, `search`, `shrink` | which situations are tried, and the smallest that shows it |
//! | `trial`, `fault` | calls of one object, and what can go wrong in one |
//! | `run`, `crash`, `fatal` | case after case, also when the process in which they run is gone |
//!
//! Everything here runs in the process that calls it, where a library can do anything. So the command
//! line runs it in processes of its own.

mod answers;
mod case;
mod cases;
mod cells;
#[cfg(unix)]
mod crash;
mod fatal;
mod fault;
mod generate;
mod instance;
mod kv;
mod object;
mod request;
mod run;
mod search;
mod show;
mod shrink;
mod situation;
mod subject;
mod told;
mod trial;
mod verdict;
mod world;

pub use case::Case;
#[cfg(unix)]
pub use crash::Progress;
pub use fatal::{Fatal, perform_trial};
pub use run::{Observer, check_library, check_policy};
pub use situation::Trial;
pub use verdict::{CaseResult, Example, Verdict};

use std::time::Duration;

/// How thorough a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Options {
    /// Where all random situations come from.
    pub seed: u64,
    /// Calls in the case about memory.
    pub calls: u64,
    /// What a call over 64 rows may take.
    pub max_call_time: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 42, calls: 1_000_000, max_call_time: Duration::from_millis(1) }
    }
}
