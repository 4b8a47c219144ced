//! A policy object with what the host knows of it: its name, where it came from, and the columns that it reads.

use pointsman_plugin_api::hook;

use super::baseline;
use super::column::SignalColumn;
use super::facts::AttributeColumn;
use super::mark::{self, Mark, Stage, Subject};
use super::object::PolicyObject;

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
    pub(super) policy: String,
    /// The library that it came from, or `built in`.
    pub(super) library: String,
    pub(super) object: T,
    pub(super) attributes: Vec<AttributeColumn>,
    pub(super) signals: Vec<SignalColumn>,
    pub(super) hooks: Hooks,
    /// It is one of this host.
    is_own: bool,
    /// It is the policy of this host that lets every request in.
    pub(super) admits_all: bool,
    /// It is one of this host, and known to make nothing of being told where requests went.
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
            is_own: false,
            object,
        }
    }

    /// The same, as one of the policies of this host, which it knows: what they would answer without being
    /// asked, and that one of them has the hook after routing.
    #[must_use]
    pub fn of_this_host(mut self) -> Self {
        self.is_own = true;
        self.admits_all = self.is_own("always-admit");
        self.is_deaf = self.policy != baseline::HEARS_OF_ROUTING;
        self
    }

    /// Whether it is this host's policy of this name.
    pub(super) fn is_own(&self, policy: &str) -> bool {
        self.is_own && self.policy == policy
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
