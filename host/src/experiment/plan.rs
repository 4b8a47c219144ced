//! What is to be run: the arms of an experiment, checked, and the key of each run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::part::Windows;
use super::results;
use crate::config::{Config, PolicyRef, Resolved, RoutingSpec, Spanned};
use crate::policy::Assignment;
use crate::registry::Catalogue;
use crate::run::{self, Origins, RunFailure};
use crate::workload::hex;

/// An arm whose configuration is complete.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its name, and where it was written.
    pub name: Spanned<String>,
    /// The level of each factor.
    pub levels: BTreeMap<String, String>,
    /// Its configuration; the seed in it is not used.
    pub resolved: Resolved,
    /// Where its policies and its workload come from.
    pub origins: Origins,
    /// Libraries whose policies take the place of others of the same name.
    pub instead: Vec<PathBuf>,
    /// A second routing on the same cluster.
    pub rival: Option<Box<Rival>>,
}

/// A second routing on the cluster of an arm.
#[derive(Debug, Clone)]
pub struct Rival {
    /// The arm whose routing it is.
    pub arm: Arm,
    /// Who decides about a request.
    pub assignment: Assignment,
    /// The windows in which they take turns, if they do.
    pub windows: Option<Windows>,
}

/// A run that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Place of its arm.
    pub arm: usize,
    /// Its seed.
    pub seed: u64,
    /// The hash of all that its result depends on.
    pub key: String,
}

impl Arm {
    /// Checks everything that can be checked without running a library.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the configuration, its policies or its workload.
    pub fn new(
        name: Spanned<String>,
        levels: BTreeMap<String, String>,
        config: &Config,
        catalogue: impl FnOnce(&Resolved) -> Result<std::sync::Arc<Catalogue>, RunFailure>,
    ) -> Result<Self, RunFailure> {
        let resolved = config.resolve()?;
        let catalogue = catalogue(&resolved)?;
        let origins = run::origins(&resolved, &catalogue)?;
        Ok(Self { name, levels, resolved, origins, instead: Vec::new(), rival: None })
    }

    /// The whole configuration of a run of it.
    #[must_use]
    pub fn config(&self, seed: u64) -> serde_json::Value {
        let mut value = self.resolved.to_value();
        value["seed"] = seed.into();
        value
    }

    /// A run of it by a program of this hash.
    #[must_use]
    pub fn task(&self, arm: usize, seed: u64, program_sha256: &str) -> Task {
        let policies = serde_json::to_value(&self.origins.policies).unwrap_or_default();
        let mut what = json!({
            "program": program_sha256,
            "config": self.config(seed),
            "policies": policies,
            "workload": self.origins.workload_sha256,
            // What a run warns of is a part of its result.
            "written": self.resolved.written(),
        });
        if let Some(rival) = &self.rival {
            what["rival"] = json!({
                "run": rival.arm.task(arm, seed, program_sha256).key,
                "assignment": rival.assignment,
                "windows": rival.windows,
            });
        }
        Task { arm, seed, key: hex(&Sha256::digest(what.to_string())) }
    }

    /// Its libraries by path, with their hashes: what a run of it must have loaded.
    #[must_use]
    pub fn libraries(&self) -> BTreeMap<String, String> {
        let libraries = self.origins.policies.iter().filter_map(|policy| policy.library.as_ref());
        libraries.map(|library| (library.path.clone(), library.sha256.clone())).collect()
    }

    /// As results describe it.
    #[must_use]
    pub fn describe(&self, runs: Vec<results::Run>) -> results::Arm {
        let mut libraries: BTreeMap<String, results::Library> = BTreeMap::new();
        for policy in &self.origins.policies {
            let Some(library) = &policy.library else { continue };
            let (path, sha256) = (library.path.clone(), library.sha256.clone());
            let entry = libraries.entry(path.clone());
            let entry = entry.or_insert_with(|| results::Library { policies: Vec::new(), path, sha256 });
            if !entry.policies.contains(&policy.policy) {
                entry.policies.push(policy.policy.clone());
            }
        }
        let mut config = self.resolved.to_value();
        if let Some(map) = config.as_object_mut() {
            map.remove("seed");
        }
        let policy = &self.resolved.policy;
        results::Arm {
            name: self.name.value.clone(),
            levels: self.levels.clone(),
            routing: routing(&policy.routing),
            scheduler: policy.scheduler.to_string(),
            priority: policy.priority.to_string(),
            libraries: libraries.into_values().collect(),
            config,
            runs,
        }
    }
}

/// A routing in short form.
#[must_use]
pub fn routing(spec: &RoutingSpec) -> String {
    let filters = spec.filters.iter().map(PolicyRef::to_string);
    let scorers = spec.scorers.iter().map(|scorer| {
        if spec.by_class.is_empty() {
            format!("{}:{}", scorer.policy, scorer.weight)
        } else {
            scorer.policy.to_string()
        }
    });
    let mut parts: Vec<String> = filters.chain(scorers).collect();
    if parts.is_empty() || spec.picker.name.value != "max-score" {
        parts.push(spec.picker.to_string());
    }
    let by_class = if spec.by_class.is_empty() { "" } else { " by class" };
    format!("{}{by_class}", parts.join(","))
}
