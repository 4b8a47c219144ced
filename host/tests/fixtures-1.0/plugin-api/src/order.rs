//! How a scheduler orders a queue, and when that order can change.

use abi_stable::StableAbi;

/// The place of a waiting request: lower first, by `major`, then by `minor`; ties go by arrival,
/// then by id. Both must be finite.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, StableAbi)]
pub struct Key {
    /// Compared first.
    pub major: f64,
    /// Compared where `major` is equal.
    pub minor: f64,
}

impl Key {
    /// A key of one number.
    #[must_use]
    pub const fn of(major: f64) -> Self {
        Self { major, minor: 0.0 }
    }

    /// Whether both of its parts are.
    #[must_use]
    pub const fn is_finite(&self) -> bool {
        self.major.is_finite() && self.minor.is_finite()
    }
}

/// When the order that a policy gives can change while the same requests wait.
///
/// A host asks for a `Fixed` order once per entry into the queue, and never again: declare it
/// only if it is true.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Never: a request's key depends on nothing that changes while it waits.
    Fixed = 0,
    /// As time passes.
    ChangesWithTime = 1,
    /// With the requests themselves or with what the policy has seen.
    ChangesWithState = 2,
}

impl Order {
    /// The number that stands for it in the ABI.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The order that a number stands for; `None` for one that this version does not know, which
    /// a host treats as [`Order::ChangesWithState`], the most careful reading.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Fixed),
            1 => Some(Self::ChangesWithTime),
            2 => Some(Self::ChangesWithState),
            _ => None,
        }
    }
}
