//! A policy in its place: the columns that it declared, and what happens when it fails.

use pointsman_plugin_api::abi::Failure;

use super::PolicyKind;
use super::facts::AttributeColumn;
use super::failure::{FailureCount, OnError, PolicyFailure};
use super::table::{SignalColumn, SignalNeeds};

/// A policy object with its name, where it came from, and the columns that it reads.
pub struct Loaded<T> {
    /// Its name.
    policy: String,
    /// The library that it came from, or `built in`.
    library: String,
    pub(super) object: T,
    pub(super) attributes: Vec<AttributeColumn>,
    pub(super) signals: Vec<SignalColumn>,
}

impl<T> Loaded<T> {
    /// A policy object that reads these attributes and signals, by id, in declared order.
    pub fn new<'a>(
        policy: impl Into<String>,
        library: impl Into<String>,
        object: T,
        attributes: impl IntoIterator<Item = &'a str>,
        signals: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            policy: policy.into(),
            library: library.into(),
            object,
            attributes: attributes.into_iter().map(AttributeColumn::with_id).collect(),
            signals: signals.into_iter().map(SignalColumn::with_id).collect(),
        }
    }
}

/// When and over what a policy was asked, for messages.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    pub(super) now_us: u64,
    pub(super) request: Option<u64>,
    pub(super) instance: Option<u32>,
}

/// What to do after a failure.
pub(super) enum Remedy {
    /// Do without an answer this time.
    Skip,
    /// Ask again: another policy sits here now.
    Again,
}

/// A seat for a policy of one kind.
pub struct Seat<T> {
    kind: PolicyKind,
    pub(super) current: Loaded<T>,
    fallback: Option<Loaded<T>>,
    on_error: OnError,
    failures: Vec<FailureCount>,
    /// The policy that sits here panicked, and nothing takes its place.
    panicked: bool,
}

impl<T> Seat<T> {
    /// Seats a policy; `fallback` takes its place where `on_error` says so.
    pub fn new(kind: PolicyKind, policy: Loaded<T>, on_error: OnError, fallback: Option<Loaded<T>>) -> Self {
        Self { kind, current: policy, fallback, on_error, failures: Vec::new(), panicked: false }
    }

    /// Name of the policy that sits here now.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.current.policy
    }

    /// Where it came from.
    #[must_use]
    pub fn library(&self) -> &str {
        &self.current.library
    }

    /// How often policies failed here.
    #[must_use]
    pub fn failures(&self) -> &[FailureCount] {
        &self.failures
    }

    /// Whether the policy here panicked: nothing that it could still be told reaches it.
    pub(super) fn has_panicked(&self) -> bool {
        self.panicked
    }

    /// What is measured for it, and for what may take its place.
    pub(super) fn signals(&self) -> SignalNeeds {
        let all = || self.fallback.iter().chain([&self.current]).flat_map(|loaded| &loaded.signals);
        SignalNeeds {
            instances: all().any(|signal| !signal.is_routers()),
            cached_prefix_blocks: all().any(|&signal| signal == SignalColumn::CachedPrefixBlocks),
        }
    }

    /// A call failed: says what to do, or ends the run.
    pub(super) fn fail(&mut self, failure: Failure, at: Occasion) -> Result<Remedy, PolicyFailure> {
        let message = failure.message.to_string();
        let takes_over = self.on_error == OnError::Fallback && self.fallback.is_some();
        if self.on_error == OnError::Fail || (self.on_error == OnError::Fallback && !takes_over) {
            return Err(PolicyFailure {
                kind: self.kind,
                policy: self.current.policy.clone(),
                library: self.current.library.clone(),
                request: at.request,
                instance: at.instance,
                now_us: at.now_us,
                message,
            });
        }
        let count = FailureCount {
            kind: self.kind,
            policy: self.current.policy.clone(),
            library: self.current.library.clone(),
            calls: 1,
            first_message: message,
            fallback: self.fallback.as_ref().filter(|_| takes_over).map(|next| next.policy.clone()),
        };
        match self.failures.iter_mut().find(|seen| seen.is_of(&count)) {
            Some(seen) => seen.calls += 1,
            None => self.failures.push(count),
        }
        match self.fallback.take().filter(|_| takes_over) {
            Some(next) => {
                self.current = next;
                Ok(Remedy::Again)
            }
            None => {
                self.panicked |= failure.panicked;
                Ok(Remedy::Skip)
            }
        }
    }
}
