//! KV memory of one instance: GPU blocks, the prefix cache over them, and the CPU tier.

mod blocks;
mod cpu_tier;
mod held;
mod identities;
mod individual;
mod landing;
mod link;
mod log;
mod runs;

pub(crate) use blocks::BlockPool;
pub(crate) use cpu_tier::CpuTier;
pub(crate) use held::Held;
pub(crate) use landing::Landings;
pub(crate) use link::Link;
