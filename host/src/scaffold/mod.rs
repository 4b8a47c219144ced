//! New policy crates: what `pointsman plugin new` writes.
//!
//! `name` checks what the crate and its policy are to be called, `api` says where the crate finds
//! pointsman-plugin-api, `template` makes the files of a policy kind out of `templates/`, and `place` puts
//! them where they belong, all or none.

mod api;
mod name;
mod place;
mod template;

use std::path::Path;

pub use api::{ApiError, PluginApi};
pub use name::{CrateName, NameError};
pub use place::PlaceError;

use crate::policy::PolicyKind;

/// A policy crate that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// What the crate and its policy are called.
    pub name: CrateName,
    /// The kind of its policy.
    pub kind: PolicyKind,
    /// Where it finds pointsman-plugin-api.
    pub api: PluginApi,
}

impl Scaffold {
    /// Makes the directory of the crate, with everything in it.
    ///
    /// # Errors
    ///
    /// Why that cannot be; nothing is left behind then.
    pub fn create(&self, directory: &Path) -> Result<(), PlaceError> {
        place::create(directory, &template::files(self))
    }

    /// What sets the policy aside for a comparison: options of `pointsman run`.
    #[must_use]
    pub fn comparison(&self) -> &'static str {
        template::comparison(self.kind)
    }
}
