//! The one thing that the registry takes from here.

mod kind;

pub use kind::PolicyKind;
