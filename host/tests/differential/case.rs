//! A case: a cluster, its policies and its requests, as plain values that can be made smaller.

use pointsman::engine::ClusterSettings;

/// How requests are routed, and what is read for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Routing {
    /// To where each request wants, by a scorer that reads every signal.
    ReadsAll,
    /// By a scorer that reads what instances report, `cached_prefix_blocks` aside.
    ReadsReports,
    /// By a scorer that reads what the router counts.
    ReadsCounts,
    /// One after the other; nothing is read.
    RoundRobin,
    /// The built-in `prefix-affinity` and `queue-depth`.
    Compound,
}

/// Which hooks the scorer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hooks {
    None,
    Completed,
    All,
}

/// The order of waiting requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queueing {
    Fcfs,
    Sjf,
    /// By class; asked once.
    Classes,
    /// By class and age; asked at every start.
    Ageing,
    /// The shortest remaining prefill first, which looks into the cache; asked at every start.
    Remaining,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    All,
    /// Nobody while an instance has so many waiting, by a policy that reads every signal.
    UnlessWaiting(u64),
}

/// A round of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Round {
    /// Prompt tokens beside what was said before.
    pub(crate) prompt: u64,
    pub(crate) output: u64,
    /// From the round's end, or its arrival in an open loop, to the next. \[us\]
    pub(crate) think_us: u64,
}

/// Requests that follow one another; one round is a request alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) arrival_us: u64,
    /// Later rounds arrive whatever becomes of the earlier ones.
    pub(crate) open: bool,
    pub(crate) class: Option<&'static str>,
    /// Where it wants to go.
    pub(crate) goal: u32,
    /// Which beginning it shares with others, and how many blocks of it.
    pub(crate) prefix: Option<(u64, u64)>,
    /// All its own blocks hold the same content, as no honest trace says.
    pub(crate) repeats: bool,
    /// Keep the promise of private output to oneself.
    pub(crate) silent: bool,
    pub(crate) rounds: Vec<Round>,
}

/// All that a run depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) settings: ClusterSettings,
    pub(crate) routing: Routing,
    pub(crate) hooks: Hooks,
    pub(crate) queueing: Queueing,
    pub(crate) admission: Admission,
    pub(crate) sessions: Vec<Session>,
}
