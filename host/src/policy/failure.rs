//! What happens when a policy fails.

use super::PolicyKind;

/// What a failing policy means for the run (`on_error`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// The run ends.
    #[default]
    Fail,
    /// A scorer is left out of this decision, a scheduler leaves the order of entry, a priority gives 0,
    /// a filter keeps all, a picker takes the first of the highest total, admission lets in.
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
    /// Over what it was asked, as the end of a phrase: `, request 7`.
    pub(crate) fn place(&self) -> String {
        let request = self.request.map(|id| format!(", request {id}"));
        let instance = self.instance.map(|index| format!(", instance {index}"));
        request.into_iter().chain(instance).collect()
    }
}

/// A policy failed, and another took its place for the rest of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ejection {
    /// The failure.
    pub failed: PolicyFailure,
    /// The policy that took its place.
    pub fallback: String,
}

/// How often a policy was asked to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCount {
    /// What kind of policy.
    pub kind: PolicyKind,
    /// Its name, or that of the policy that took its place.
    pub policy: String,
    /// The library that it came from, or `built in`.
    pub library: String,
    /// Decisions that were asked for: a call each, but for one that a fallback was asked for again.
    pub decisions: u64,
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
    /// When the first call failed. \[us\]
    pub first_us: u64,
    /// The request that was decided on then, if there was one.
    pub first_request: Option<u64>,
    /// What it said first.
    pub first_message: String,
    /// What took its place, if anything did.
    pub fallback: Option<String>,
    /// Decisions that were asked for in its place, of it and of the fallback.
    pub decisions: u64,
    /// Of those, made by the fallback.
    pub fallback_decisions: u64,
}

impl FailureCount {
    /// Of one failed call; the seat knows of decisions.
    pub(super) fn first(failed: &PolicyFailure, fallback: Option<String>) -> Self {
        Self {
            kind: failed.kind,
            policy: failed.policy.clone(),
            library: failed.library.clone(),
            calls: 1,
            first_us: failed.now_us,
            first_request: failed.request,
            first_message: failed.message.clone(),
            fallback,
            decisions: 0,
            fallback_decisions: 0,
        }
    }

    /// The share of decisions that the fallback made; `None`: none took its place.
    #[must_use]
    pub fn fallback_share(&self) -> Option<f64> {
        self.fallback.as_ref()?;
        Some(self.fallback_decisions as f64 / self.decisions.max(1) as f64)
    }

    /// Whether both count the same policy.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        (self.kind, &self.policy, &self.library) == (other.kind, &other.policy, &other.library)
    }

    /// Adds what another seat counted of the same policy.
    pub(super) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.decisions += other.decisions;
        self.fallback_decisions += other.fallback_decisions;
        if other.first_us < self.first_us {
            (self.first_us, self.first_request) = (other.first_us, other.first_request);
            self.first_message = other.first_message;
        }
    }
}
