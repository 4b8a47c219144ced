//! The traits that authors implement, one per policy kind.
//!
//! Four kinds belong to the router, one object each per run: admission, filter, scorer and picker, in
//! the order in which a request meets them. Two belong to an instance: priority and scheduler.

mod admission;
mod filter;
mod picker;
mod priority;
mod scheduler;
mod scorer;

pub use admission::Admission;
pub use filter::Filter;
pub use picker::Picker;
pub use priority::Priority;
pub use scheduler::Scheduler;
pub use scorer::Scorer;
