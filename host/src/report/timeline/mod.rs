//! The timeline of a run: a trace in Chrome's JSON format, which opens in Perfetto.
//!
//! [`Timeline`] looks on while the run is made (`recorder`) and puts what it keeps into a file without
//! a name (`spool`): nothing of it is in memory, and nothing stays behind. Whether something is kept
//! depends on its [rank](crate::metrics::sample_rank) and the share (`sampling`): half the share is a part of the
//! share, so that a file that grows too large is thinned by reading the spool again. When the run is
//! over, the trace is written from it in order of time (`file`), an event a line (`line`).
//!
//! | module | what |
//! |---|---|
//! | `sampling` | what is kept: a share, a window |
//! | `recorder` | the observer |
//! | `flights` | the requests under way |
//! | `grid` | counters at even distances |
//! | `event`, `spool` | what is kept until the end, and where |
//! | `tracks`, `line` | processes and threads of the trace, its events as JSON |
//! | `header`, `file` | what the trace says of itself, the whole file |

mod event;
mod file;
mod flights;
mod grid;
mod header;
mod line;
mod recorder;
mod sampling;
mod spool;
#[cfg(test)]
mod tests;
mod tracks;

pub use recorder::Timeline;
pub use sampling::{Sampling, Window};
