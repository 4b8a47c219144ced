//! The manifest: what a library says about itself without being run.
//!
//! It is made at compile time from the `INFO`, `SIGNALS`, `ATTRIBUTES` and parameters of the
//! policies, and lies as JSON in a section of the library file.

mod json;

pub use json::{len, write};

use crate::{
    info::PolicyInfo,
    need::Need,
    params::{Field, Parameters},
    policy::{Priority, Scheduler, Scorer},
};

/// Version of the manifest's own format.
pub const MANIFEST_VERSION: u32 = 1;

/// Name of the section that holds it.
pub const SECTION: &str = ".pointsman_manifest";

/// Version of this crate.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `rustc --version` said when this crate was built.
pub const RUSTC: &str = env!("POINTSMAN_RUSTC");

/// A library, before it is JSON.
#[derive(Debug, Clone, Copy)]
pub struct LibraryDoc {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Whether it unwinds on panic.
    pub panic_unwind: bool,
    /// Its policies.
    pub policies: &'static [PolicyDoc],
}

/// A policy, before it is JSON.
#[derive(Debug, Clone, Copy)]
pub struct PolicyDoc {
    /// `scorer`, `scheduler` or `priority`.
    pub kind: &'static str,
    /// Who it is.
    pub info: PolicyInfo,
    /// Its parameters.
    pub parameters: &'static [Field],
    /// The signals that it reads.
    pub signals: &'static [Need],
    /// The attributes that it reads.
    pub attributes: &'static [Need],
}

impl PolicyDoc {
    /// Describes a scorer.
    #[must_use]
    pub const fn scorer<T: Scorer>() -> Self {
        Self {
            kind: "scorer",
            info: T::INFO,
            parameters: <T::Params as Parameters>::FIELDS,
            signals: T::SIGNALS,
            attributes: T::ATTRIBUTES,
        }
    }

    /// Describes a scheduler.
    #[must_use]
    pub const fn scheduler<T: Scheduler>() -> Self {
        Self {
            kind: "scheduler",
            info: T::INFO,
            parameters: <T::Params as Parameters>::FIELDS,
            signals: &[],
            attributes: T::ATTRIBUTES,
        }
    }

    /// Describes a priority policy.
    #[must_use]
    pub const fn priority<T: Priority>() -> Self {
        Self {
            kind: "priority",
            info: T::INFO,
            parameters: <T::Params as Parameters>::FIELDS,
            signals: &[],
            attributes: T::ATTRIBUTES,
        }
    }
}
