//! The objects that a library hands out, one trait per policy kind.
//!
//! A method may be added at the end with a default body; none is ever changed or removed. Each
//! call that fills a slice returns how many of its slots it filled, from the first on: the host
//! compares, and has put NaN into every slot before.

use abi_stable::{
    sabi_trait,
    std_types::{RBox, ROk, RResult, RSlice, RSliceMut, RStr},
};

use super::{CompletionCall, Failure, KvCall, QueueCall, ScoreCall};
use crate::order::Key;

/// A scorer.
#[sabi_trait]
pub trait ScorerObject: Send {
    /// Writes a score per row.
    fn score(&mut self, call: ScoreCall<'_>, scores: RSliceMut<'_, f64>) -> RResult<usize, Failure>;

    /// Tells to the instance of which row the request of the same call went.
    #[sabi(last_prefix_field)]
    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;

    /// Whether it reads this declared signal or attribute. (Since 1.1.)
    fn reads(&self, id: RStr<'_>) -> bool {
        let _ = id;
        true
    }

    /// Tells what became of a request that was routed. (Since 1.1.)
    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
        let _ = call;
        ROk(())
    }

    /// Tells what an instance's KV cache got and lost. (Since 1.1.)
    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
        let _ = call;
        ROk(())
    }
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

/// A filter.
#[sabi_trait]
pub trait FilterObject: Send {
    /// Writes 1 for each row that stays and 0 for each that does not.
    fn filter(&mut self, call: ScoreCall<'_>, keep: RSliceMut<'_, u8>) -> RResult<usize, Failure>;

    /// Tells to the instance of which row the request of the same call went.
    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;

    /// Whether it reads this declared signal or attribute.
    fn reads(&self, id: RStr<'_>) -> bool;

    /// Tells what became of a request that was routed.
    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure>;

    /// Tells what an instance's KV cache got and lost.
    #[sabi(last_prefix_field)]
    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure>;
}

/// A picker.
#[sabi_trait]
pub trait PickerObject: Send {
    /// Chooses a row by the total scores, which are none where it says that it uses none.
    fn pick(&mut self, call: ScoreCall<'_>, totals: RSlice<'_, f64>) -> RResult<usize, Failure>;

    /// Tells to the instance of which row the request of the same call went.
    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;

    /// Whether it reads this declared signal or attribute.
    fn reads(&self, id: RStr<'_>) -> bool;

    /// Tells what became of a request that was routed.
    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure>;

    /// Tells what an instance's KV cache got and lost.
    #[sabi(last_prefix_field)]
    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure>;
}

/// An admission policy.
#[sabi_trait]
pub trait AdmissionObject: Send {
    /// Whether the request is let in: 1, or 0.
    fn admit(&mut self, call: ScoreCall<'_>) -> RResult<u8, Failure>;

    /// Tells to the instance of which row the request of the same call went.
    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;

    /// Whether it reads this declared signal or attribute.
    fn reads(&self, id: RStr<'_>) -> bool;

    /// Tells what became of a request that was routed.
    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure>;

    /// Tells what an instance's KV cache got and lost.
    #[sabi(last_prefix_field)]
    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure>;
}

/// An owned scorer, dropped by the library that made it.
pub type ScorerBox = ScorerObject_TO<'static, RBox<()>>;
/// An owned scheduler, dropped by the library that made it.
pub type SchedulerBox = SchedulerObject_TO<'static, RBox<()>>;
/// An owned priority policy, dropped by the library that made it.
pub type PriorityBox = PriorityObject_TO<'static, RBox<()>>;
/// An owned filter, dropped by the library that made it.
pub type FilterBox = FilterObject_TO<'static, RBox<()>>;
/// An owned picker, dropped by the library that made it.
pub type PickerBox = PickerObject_TO<'static, RBox<()>>;
/// An owned admission policy, dropped by the library that made it.
pub type AdmissionBox = AdmissionObject_TO<'static, RBox<()>>;
