//! What a policy sees in a call: borrowed, read-only, current or of a known age.

mod completion;
mod instances;
mod kv_events;
mod queue;
mod request;

pub use completion::Completion;
pub use instances::Instances;
pub use kv_events::{KvEvent, KvEventKind, KvEvents};
pub use queue::Queue;
pub use request::Request;
