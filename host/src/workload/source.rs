//! The seam between workloads and the engine.

use super::{Arrival, End, WorkloadError, WorkloadIdentity};

/// A stream of requests. The engine pulls those whose arrival is fixed, in arrival order, and
/// reports how requests ended, which may create further arrivals (closed-loop sessions).
///
/// Sources assign the ids: arrivals that are fixed beforehand get `0..fixed` in arrival order,
/// later ones follow in the order in which they are created. An id is left out when its request
/// is never generated because its open-loop session has ended, so that with one seed an id means
/// the same request whatever the policies do.
pub trait Source {
    /// How many requests there will be if none is rejected or dropped, if that is known.
    fn total(&self) -> Option<u64>;

    /// Arrival of the next request that is fixed beforehand; `None` when there is none left.
    /// The answer can change after [`Source::on_end`], since an ended session has no later rounds.
    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError>;

    /// The next request that is fixed beforehand. Arrivals never decrease.
    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError>;

    /// A request with a ticket ended at tick `now_us`. Returns the arrival that this creates, at
    /// `now_us` or later.
    fn on_end(&mut self, ticket: u64, end: End) -> Result<Option<Arrival>, WorkloadError>;

    /// Oddities that were met so far and do not stop a run, each said once.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// What identifies this workload in a result; `None` for sources made by hand in tests.
    fn identity(&self) -> Option<&WorkloadIdentity> {
        None
    }
}
