//! The objects that a library hands out, one trait per policy kind.
//!
//! A method may be added at the end with a default body; none is ever changed or removed. Each
//! call that fills a slice returns how many of its slots it filled, from the first on: the host
//! compares, and has put NaN into every slot before.

use abi_stable::{
    sabi_trait,
    std_types::{RBox, RResult, RSliceMut},
};

use super::{Failure, QueueCall, ScoreCall};
use crate::order::Key;

/// A scorer.
#[sabi_trait]
pub trait ScorerObject: Send {
    /// Writes a score per row.
    fn score(&mut self, call: ScoreCall<'_>, scores: RSliceMut<'_, f64>) -> RResult<usize, Failure>;

    /// Tells to the instance of which row the request of the same call went.
    #[sabi(last_prefix_field)]
    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;
}

/// A scheduler of one instance.
#[sabi_trait]
pub trait SchedulerObject: Send {
    /// Writes a key per request.
    fn keys(&mut self, call: QueueCall<'_>, keys: RSliceMut<'_, Key>) -> RResult<usize, Failure>;

    /// The code of its [`Order`](crate::Order).
    fn order(&self) -> u8;

    /// Whether it reads priorities.
    #[sabi(last_prefix_field)]
    fn uses_priority(&self) -> bool;
}

/// A priority policy of one instance.
#[sabi_trait]
pub trait PriorityObject: Send {
    /// Writes a priority per request.
    fn priorities(&mut self, call: QueueCall<'_>, priorities: RSliceMut<'_, f64>) -> RResult<usize, Failure>;

    /// The code of its [`Order`](crate::Order).
    #[sabi(last_prefix_field)]
    fn order(&self) -> u8;
}

/// An owned scorer, dropped by the library that made it.
pub type ScorerBox = ScorerObject_TO<'static, RBox<()>>;
/// An owned scheduler, dropped by the library that made it.
pub type SchedulerBox = SchedulerObject_TO<'static, RBox<()>>;
/// An owned priority policy, dropped by the library that made it.
pub type PriorityBox = PriorityObject_TO<'static, RBox<()>>;
