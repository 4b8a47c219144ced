//! Policies by name: the ones that are built in, and those of libraries found at run time.
//!
//! A library is first only read: [`probe`] checks the file and takes its manifest, without running
//! anything of it. [`load`] makes it code, when one of its policies is used. [`Catalogue`] knows
//! all policies and builds them.

mod build;
mod built_in;
mod catalogue;
mod create;
mod discover;
mod elf;
mod error;
mod facts;
mod inspect;
mod load;
mod lookup;
mod manifest;
mod object;
mod parameter;
mod probe;
mod provenance;
mod trust;

pub use build::Built;
pub use catalogue::{Catalogue, Entry, Origin, PolicyRef};
pub use create::{Handle, PriorityHandle, SchedulerHandle, ScorerHandle};
pub use discover::{PluginFile, Sources};
pub use error::{ErrorClass, PluginError, PolicyName};
pub use facts::Facts;
pub use inspect::{Inspected, inspect};
pub use load::{Loaded, load};
pub use manifest::{Manifest, Need, Parameter, Policy};
pub use parameter::ValueType;
pub use probe::{Probed, probe};
pub use provenance::{LibraryRecord, Provenance};

pub use crate::policy::PolicyKind as Kind;
