//! What kinds of policies there are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The policy kinds that libraries can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// Scores instances for a request.
    Scorer,
    /// Orders a waiting queue.
    Scheduler,
    /// Gives waiting requests their priorities.
    Priority,
}

impl PolicyKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Scorer, Self::Scheduler, Self::Priority];

    /// Its name in manifests and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scorer => "scorer",
            Self::Scheduler => "scheduler",
            Self::Priority => "priority",
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
