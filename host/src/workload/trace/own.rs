//! Identities for content that no other request shares.

use pointsman_plugin_api::BlockRun;

/// Private identities beside identities that this crate numbers itself: the upper half of the 64-bit
/// range, handed out by a counter, so that they cannot meet the lower half.
#[derive(Debug)]
pub(super) struct Counted(u64);

impl Counted {
    pub(super) fn new() -> Self {
        Self(1 << 63)
    }

    /// A run of `len` identities that nobody else has.
    pub(super) fn run(&mut self, len: u64) -> BlockRun {
        let first = self.0;
        // More than 2^63 blocks cannot be reached by reading lines.
        self.0 = self.0.wrapping_add(len) | 1 << 63;
        BlockRun { first, len }
    }
}

/// Private identities beside hashes of a trace, which may lie anywhere: runs that begin at scrambled
/// numbers. Two blocks are equal by accident with a chance of 2^-64 for each pair, as with the hashes
/// themselves.
#[derive(Debug, Default)]
pub(super) struct Scattered(u64);

impl Scattered {
    /// A run of `len` identities that nobody else has.
    pub(super) fn run(&mut self, len: u64) -> BlockRun {
        self.0 += 1;
        BlockRun { first: scramble(self.0), len }
    }
}

/// A bijection on 64 bits whose values look random: `SplitMix64` (Steele, Lea and Flood 2014) at the
/// given position of its sequence, from a fixed start.
fn scramble(position: u64) -> u64 {
    let mut z = 0x706f_696e_7473_6d61_u64.wrapping_add(position.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
