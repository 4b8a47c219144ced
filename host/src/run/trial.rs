//! A second routing on the cluster of a run.

use super::RunFailure;
use super::look::Look;
use super::policies::Builder;
use crate::config::Resolved;
use crate::policy::{Assignment, Trial};
use crate::registry::{Catalogue, Provenance};

/// A routing that shares the cluster with the run's own.
#[derive(Clone, Copy)]
pub struct Rival<'a> {
    /// Its configuration: only the routing counts.
    pub resolved: &'a Resolved,
    /// Where its policies are.
    pub catalogue: &'a Catalogue,
    /// Who decides about a request.
    pub assignment: Assignment,
}

impl Rival<'_> {
    /// Builds its router, and says where its policies came from.
    pub(super) fn build(&self) -> Result<(Trial, Vec<Provenance>), RunFailure> {
        let mut builder = Builder::new(self.resolved, self.catalogue, None);
        let (policies, built) = builder.build(&Look::default())?;
        Ok((Trial::new(self.assignment, self.resolved.seed, policies.router), built))
    }
}
