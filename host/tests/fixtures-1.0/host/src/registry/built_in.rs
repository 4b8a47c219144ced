//! Policies that are linked into the host: the same objects behind the same guard as those of
//! libraries.

use pointsman_plugin_api::{
    Priority, Scheduler, Scorer,
    abi::{self, Failure, PriorityBox, RResult, RStr, SchedulerBox, ScorerBox, SetupCall},
    manifest::PolicyDoc,
};

use super::{Kind, Policy};

/// How an object is built: the facts, the parameters as JSON.
pub(super) type Build<T> = fn(SetupCall<'_>, RStr<'_>) -> RResult<T, Failure>;

/// A policy of the host.
pub(super) struct BuiltIn {
    pub(super) policy: Policy,
    pub(super) build: BuildKind,
}

/// The constructor, by kind.
pub(super) enum BuildKind {
    Scorer(Build<ScorerBox>),
    Scheduler(Build<SchedulerBox>),
    Priority(Build<PriorityBox>),
}

impl BuiltIn {
    pub(super) fn scorer<T: Scorer>() -> Self {
        let policy = Policy::from(&PolicyDoc::scorer::<T>());
        Self { policy, build: BuildKind::Scorer(abi::scorer::<T>) }
    }

    pub(super) fn scheduler<T: Scheduler>() -> Self {
        let policy = Policy::from(&PolicyDoc::scheduler::<T>());
        Self { policy, build: BuildKind::Scheduler(abi::scheduler::<T>) }
    }

    pub(super) fn priority<T: Priority>() -> Self {
        let policy = Policy::from(&PolicyDoc::priority::<T>());
        Self { policy, build: BuildKind::Priority(abi::priority::<T>) }
    }

    pub(super) const fn kind(&self) -> Kind {
        match self.build {
            BuildKind::Scorer(_) => Kind::Scorer,
            BuildKind::Scheduler(_) => Kind::Scheduler,
            BuildKind::Priority(_) => Kind::Priority,
        }
    }
}
