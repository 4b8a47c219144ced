//! The arguments and results of calls. None of these can ever grow a field: what is new becomes a
//! new column.

use abi_stable::{
    StableAbi,
    std_types::{RSlice, RStr, RString},
};

use crate::column::Column;

/// One routing decision. Borrowed from the host for the length of the call.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct ScoreCall<'a> {
    /// The tick of the decision. \[us\]
    pub now_us: u64,
    /// Number of candidates; which instance each is, the signal `instance` says.
    pub rows: usize,
    /// The declared attributes, in declared order, one row each.
    pub request: RSlice<'a, Column<'a>>,
    /// The declared signals, in declared order, `rows` rows each.
    pub instances: RSlice<'a, Column<'a>>,
}

/// Waiting requests to be ordered. Borrowed from the host for the length of the call.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct QueueCall<'a> {
    /// The tick of the decision. \[us\]
    pub now_us: u64,
    /// Number of requests.
    pub rows: usize,
    /// The declared attributes, in declared order, `rows` rows each.
    pub requests: RSlice<'a, Column<'a>>,
}

/// A request that came to an end. Borrowed from the host for the length of the call.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct CompletionCall<'a> {
    /// The tick at which the policy is told. \[us\]
    pub now_us: u64,
    /// The declared attributes, in declared order, one row each.
    pub request: RSlice<'a, Column<'a>>,
    /// What is known of its end, by id: one row each, absent where the request has none.
    pub outcomes: RSlice<'a, NamedColumn<'a>>,
}

/// What happened to the KV blocks of one instance at one tick. Borrowed from the host for the length of
/// the call.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct KvCall<'a> {
    /// The tick at which the policy is told. \[us\]
    pub now_us: u64,
    /// The tick at which it happened. \[us\]
    pub happened_us: u64,
    /// The instance.
    pub instance: u64,
    /// Number of events.
    pub rows: usize,
    /// The events, in order, by id: those of the constants here, and what a later version may add.
    pub columns: RSlice<'a, NamedColumn<'a>>,
}

impl KvCall<'_> {
    /// Id of the column of kinds, by code.
    pub const KIND: &'static str = "kind";
    /// Id of the column of the first block of each run.
    pub const FIRST: &'static str = "first";
    /// Id of the column of the lengths of the runs. \[blocks\]
    pub const LEN: &'static str = "len";
}

/// The facts that a policy is built with, by id: each host passes those that it has.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct SetupCall<'a> {
    /// One column of one row per fact.
    pub facts: RSlice<'a, NamedColumn<'a>>,
}

/// A column that says what it is.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct NamedColumn<'a> {
    /// Id of what it holds.
    pub id: RStr<'a>,
    /// Its values.
    pub column: Column<'a>,
}

/// Why a call has no result.
#[repr(C)]
#[derive(Debug, Clone, PartialEq, Eq, StableAbi)]
pub struct Failure {
    /// What went wrong, as a phrase without the policy's name: the host adds that.
    pub message: RString,
    /// Whether the policy panicked, now or in an earlier call; it is then not called again.
    pub panicked: bool,
}

impl Failure {
    /// The policy refused, with a reason.
    #[must_use]
    pub fn error(message: String) -> Self {
        Self { message: message.into(), panicked: false }
    }

    /// The policy panicked.
    #[must_use]
    pub fn panic(message: String) -> Self {
        Self { message: message.into(), panicked: true }
    }
}
