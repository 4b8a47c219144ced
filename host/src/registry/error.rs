//! What can be wrong with a library, its policies, or how they are asked for.

use std::{fmt, path::PathBuf};

use super::Kind;
use crate::policy::mark::{Stage, Subject};

/// One readable sentence each: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// There is no such file, or it may not be read.
    #[error("cannot read the plugin library {}: {cause}; check the path", path.display())]
    Unreadable {
        /// The library.
        path: PathBuf,
        /// The operating system's reason.
        cause: String,
    },
    /// A directory where a file was expected.
    #[error("{} is a directory, not a plugin library; search a directory with --plugin-dir", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// A pipe, a device or the like.
    #[error("{} is not a regular file; name the plugin library itself", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// A file without content.
    #[error("the plugin library {} is empty; build it again", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Some other kind of file.
    #[error("{} is not a shared library: {what}; name the .so that `cargo build` made of a `cdylib` crate", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
        /// What it is instead, as far as known.
        what: &'static str,
    },
    /// A library that ends early or contradicts itself.
    #[error("the plugin library {} is truncated or damaged ({what}); build or copy it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A library for another machine.
    #[error("the plugin library {} is for {library}, this host for {host}; build it for {host}", path.display())]
    OtherArchitecture {
        /// The file.
        path: PathBuf,
        /// The machine that it is for.
        library: String,
        /// This machine.
        host: &'static str,
    },
    /// A shared library that is not one of ours.
    #[error("{} exports no policies: it lacks the root symbol; its crate must call `export!`", path.display())]
    NoRoot {
        /// The file.
        path: PathBuf,
    },
    /// A library of ours without its manifest.
    #[error("the plugin library {} has no manifest; build it again with `export!`, and strip it at most of its symbols", path.display())]
    NoManifest {
        /// The file.
        path: PathBuf,
    },
    /// A manifest that cannot be understood.
    #[error("the manifest of the plugin library {} is not valid ({what}); build it again", path.display())]
    BadManifest {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A library whose panics cannot be contained.
    #[error("the plugin library {} was built with panic = \"abort\", so that a panic in it would end this process; build it with panic = \"unwind\"", path.display())]
    PanicAbort {
        /// The file.
        path: PathBuf,
    },
    /// A library of another major version of the plugin API.
    #[error("the plugin library {} was built with version {library} of pointsman-plugin-api, this host loads {host}.x; build it with {host}.x", path.display())]
    OtherMajor {
        /// The file.
        path: PathBuf,
        /// The library's version of the API.
        library: String,
        /// The host's major version.
        host: u32,
    },
    /// A library whose types differ from ours.
    #[error("the plugin library {} does not fit this host: {brief}; build it with the pointsman-plugin-api of this host (-v shows the whole comparison)", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The first difference, one line.
        brief: String,
        /// The whole comparison, some hundred lines.
        full: String,
    },
    /// The system's loader refuses it.
    #[error("the plugin library {} cannot be loaded: {cause}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// The loader's reason.
        cause: String,
    },
    /// What runs is not what the manifest announced.
    #[error("the plugin library {} announces itself otherwise than it is: {what}; build it again", path.display())]
    WrongName {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// A file that someone else could have written.
    #[error("the plugin library {} is not trusted: {why}; name it with --plugin if you trust it", path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file that changed between two looks at it.
    #[error("the plugin library {} changed while it was being read; try again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Not the library that a record names.
    #[error("the plugin library {} is not the recorded one: its sha256 is {found}, recorded is {recorded}; restore that build", path.display())]
    OtherHash {
        /// The file.
        path: PathBuf,
        /// Its sha256.
        found: String,
        /// The one asked for.
        recorded: String,
    },
    /// One name, several policies.
    #[error("the {kind} `{name}` is in several places: {}; label one (`plugins: [{{file: F, label: new}}]` and `{name}@new`) or name the library (`{{name: {name}, library: F}}`)", places.join(", "))]
    Ambiguous {
        /// The policy kind.
        kind: Kind,
        /// The name asked for.
        name: String,
        /// Where it is.
        places: Vec<String>,
    },
    /// No such policy.
    #[error("there is no {kind} `{name}`{hint}")]
    Unknown {
        /// The policy kind.
        kind: Kind,
        /// The name asked for.
        name: String,
        /// What may help: a near name, a list, libraries that were left out.
        hint: String,
    },
    /// No such parameter.
    #[error("{policy} has no parameter `{parameter}`{hint}")]
    UnknownParameter {
        /// The policy, with its library.
        policy: PolicyName,
        /// The parameter.
        parameter: String,
        /// A near name, or the list.
        hint: String,
    },
    /// A parameter that is not of its type.
    #[error("the parameter `{parameter}` of {policy} must be {expected}, found {found}")]
    ParameterType {
        /// The policy, with its library.
        policy: PolicyName,
        /// The parameter.
        parameter: String,
        /// What it must be.
        expected: String,
        /// What was given.
        found: String,
    },
    /// Parameters that are not a map.
    #[error("the parameters of {policy} must be a map from names to values")]
    ParametersNotAMap {
        /// The policy, with its library.
        policy: PolicyName,
    },
    /// The constructor refuses.
    #[error("{policy} cannot be built: {message}")]
    Refused {
        /// The policy, with its library.
        policy: PolicyName,
        /// The policy's own sentence.
        message: String,
    },
    /// The constructor panics.
    #[error("{policy} failed while it was built: {message}; this is a mistake in the policy")]
    Panicked {
        /// The policy, with its library.
        policy: PolicyName,
        /// The panic, with its place.
        message: String,
    },
    /// It reads something that this host does not have.
    #[error(
        "{policy} needs the {what} `{id}`, which this host does not have; use a newer host or an older library"
    )]
    Lacking {
        /// The policy, with its library.
        policy: PolicyName,
        /// `signal`, `attribute` or `ability`.
        what: &'static str,
        /// Its id.
        id: String,
    },
}

/// A policy as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyName {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The library that it comes from; `None`: built in.
    pub library: Option<PathBuf>,
}

impl PolicyName {
    /// As what a call of it is noted.
    #[must_use]
    pub fn subject(&self, stage: Stage) -> Subject {
        let library = self.library.as_ref().map(|path| path.display().to_string());
        Subject::policy(self.kind, &self.name, library.as_deref(), stage)
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} `{}`", self.kind, self.name)?;
        match &self.library {
            Some(path) => write!(f, " of {}", path.display()),
            None => Ok(()),
        }
    }
}

/// Who has to act on an error, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The configuration asks for what does not exist or does not fit.
    Configuration,
    /// A library is at fault.
    Library,
}

impl PluginError {
    /// Who has to act.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Ambiguous { .. }
            | Self::Unknown { .. }
            | Self::UnknownParameter { .. }
            | Self::ParameterType { .. }
            | Self::ParametersNotAMap { .. }
            | Self::Refused { .. } => ErrorClass::Configuration,
            _ => ErrorClass::Library,
        }
    }

    /// What `-v` adds: the whole layout comparison, where that is what failed.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Layout { full, .. } => Some(full),
            _ => None,
        }
    }
}

/// A hint that names the nearest of what exists, other names (`also`) included, or lists it.
pub(super) fn near(wanted: &str, known: &[&str], also: &[&str]) -> String {
    let nearest = known
        .iter()
        .chain(also)
        .map(|name| (strsim::damerau_levenshtein(wanted, name), *name))
        .filter(|(distance, name)| *distance <= name.len().max(wanted.len()).div_ceil(3))
        .min();
    match nearest {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        None if known.is_empty() => "; it has none".to_owned(),
        None => format!("; there are {}", known.join(", ")),
    }
}
