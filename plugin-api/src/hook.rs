//! Hooks: what a policy of the router can be told besides the questions that it is asked.
//!
//! A policy declares those that it has in `HOOKS`, as it declares what it reads:
//! `hook::COMPLETED.required()` if it makes no sense without, `optional()` if it works on. A host that
//! lacks a required one refuses the policy and names it; the hook `routed` needs no declaration, since
//! every host has it. When a hook is called its configuration says
//! (`cluster.signals.completion_delay_us` and `kv_event_delay_us`): at once, or later.

use crate::need::Need;

/// A hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    id: &'static str,
    doc: &'static str,
}

/// What a request met: called once for every request that was routed and that came to an end, with
/// [`Completion`](crate::Completion).
pub const COMPLETED: Hook = Hook { id: "completed", doc: "What became of each routed request." };

/// What each instance's KV cache got and lost, with [`KvEvents`](crate::KvEvents).
pub const KV_EVENTS: Hook =
    Hook { id: "kv-events", doc: "Blocks cached, evicted, offloaded and reloaded, per instance." };

/// All hooks of this version that are declared.
pub const ALL: &[Hook] = &[COMPLETED, KV_EVENTS];

impl Hook {
    /// The name that it has across the ABI and in messages.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// One sentence on its meaning.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// Declares that a policy cannot work without it.
    #[must_use]
    pub const fn required(&self) -> Need {
        Need { id: self.id, required: true }
    }

    /// Declares that a policy uses it where the host has it.
    #[must_use]
    pub const fn optional(&self) -> Need {
        Need { id: self.id, required: false }
    }
}
