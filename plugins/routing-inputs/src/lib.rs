//! What several routing policies read, and how its name in a configuration finds it: a load signal
//! ([`Load`]) and what an instance has cached of a request ([`PrefixHits`]).

mod load;
mod prefix;

pub use load::Load;
pub use prefix::{Hit, PrefixHits};
