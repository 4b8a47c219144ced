//! What stays the same over all calls of a policy object.

use serde::{Deserialize, Serialize};

use crate::registry::Facts;

/// The cluster that a policy object is told about when it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct World {
    /// Number of instances; a call may show fewer of them.
    pub(super) instances: u64,
    /// Size of a KV block. \[tokens\]
    pub(super) block_size: u64,
    /// KV blocks of each instance. \[blocks\]
    pub(super) total_kv_blocks: u64,
    /// Seed of the object.
    pub(super) seed: u64,
}

impl Default for World {
    fn default() -> Self {
        Self { instances: 4, block_size: 16, total_kv_blocks: 1000, seed: 42 }
    }
}

impl World {
    /// The same cluster with so many instances.
    pub(super) fn of(instances: usize) -> Self {
        Self { instances: instances as u64, ..Self::default() }
    }

    /// As the facts of one object; `instance` for kinds that belong to one.
    pub(super) fn facts(&self, instance: Option<u64>) -> Facts {
        Facts {
            instances: self.instances,
            block_size: self.block_size,
            total_kv_blocks: self.total_kv_blocks,
            seed: self.seed,
            instance,
        }
    }

    fn values(&self) -> [(&'static str, u64); 4] {
        [
            ("instances", self.instances),
            ("block_size", self.block_size),
            ("total_kv_blocks", self.total_kv_blocks),
            ("seed", self.seed),
        ]
    }

    /// What differs from another one, for a person.
    pub(super) fn differences(&self, usual: &Self) -> Vec<String> {
        let values = self.values().into_iter().zip(usual.values());
        let different = values.filter(|(ours, theirs)| ours != theirs);
        different.map(|((name, value), _)| format!("built with {name} = {value}")).collect()
    }

    /// All of it, for a program.
    pub(super) fn to_json(self) -> serde_json::Value {
        serde_json::json!(std::collections::BTreeMap::from(self.values()))
    }
}
