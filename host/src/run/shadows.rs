//! Second objects of the scorers, each to be asked without one of the signals that it reads.

use super::RunFailure;
use super::policies::Builder;
use crate::policy::{Policies, Shadow};
use crate::registry::Catalogue;

impl Builder<'_> {
    /// Builds one for every signal of every scorer, with the scorer's parameters and seed. No record of the
    /// run names them: they have no say.
    pub(super) fn add_shadows(&mut self, policies: &mut Policies) -> Result<(), RunFailure> {
        let mut shadows = Vec::new();
        for (index, signal) in policies.router.inputs() {
            let policy = &self.resolved.policy.routing.scorers[index].policy;
            let facts = self.scorer_facts(index);
            self.next = self.scorer_places[index];
            shadows.push(Shadow::new(index, signal, self.load(policy, &facts, &Catalogue::create_scorer)?));
        }
        policies.router.probe(shadows);
        Ok(())
    }
}
