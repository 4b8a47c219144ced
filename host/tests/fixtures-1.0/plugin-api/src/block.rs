//! KV blocks as a policy sees them: content identities, in runs.

use abi_stable::{StableAbi, std_types::RSlice};

/// `len` consecutive block identities: `first, first + 1, ...` (wrapping).
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, StableAbi)]
pub struct BlockRun {
    /// Identity of the first block.
    pub first: u64,
    /// Number of blocks.
    pub len: u64,
}

/// The block identities of one request, as they lie in a column.
pub type Blocks<'a> = RSlice<'a, BlockRun>;
