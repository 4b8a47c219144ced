//! Routing decisions for people and programs.
//!
//! `file` writes and reads them, one a line; `one` shows a single decision as a table, `summary` what many
//! come to.

mod file;
mod one;
mod summary;

pub use file::{DecisionFile, Header, HeaderScorer, ReadError, read, write};
pub use one::lines as one;
pub use summary::{lines as summary, write_json};
