//! Somebody who watches a run, and may end it.

/// How far a run is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The simulated time. \[us\]
    pub now_us: u64,
    /// Requests that ended.
    pub done: u64,
    /// Requests generated so far.
    pub generated: u64,
}

/// Watches a run and may end it.
pub trait Watch {
    /// Called every few thousand events; `false` ends the run.
    fn go_on(&mut self, progress: Progress) -> bool;
}

/// Watches nothing.
pub struct Unwatched;

impl Watch for Unwatched {
    fn go_on(&mut self, _: Progress) -> bool {
        true
    }
}
