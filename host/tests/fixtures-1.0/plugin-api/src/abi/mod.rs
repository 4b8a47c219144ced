//! The ABI face: what crosses between host and library. Policy authors never need it.
//!
//! The root of a library is frozen for ever. Everything else is looked up by name in it, as
//! versioned modules that are checked one by one, so that old and new meet both ways.

mod call;
mod check;
mod glue;
mod object;
mod root;

pub use abi_stable::std_types::{RErr, ROk, RResult, RSlice, RSliceMut, RStr};
pub use abi_stable::{library::LibHeader, sabi_trait::TD_Opaque};

pub use call::{Failure, NamedColumn, QueueCall, ScoreCall, SetupCall};
pub use check::{Mismatch, check};
pub use glue::{priority, scheduler, scorer};
pub use object::{
    PriorityBox, PriorityObject, PriorityObject_TO, SchedulerBox, SchedulerObject, SchedulerObject_TO,
    ScorerBox, ScorerObject, ScorerObject_TO,
};
pub use root::{
    ABI_MAJOR, Extension, Library, PriorityModule, PriorityModuleRef, ROOT_SYMBOL, Root, RootRef,
    SchedulerModule, SchedulerModuleRef, ScorerModule, ScorerModuleRef, header, unknown,
};
