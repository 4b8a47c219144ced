//! A command of this binary in a process of its own, under limits.
//!
//! A policy library is code of somebody else: it can fault, loop, exit, or take all memory. Where
//! that must not end more than one run, the run is made in a worker process:
//!
//! ```text
//! parent: Worker::new -> run(Job, Watcher) -> Ran, with how it Ended
//!             |  a directory: page, plan, subjects, input, output, tmp/        ^
//!             v                                                                | reads the page
//! child:  `pointsman worker DIRECTORY ARGS...` -> Inside::enter -> work -> Inside::finish
//! ```
//!
//! The page is memory that both share. The child notes in it which policy it is calling (see
//! [`crate::policy::mark`]), how far it is, and as its last act that it has finished; so the parent can
//! tell a policy that hangs from one that is asked often, a run that ended from a library that
//! called `exit(0)`, and name the policy that a crash happened in.

mod ended;
mod inside;
mod job;
mod last_words;
mod page;
mod patience;
mod running;

pub use ended::{Crash, Ended, How, signal_name};
pub use inside::Inside;
pub use job::{Job, Limits, Ran, Watcher, Worker, WorkerError};
pub use page::Progress;

/// The hidden command of the binary that enters a worker: `worker DIRECTORY ARGS...`.
pub const COMMAND: &str = "worker";

/// Names of the files in a worker's directory.
mod files {
    pub(super) const PAGE: &str = "page";
    pub(super) const PLAN: &str = "plan.json";
    pub(super) const SUBJECTS: &str = "subjects.jsonl";
    pub(super) const INPUT: &str = "input";
    pub(super) const OUTPUT: &str = "output";
    pub(super) const TEMPORARY: &str = "tmp";
}
