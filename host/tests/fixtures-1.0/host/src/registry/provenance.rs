//! Where a policy came from: what a result records, so that it can be run again.

use serde::{Deserialize, Serialize};

use super::{Kind, Probed};

/// A policy as it was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Its kind.
    pub kind: Kind,
    /// Its name (never an alias).
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its parameters as given; what is not there had its default.
    pub parameters: serde_json::Value,
    /// The library that it came from; `None`: built into the host.
    pub library: Option<LibraryRecord>,
}

/// A library as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryRecord {
    /// Where it was.
    pub path: String,
    /// Hash of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Version of pointsman-plugin-api that it was built with.
    pub api_version: String,
    /// Its compiler.
    pub rustc: String,
}

impl From<&Probed> for LibraryRecord {
    fn from(library: &Probed) -> Self {
        Self {
            path: library.path.display().to_string(),
            sha256: library.sha256.clone(),
            name: library.manifest.name.clone(),
            version: library.manifest.version.clone(),
            api_version: library.manifest.api_version.clone(),
            rustc: library.manifest.rustc.clone(),
        }
    }
}
