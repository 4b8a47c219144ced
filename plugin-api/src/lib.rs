//! Everything that the author of a Pointsman policy depends on.

/// `len` consecutive block identities: `first, first + 1, ...` (wrapping).
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, abi_stable::StableAbi)]
pub struct BlockRun {
    /// Identity of the first block.
    pub first: u64,
    /// Number of blocks.
    pub len: u64,
}
