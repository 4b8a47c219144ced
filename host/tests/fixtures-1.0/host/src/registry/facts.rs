//! What the host tells a policy that it builds.

use pointsman_plugin_api::{
    Column,
    abi::{NamedColumn, RSlice, RStr, SetupCall},
    setup,
};

/// The facts of a run, and of the one object that is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Number of instances.
    pub instances: u64,
    /// Size of a KV block. \[tokens\]
    pub block_size: u64,
    /// KV blocks of each instance. \[blocks\]
    pub total_kv_blocks: u64,
    /// Seed of this object's own randomness.
    pub seed: u64,
    /// The instance that it belongs to: schedulers and priorities have one.
    pub instance: Option<u64>,
}

impl Facts {
    /// Lends the facts in the form in which they cross the ABI.
    pub(super) fn lend<R>(&self, lend: impl FnOnce(SetupCall<'_>) -> R) -> R {
        let values = [
            (setup::INSTANCES.id(), Some(self.instances)),
            (setup::BLOCK_SIZE.id(), Some(self.block_size)),
            (setup::TOTAL_KV_BLOCKS.id(), Some(self.total_kv_blocks)),
            (setup::SEED.id(), Some(self.seed)),
            (setup::INSTANCE.id(), self.instance),
        ];
        let facts = values.each_ref().map(|(id, value)| NamedColumn {
            id: RStr::from_str(id),
            column: value.as_ref().map_or(Column::absent(), |value| Column::of(std::slice::from_ref(value))),
        });
        lend(SetupCall { facts: RSlice::from_slice(&facts) })
    }
}
