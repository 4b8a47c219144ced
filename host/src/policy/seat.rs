//! A policy in its place, and what happens when it fails.

use pointsman_plugin_api::abi::{Failure, RResult};

use super::column::SignalColumn;
use super::failure::{CallCount, Ejection, FailureCount, OnError, PolicyFailure};
use super::loaded::{Hooks, Loaded};
use super::object::PolicyObject;
use super::table::SignalNeeds;

/// When and over what a policy was asked, for messages.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    pub(super) now_us: u64,
    pub(super) request: Option<u64>,
    pub(super) instance: Option<u32>,
}

/// A seat for a policy of one kind.
pub struct Seat<T> {
    pub(super) current: Loaded<T>,
    fallback: Option<Loaded<T>>,
    on_error: OnError,
    failures: Vec<FailureCount>,
    /// How another policy than the first came to sit here.
    ejection: Option<Ejection>,
    /// The policy that sits here panicked, and nothing takes its place.
    panicked: bool,
    decisions: u64,
    by_fallback: u64,
}

impl<T: PolicyObject> Seat<T> {
    /// Seats a policy; `fallback` takes its place where `on_error` says so.
    pub fn new(policy: Loaded<T>, on_error: OnError, fallback: Option<Loaded<T>>) -> Self {
        Self {
            current: policy,
            fallback,
            on_error,
            failures: Vec::new(),
            ejection: None,
            panicked: false,
            decisions: 0,
            by_fallback: 0,
        }
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

    /// How often policies failed here, with the share of decisions that a fallback made.
    pub fn failures(&self) -> impl Iterator<Item = FailureCount> + '_ {
        let counts = self.failures.iter().cloned();
        counts.map(|count| FailureCount {
            decisions: self.decisions,
            fallback_decisions: if count.fallback.is_some() { self.by_fallback } else { 0 },
            ..count
        })
    }

    /// How often it was asked here.
    pub(super) fn calls(&self) -> CallCount {
        CallCount {
            kind: T::KIND,
            policy: self.current.policy.clone(),
            library: self.current.library.clone(),
            decisions: self.decisions,
        }
    }

    /// Whether the policy here panicked: nothing that it could still be told reaches it.
    pub(super) fn has_panicked(&self) -> bool {
        self.panicked
    }

    /// Whether another policy than the first sits here.
    pub(super) fn fell_back(&self) -> bool {
        self.ejection.is_some()
    }

    /// How it came to sit here, if one does.
    pub(super) fn ejection(&self) -> Option<&Ejection> {
        self.ejection.as_ref()
    }

    /// The hooks of the policy here, and of what may take its place.
    pub(super) fn hooks(&self) -> Hooks {
        let fallback = self.fallback.as_ref().map_or_else(Hooks::default, |fallback| fallback.hooks);
        self.current.hooks.or(fallback)
    }

    /// What is measured for it, and for what may take its place.
    pub(super) fn signals(&self) -> SignalNeeds {
        let all = || self.fallback.iter().chain([&self.current]).flat_map(|loaded| &loaded.signals);
        SignalNeeds {
            any: all().any(|&signal| signal != SignalColumn::Absent),
            instances: all().any(|signal| signal.is_reported()),
            cached_prefix_blocks: all().any(|&signal| signal == SignalColumn::CachedPrefixBlocks),
        }
    }

    /// The signals that it reads, by id, in the order in which it declares them; which instance is which is
    /// none.
    pub fn signal_ids(&self) -> impl Iterator<Item = &'static str> + '_ {
        let measured = self.current.signals.iter().filter(|signal| **signal != SignalColumn::Instance);
        measured.filter_map(|signal| signal.id())
    }

    /// Asks until there is an answer; `None`: this decision is made without the policy.
    pub(super) fn decide<R>(
        &mut self,
        at: Occasion,
        mut ask: impl FnMut(&mut Loaded<T>) -> Result<R, Failure>,
    ) -> Result<Option<R>, PolicyFailure> {
        self.decisions += 1;
        self.by_fallback += u64::from(self.fell_back());
        loop {
            let noted = self.current.enter();
            let answer = ask(&mut self.current);
            drop(noted);
            match answer {
                Ok(answer) => return Ok(Some(answer)),
                Err(failure) => {
                    if !self.fail(failure, at)? {
                        return Ok(None);
                    }
                    // This very decision is the first that the fallback makes.
                    self.by_fallback += 1;
                }
            }
        }
    }

    /// Tells it something, unless it has panicked.
    pub(super) fn tell(
        &mut self,
        at: Occasion,
        tell: impl FnOnce(&mut Loaded<T>) -> RResult<(), Failure>,
    ) -> Result<(), PolicyFailure> {
        if self.has_panicked() {
            return Ok(());
        }
        let noted = self.current.enter();
        let outcome = tell(&mut self.current);
        drop(noted);
        match outcome.into_result() {
            Ok(()) => Ok(()),
            Err(failure) => self.fail(failure, at).map(|_| ()),
        }
    }

    /// A call failed: whether another policy sits here now, or else this decision goes without one. Or
    /// the run ends.
    fn fail(&mut self, failure: Failure, at: Occasion) -> Result<bool, PolicyFailure> {
        let takes_over = self.on_error == OnError::Fallback && self.fallback.is_some();
        let failed = PolicyFailure {
            kind: T::KIND,
            policy: self.current.policy.clone(),
            library: self.current.library.clone(),
            request: at.request,
            instance: at.instance,
            now_us: at.now_us,
            message: failure.message.to_string(),
        };
        if self.on_error == OnError::Fail || (self.on_error == OnError::Fallback && !takes_over) {
            return Err(failed);
        }
        let fallback = self.fallback.as_ref().filter(|_| takes_over).map(|next| next.policy.clone());
        let count = FailureCount::first(&failed, fallback.clone());
        if let Some(fallback) = fallback {
            self.ejection = Some(Ejection { failed, fallback });
        }
        match self.failures.iter_mut().find(|seen| seen.is_of(&count)) {
            Some(seen) => seen.calls += 1,
            None => self.failures.push(count),
        }
        match self.fallback.take().filter(|_| takes_over) {
            Some(next) => {
                self.current = next;
                Ok(true)
            }
            None => {
                self.panicked |= failure.panicked;
                Ok(false)
            }
        }
    }
}
