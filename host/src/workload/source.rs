//! The seam between workloads and the engine.

use super::{Arrival, End};

/// What went wrong while requests were generated or read, with its place.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct WorkloadError(pub String);

/// A stream of requests. The engine pulls those whose arrival is fixed, in arrival order, and
/// reports how requests ended, which may create further arrivals (closed-loop sessions).
///
/// Sources assign the ids: arrivals that are fixed beforehand get `0..fixed` in arrival order,
/// later ones follow in the order in which they are created.
pub trait Source {
    /// How many requests there will be if none is rejected or dropped, if that is known.
    fn total(&self) -> Option<u64>;

    /// Arrival of the next request that is fixed beforehand; `None` when there is none left.
    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError>;

    /// The next request that is fixed beforehand. Arrivals never decrease.
    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError>;

    /// A request with a ticket ended at tick `now_us`. Returns the arrival that this creates, at
    /// `now_us` or later.
    fn on_end(&mut self, ticket: u64, end: End) -> Result<Option<Arrival>, WorkloadError>;
}
