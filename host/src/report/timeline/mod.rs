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
//! | `flights`, `future` | the requests under way, what is to be written later |
//! | `grid` | counters at even distances |
//! | `event`, `keeper`, `spool` | what is kept until the end, and where |
//! | `tracks`, `line` | processes and threads of the trace, its events as JSON |
//! | `header`, `file` | what the trace says of itself, the whole file |

mod event;
mod file;
mod flights;
mod future;
mod grid;
mod header;
mod keeper;
mod line;
mod recorder;
mod sampling;
mod spool;
#[cfg(test)]
mod tests;
mod tracks;

pub use sampling::{Sampling, Window};

use event::Record;
use flights::Flights;
use future::Future;
use grid::Grid;
use header::Counts;
use keeper::Keeper;
use recorder::Now;
use spool::Spool;

use super::file::{OutputError, OutputFile};
use crate::engine::ClusterSettings;

/// What the events of an automatic timeline may come to; with counters at even distances, the whole file
/// stays below 200 MB. \[bytes\]
const MOST_BYTES: u64 = 134_000_000;

/// The timeline of a run: watch the run with it, then write it.
#[derive(Debug)]
pub struct Timeline {
    sampling: Sampling,
    keeper: Keeper,
    instances: u32,
    now_us: u64,
    /// How full the instances are.
    now: Vec<Now>,
    /// Instances for which that has changed at this tick.
    changed: Vec<u32>,
    future: Future,
    /// Requests that the step to be told next is the first of.
    firsts: Vec<u64>,
    flights: Flights,
    /// Requests whose routing leads to no step of the trace.
    unscheduled: Vec<u64>,
    /// Whether the window has begun.
    is_open: bool,
    /// What happened before the window to requests that were under way when it began.
    before: Vec<Record>,
    grid: Grid,
    seen: Counts,
    end_us: u64,
}

impl Timeline {
    /// Of a run of this cluster, for this place.
    ///
    /// # Errors
    ///
    /// There is no room for what is kept until the end.
    pub fn new(
        settings: &ClusterSettings,
        sampling: Sampling,
        place: &OutputFile,
    ) -> Result<Self, OutputError> {
        let spool = Spool::new(&place.scratch()).map_err(|why| place.error(&why))?;
        Ok(Self::with_spool(settings.instances, sampling, spool, MOST_BYTES))
    }

    fn with_spool(instances: u32, sampling: Sampling, spool: Spool, most_bytes: u64) -> Self {
        let most_bytes = sampling.is_automatic().then_some(most_bytes);
        Self {
            sampling,
            keeper: Keeper::new(instances, sampling.first_share(), most_bytes, spool),
            instances,
            now_us: 0,
            now: vec![Now::default(); instances as usize],
            changed: Vec::new(),
            future: Future::default(),
            firsts: Vec::new(),
            flights: Flights::default(),
            unscheduled: Vec::new(),
            is_open: sampling.is_in_window(0),
            before: Vec::new(),
            grid: Grid::new(instances),
            seen: Counts::default(),
            end_us: 0,
        }
    }

    /// Whether every change of a counter is kept, all through the run.
    fn has_all_changes(&self) -> bool {
        self.keeper.share >= 1.0
    }
}
