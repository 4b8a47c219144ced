//! The policies that are ready to take the place of one that fails.

use super::policies::{Builder, reference};
use crate::config::OnErrorAction;
use crate::registry::Kind;

impl Builder<'_> {
    /// Notes them for the composition that people see.
    pub(super) fn note_fallbacks(&mut self, uses_scores: bool) {
        let spec = &self.resolved.policy;
        for kind in Kind::ALL {
            let is_in_use = match kind {
                Kind::Filter => !spec.routing.filters.is_empty(),
                Kind::Scorer => uses_scores,
                _ => true,
            };
            let OnErrorAction::Fallback(next) = spec.on_error.action(kind) else { continue };
            // A fallback for all kinds is of one kind.
            if is_in_use && self.catalogue.check(kind, &reference(next, None)).is_ok() {
                self.note("fallback", kind, next, None, vec![format!("for a {kind} that fails")]);
            }
        }
    }
}
