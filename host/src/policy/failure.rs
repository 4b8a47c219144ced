//! What happens when a policy fails.

use super::PolicyKind;

/// What a failing policy means for the run (`on_error`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// The run ends.
    #[default]
    Fail,
    /// A scorer is left out of this decision, a scheduler leaves the order of entry, a priority
    /// gives 0.
    Skip,
    /// Another policy takes its place for the rest of the run.
    Fallback,
}

/// A policy failed, and the run with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} `{policy}` ({library}) failed at {now_us} us{place}: {message}", place = self.place())]
pub struct PolicyFailure {
    /// What kind of policy.
    pub kind: PolicyKind,
    /// Its name.
    pub policy: String,
    /// The library that it came from, or `built in`.
    pub library: String,
    /// The request that was routed, if there was one.
    pub request: Option<u64>,
    /// The instance, if there was one.
    pub instance: Option<u32>,
    /// When. \[us\]
    pub now_us: u64,
    /// What it said, or what was wrong with its answer.
    pub message: String,
}

impl PolicyFailure {
    fn place(&self) -> String {
        let request = self.request.map(|id| format!(", request {id}"));
        let instance = self.instance.map(|index| format!(", instance {index}"));
        request.into_iter().chain(instance).collect()
    }
}

/// How often a policy failed in a run that went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCount {
    /// What kind of policy.
    pub kind: PolicyKind,
    /// Its name.
    pub policy: String,
    /// The library that it came from.
    pub library: String,
    /// Failed calls, those not made after a panic included.
    pub calls: u64,
    /// What it said first.
    pub first_message: String,
    /// What took its place, if anything did.
    pub fallback: Option<String>,
}

impl FailureCount {
    /// Whether both count the same policy.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        (self.kind, &self.policy, &self.library) == (other.kind, &other.policy, &other.library)
    }
}
