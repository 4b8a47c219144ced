//! Seeds to search on, and others to claim on.

/// So far the seeds of the search are from those of the claim: no count has more than 32 bits.
const APART: u64 = 1 << 32;

/// Two sets of seeds that have none in common, by construction.
///
/// The claim takes the first ones, as `ab` does: whoever asks `ab` about a point afterwards asks on
/// seeds that the search did not see either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    first: u64,
}

impl Seeds {
    /// From the seed of the configuration on.
    #[must_use]
    pub fn new(first: u64) -> Self {
        Self { first }
    }

    /// Seeds of the search, from number `from` up to `to`.
    #[must_use]
    pub fn search(self, from: u32, to: u32) -> Vec<u64> {
        (from..to).map(|index| self.first.wrapping_add(APART + u64::from(index))).collect()
    }

    /// Seeds that the search never sees.
    #[must_use]
    pub fn held_out(self, count: u32) -> Vec<u64> {
        (0..count).map(|index| self.first.wrapping_add(index.into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_seed_is_in_both(first: u64, search in 0u32..500, held_out in 0u32..500) {
            let seeds = Seeds::new(first);
            let search: BTreeSet<u64> = seeds.search(0, search).into_iter().collect();
            let held_out: BTreeSet<u64> = seeds.held_out(held_out).into_iter().collect();
            prop_assert!(search.is_disjoint(&held_out));
        }
    }

    #[test]
    fn even_the_largest_counts_stay_apart() {
        let seeds = Seeds::new(u64::MAX - 3);
        let last_held_out = seeds.first.wrapping_add(u64::from(u32::MAX) - 1);
        assert_eq!(seeds.search(0, 1)[0].wrapping_sub(last_held_out), 2);
        assert_eq!(seeds.search(u32::MAX - 1, u32::MAX)[0].wrapping_sub(seeds.first), APART + 0xffff_fffe);
        assert_eq!(seeds.held_out(2), [u64::MAX - 3, u64::MAX - 2]);
    }
}
