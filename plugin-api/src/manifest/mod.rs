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
    policy::{Admission, Filter, Picker, Priority, Scheduler, Scorer},
};

/// Version of the manifest's own format.
pub const MANIFEST_VERSION: u32 = 1;

/// Name of the section that holds it.
pub const SECTION: &str = ".pointsman_manifest";

/// Version of this crate.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The oldest rustc that builds this crate, and so a policy library.
pub const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

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
    /// `scorer`, `scheduler`, `priority`, `filter`, `picker` or `admission`.
    pub kind: &'static str,
    /// Who it is.
    pub info: PolicyInfo,
    /// Its parameters.
    pub parameters: &'static [Field],
    /// The words that a parameter may be, by its name.
    pub choices: &'static [(&'static str, &'static [&'static str])],
    /// The signals that it reads.
    pub signals: &'static [Need],
    /// The attributes that it reads.
    pub attributes: &'static [Need],
    /// The hooks that it has, besides `routed`.
    pub hooks: &'static [Need],
    /// Whether its answer depends on the order of the rows.
    pub depends_on_order: bool,
    /// Whether a picker reads total scores.
    pub uses_scores: bool,
}

/// Prefix of the ids under which a policy requires hooks.
pub const HOOK_PREFIX: &str = "hook/";

/// Defines the descriptions of the kinds of the router, which all have the same parts.
macro_rules! router {
    ($($doc:literal, $kind:ident, $name:literal, $trait:ident, $uses_scores:expr;)*) => {
        impl PolicyDoc {$(
            #[doc = $doc]
            #[must_use]
            pub const fn $kind<T: $trait>() -> Self {
                Self {
                    kind: $name,
                    info: T::INFO,
                    parameters: <T::Params as Parameters>::FIELDS,
                    choices: <T::Params as Parameters>::CHOICES,
                    signals: T::SIGNALS,
                    attributes: T::ATTRIBUTES,
                    hooks: T::HOOKS,
                    depends_on_order: T::DEPENDS_ON_ORDER,
                    uses_scores: $uses_scores,
                }
            }
        )*}
    };
}

router! {
    "Describes a scorer.", scorer, "scorer", Scorer, true;
    "Describes a filter.", filter, "filter", Filter, true;
    "Describes a picker.", picker, "picker", Picker, T::USES_SCORES;
    "Describes an admission policy.", admission, "admission", Admission, true;
}

impl PolicyDoc {
    /// Describes a scheduler.
    #[must_use]
    pub const fn scheduler<T: Scheduler>() -> Self {
        Self {
            parameters: <T::Params as Parameters>::FIELDS,
            choices: <T::Params as Parameters>::CHOICES,
            attributes: T::ATTRIBUTES,
            ..Self::blank("scheduler", T::INFO)
        }
    }

    /// Describes a priority policy.
    #[must_use]
    pub const fn priority<T: Priority>() -> Self {
        Self {
            parameters: <T::Params as Parameters>::FIELDS,
            choices: <T::Params as Parameters>::CHOICES,
            attributes: T::ATTRIBUTES,
            ..Self::blank("priority", T::INFO)
        }
    }

    /// Describes a policy that reads nothing and has no parameters: what a description by hand starts
    /// from.
    #[must_use]
    pub const fn blank(kind: &'static str, info: PolicyInfo) -> Self {
        Self {
            kind,
            info,
            parameters: &[],
            choices: &[],
            signals: &[],
            attributes: &[],
            hooks: &[],
            depends_on_order: false,
            uses_scores: true,
        }
    }
}
