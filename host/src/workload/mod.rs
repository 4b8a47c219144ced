//! Workloads: streams of requests, made up or read from a trace.

mod content;
mod request;
mod source;

pub use content::Content;
pub use request::{Arrival, End};
pub use source::{Source, WorkloadError};
