//! The manifest of a library, as the host reads it: strict on what it needs, tolerant of what a
//! newer library may add.

use std::{collections::BTreeSet, path::Path};

use pointsman_plugin_api::{
    abi::ABI_MAJOR,
    manifest::{MANIFEST_VERSION, PolicyDoc},
};
use serde::{Deserialize, Serialize};

use super::{Kind, PluginError};

/// What a library says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the manifest's format.
    pub manifest_version: u32,
    /// Version of pointsman-plugin-api that the library was built with.
    pub api_version: String,
    /// Name of the library.
    pub name: String,
    /// Version of the library.
    pub version: String,
    /// The compiler.
    pub rustc: String,
    /// `unwind` or `abort`.
    pub panic: String,
    /// Its policies.
    pub policies: Vec<Policy>,
}

/// One policy of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its kind; one that this host does not know is left alone.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Shorter names.
    pub aliases: Vec<String>,
    /// Its version.
    pub version: String,
    /// One line on what it does.
    pub summary: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The signals that it reads, in the order in which their columns cross.
    pub signals: Vec<Need>,
    /// The attributes that it reads, in the order in which their columns cross.
    pub attributes: Vec<Need>,
    /// Abilities of a host, such as hooks, that it cannot work without, by id. Version 1.0 has none
    /// to ask for; a later library may.
    #[serde(default)]
    pub requires: Vec<String>,
}

/// One parameter of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its key.
    pub name: String,
    /// Its Rust type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its default, as written in the source.
    pub default: String,
    /// Meaning and unit.
    pub doc: String,
}

/// A signal or attribute that a policy reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Its id.
    pub id: String,
    /// Whether the policy cannot work without it.
    pub required: bool,
}

impl Manifest {
    /// Reads the bytes of the section of the library at `path`.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, PluginError> {
        let bad = |what: String| PluginError::BadManifest { path: path.to_owned(), what };
        let manifest = serde_json::from_slice::<Self>(bytes).map_err(|error| bad(error.to_string()))?;
        if manifest.manifest_version != MANIFEST_VERSION {
            let version = manifest.manifest_version;
            return Err(bad(format!("its format is {version}, this host reads {MANIFEST_VERSION}")));
        }
        let major = manifest.api_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        if major != Some(ABI_MAJOR) {
            let library = manifest.api_version;
            return Err(PluginError::OtherMajor { path: path.to_owned(), library, host: ABI_MAJOR });
        }
        if manifest.panic != "unwind" {
            return Err(PluginError::PanicAbort { path: path.to_owned() });
        }
        manifest.check_names().map_err(bad)?;
        Ok(manifest)
    }

    /// Names are what configurations are written with: they must be words, and each must be there
    /// once.
    fn check_names(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for policy in &self.policies {
            for name in std::iter::once(&policy.name).chain(&policy.aliases) {
                if !is_word(name) {
                    return Err(format!(
                        "`{name}` is no policy name: lower-case letters, digits and hyphens"
                    ));
                }
                if !seen.insert((&policy.kind, name)) {
                    return Err(format!("it has two policies that answer to {} `{name}`", policy.kind));
                }
            }
        }
        Ok(())
    }
}

impl Policy {
    /// Its kind, if this host knows it.
    #[must_use]
    pub fn known_kind(&self) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == self.kind)
    }

    /// Whether it goes by this name; an alias counts.
    pub(super) fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl From<&PolicyDoc> for Policy {
    fn from(doc: &PolicyDoc) -> Self {
        let needs = |needs: &[pointsman_plugin_api::Need]| {
            needs.iter().map(|need| Need { id: need.id.to_owned(), required: need.required }).collect()
        };
        let parameter = |field: &pointsman_plugin_api::Field| Parameter {
            name: field.name.to_owned(),
            ty: field.ty.to_owned(),
            default: field.default.to_owned(),
            // Brackets are escaped for rustdoc, not for a person.
            doc: field.doc.concat().trim().replace("\\[", "[").replace("\\]", "]"),
        };
        Self {
            kind: doc.kind.to_owned(),
            name: doc.info.name.to_owned(),
            aliases: doc.info.aliases.iter().map(|&alias| alias.to_owned()).collect(),
            version: doc.info.version.to_owned(),
            summary: doc.info.summary.to_owned(),
            parameters: doc.parameters.iter().map(parameter).collect(),
            signals: needs(doc.signals),
            attributes: needs(doc.attributes),
            requires: Vec::new(),
        }
    }
}
