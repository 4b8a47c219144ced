//! All policies by name.

use std::path::PathBuf;

use pointsman_plugin_api::{Admission, Filter, Picker, Priority, Scheduler, Scorer};

use super::{
    Kind, LibraryRecord, PluginError, Policy, Sources,
    built_in::BuiltIn,
    discover::{Found, discover},
};

/// A policy as a configuration asks for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyRef {
    /// Its name or an alias.
    pub name: String,
    /// `name@label`: the label of the library.
    pub label: Option<String>,
    /// The library file itself.
    pub library: Option<PathBuf>,
    /// Its parameters: an object, or null for none.
    pub params: serde_json::Value,
    /// The hash that the library must have, when a record is run again.
    pub sha256: Option<String>,
}

impl PolicyRef {
    /// A policy by its name alone.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

/// Every policy that a run can use.
#[derive(Default)]
pub struct Catalogue {
    pub(super) built_in: Vec<BuiltIn>,
    pub(super) found: Vec<Found>,
    pub(super) left_out: Vec<PluginError>,
}

/// Where a policy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the host.
    BuiltIn,
    /// In a library.
    Library {
        /// The library.
        record: LibraryRecord,
        /// Its labels.
        labels: Vec<String>,
    },
}

/// A policy in a list.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its kind.
    pub kind: Kind,
    /// What it says about itself.
    pub policy: &'a Policy,
    /// Where it is.
    pub origin: Origin,
}

impl Catalogue {
    /// An empty catalogue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scorer of the host.
    pub fn builtin_scorer<T: Scorer>(&mut self) {
        self.built_in.push(BuiltIn::scorer::<T>());
    }

    /// Adds a scheduler of the host.
    pub fn builtin_scheduler<T: Scheduler>(&mut self) {
        self.built_in.push(BuiltIn::scheduler::<T>());
    }

    /// Adds a priority policy of the host.
    pub fn builtin_priority<T: Priority>(&mut self) {
        self.built_in.push(BuiltIn::priority::<T>());
    }

    /// Adds a filter of the host.
    pub fn builtin_filter<T: Filter>(&mut self) {
        self.built_in.push(BuiltIn::filter::<T>());
    }

    /// Adds a picker of the host.
    pub fn builtin_picker<T: Picker>(&mut self) {
        self.built_in.push(BuiltIn::picker::<T>());
    }

    /// Adds an admission policy of the host.
    pub fn builtin_admission<T: Admission>(&mut self) {
        self.built_in.push(BuiltIn::admission::<T>());
    }

    /// Adds the libraries of all sources; only their manifests are read.
    ///
    /// # Errors
    ///
    /// What is wrong with a library or directory that was named.
    pub fn discover(&mut self, sources: &Sources) -> Result<(), PluginError> {
        let (found, left_out) = discover(sources)?;
        self.found.extend(found);
        self.left_out.extend(left_out);
        Ok(())
    }

    /// All policies: those of the host, then those of libraries in the order of the sources.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let built_in = self.built_in.iter().map(|built_in| Entry {
            kind: built_in.kind(),
            policy: &built_in.policy,
            origin: Origin::BuiltIn,
        });
        let libraries = self.found.iter().flat_map(|found| {
            found.library.manifest.policies.iter().filter_map(|policy| {
                let record = LibraryRecord::from(&found.library);
                let origin = Origin::Library { record, labels: found.labels.clone() };
                Some(Entry { kind: policy.known_kind()?, policy, origin })
            })
        });
        built_in.chain(libraries)
    }

    /// Policies of kinds that this host does not know, each with its library: from a later version.
    pub fn of_unknown_kinds(&self) -> impl Iterator<Item = (&Policy, LibraryRecord)> {
        self.found.iter().flat_map(|found| {
            let policies = found.library.manifest.policies.iter();
            let unknown = policies.filter(|policy| policy.known_kind().is_none());
            unknown.map(|policy| (policy, LibraryRecord::from(&found.library)))
        })
    }

    /// What is wrong with libraries that lay in a searched directory and were left out.
    #[must_use]
    pub fn left_out(&self) -> &[PluginError] {
        &self.left_out
    }
}
