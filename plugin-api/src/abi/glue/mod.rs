//! From an author's trait to an ABI object: the same way for libraries and for the policies that
//! are built into the host.

mod queue;
mod router;

pub use queue::{priority, scheduler};
pub use router::{admission, filter, picker, scorer};
