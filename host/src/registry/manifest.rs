//! The manifest of a library, as the host reads it: strict on what it needs, tolerant of what a
//! newer library may add.

use std::{collections::BTreeSet, path::Path};

use pointsman_plugin_api::{
    abi::ABI_MAJOR,
    manifest::{HOOK_PREFIX, MANIFEST_VERSION, PolicyDoc},
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
    /// Abilities of a host, such as hooks, that it cannot work without, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// The hooks that it has, besides `routed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Need>,
    /// Whether its answer depends on the order of the candidates.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub depends_on_order: bool,
    /// Of a picker: whether it reads total scores.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub uses_scores: bool,
}

fn yes() -> bool {
    true
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
    /// The words that it may be; none: anything of its type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
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
    /// Reads the bytes of the section of the library at `path`, which this host must be able to load.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, PluginError> {
        let manifest = Self::read(path, bytes)?;
        manifest.problem(path).map_or(Ok(manifest), Err)
    }

    /// Reads them as far as they can be understood, whatever host the library is for.
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, PluginError> {
        serde_json::from_slice::<Self>(bytes).map_err(|error| {
            let versions = serde_json::from_slice::<Versions>(bytes).ok();
            let other = versions.and_then(|versions| versions.problem(path));
            other.unwrap_or_else(|| bad(path, error.to_string()))
        })
    }

    /// Why this host cannot load such a library.
    pub(super) fn problem(&self, path: &Path) -> Option<PluginError> {
        let versions =
            Versions { manifest_version: self.manifest_version, api_version: self.api_version.clone() };
        if let Some(problem) = versions.problem(path) {
            return Some(problem);
        }
        if self.panic != "unwind" {
            return Some(PluginError::PanicAbort { path: path.to_owned() });
        }
        self.check_names().err().map(|what| bad(path, what))
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

/// What decides whether the rest can be understood.
#[derive(Deserialize)]
struct Versions {
    manifest_version: u32,
    api_version: String,
}

impl Versions {
    fn problem(&self, path: &Path) -> Option<PluginError> {
        let major = self.api_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        if major != Some(ABI_MAJOR) {
            let library = self.api_version.clone();
            return Some(PluginError::OtherMajor { path: path.to_owned(), library, host: ABI_MAJOR });
        }
        let version = self.manifest_version;
        (version != MANIFEST_VERSION)
            .then(|| bad(path, format!("its format is {version}, this host reads {MANIFEST_VERSION}")))
    }
}

fn bad(path: &Path, what: String) -> PluginError {
    PluginError::BadManifest { path: path.to_owned(), what }
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
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let choices = |name| {
            let listed = doc.choices.iter().find(|(listed, _)| *listed == name);
            listed.map_or_else(Vec::new, |(_, choices)| words(choices))
        };
        let hooks = doc.hooks.iter().filter(|hook| hook.required);
        let parameter = |field: &pointsman_plugin_api::Field| Parameter {
            name: field.name.to_owned(),
            ty: field.ty.to_owned(),
            default: field.default.to_owned(),
            // Brackets are escaped for rustdoc, not for a person.
            doc: field.doc.concat().trim().replace("\\[", "[").replace("\\]", "]"),
            choices: choices(field.name),
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
            requires: hooks.map(|hook| format!("{HOOK_PREFIX}{}", hook.id)).collect(),
            hooks: needs(doc.hooks),
            depends_on_order: doc.depends_on_order,
            uses_scores: doc.uses_scores,
        }
    }
}
