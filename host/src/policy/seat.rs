//! A policy in its place: the columns that it declared, and what happens when it fails.

use pointsman_plugin_api::abi::{Failure, RResult};
use pointsman_plugin_api::hook;

use super::baseline;
use super::column::SignalColumn;
use super::facts::AttributeColumn;
use super::failure::{CallCount, Ejection, FailureCount, OnError, PolicyFailure};
use super::mark::{self, Mark, Stage, Subject};
use super::object::PolicyObject;
use super::table::SignalNeeds;

/// Hooks that somebody has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hooks {
    /// [`hook::COMPLETED`].
    pub completed: bool,
    /// [`hook::KV_EVENTS`].
    pub kv_events: bool,
}

impl Hooks {
    /// Those that either has.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { completed: self.completed || other.completed, kv_events: self.kv_events || other.kv_events }
    }
}

/// A policy object with its name, where it came from, and the columns that it reads.
pub struct Loaded<T> {
    /// Its name.
    policy: String,
    /// The library that it came from, or `built in`.
    library: String,
    pub(super) object: T,
    pub(super) attributes: Vec<AttributeColumn>,
    pub(super) signals: Vec<SignalColumn>,
    pub(super) hooks: Hooks,
    /// It is the policy of this host that lets every request in.
    pub(super) admits_all: bool,
    /// It is built in, and known to make nothing of being told where requests went.
    pub(super) is_deaf: bool,
    /// Of a picker: whether it reads total scores.
    pub(super) uses_scores: bool,
    /// Under which its calls are noted.
    mark: Mark,
    drop_mark: Mark,
    /// The last field, so that it goes when the object is gone.
    dropping: Option<mark::Call>,
}

impl<T: PolicyObject> Loaded<T> {
    /// A policy object that declares these attributes and signals, by id, in this order. What it does
    /// not read with its parameters is not passed.
    pub fn new<'a>(
        policy: impl Into<String>,
        library: impl Into<String>,
        object: T,
        attributes: impl IntoIterator<Item = &'a str>,
        signals: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let attribute =
            |id| if object.reads(id) { AttributeColumn::with_id(id) } else { AttributeColumn::Absent };
        let signal = |id| if object.reads(id) { SignalColumn::with_id(id) } else { SignalColumn::Absent };
        let (policy, library) = (policy.into(), library.into());
        let mark = |stage| Mark::of(&Subject::policy(T::KIND, &policy, Some(library.as_str()), stage));
        let noted = mark::enter(mark(Stage::Build));
        let attributes = attributes.into_iter().map(attribute).collect();
        let signals = signals.into_iter().map(signal).collect();
        drop(noted);
        Self {
            mark: mark(Stage::Decide),
            drop_mark: mark(Stage::Drop),
            dropping: None,
            policy,
            library,
            attributes,
            signals,
            hooks: Hooks::default(),
            admits_all: false,
            is_deaf: false,
            uses_scores: true,
            object,
        }
        .with_what_is_known()
    }

    /// The host knows its own policies: one of them has the hook after routing.
    fn with_what_is_known(mut self) -> Self {
        self.admits_all = self.is_built_in("always-admit");
        self.is_deaf = self.library == mark::BUILT_IN && self.policy != baseline::HEARS_OF_ROUTING;
        self
    }

    /// Whether it is the policy of this name that is built in, so that the host knows what it would answer.
    pub(super) fn is_built_in(&self, policy: &str) -> bool {
        self.library == mark::BUILT_IN && self.policy == policy
    }

    /// Notes that a call begins, until the result is dropped.
    pub(super) fn enter(&self) -> mark::Call {
        mark::enter(self.mark)
    }

    /// The same with these hooks, by id.
    #[must_use]
    pub fn with_hooks<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            self.hooks.completed |= id == hook::COMPLETED.id();
            self.hooks.kv_events |= id == hook::KV_EVENTS.id();
        }
        self
    }

    /// The same, as a picker that reads total scores or does not.
    #[must_use]
    pub fn with_scores(mut self, uses_scores: bool) -> Self {
        self.uses_scores = uses_scores;
        self
    }
}

impl<T> Drop for Loaded<T> {
    fn drop(&mut self) {
        self.dropping = Some(mark::enter(self.drop_mark));
    }
}

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
