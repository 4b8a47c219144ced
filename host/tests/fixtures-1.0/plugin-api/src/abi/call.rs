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
