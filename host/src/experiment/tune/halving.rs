//! How many points get how many seeds: successive halving (Karnin, Koren and Somekh, ICML 2013; Jamieson
//! and Talwalkar, AISTATS 2016). All points get a few seeds; the better part gets twice as many, and so
//! on, so that seeds are spent where it is not yet clear who is better.

/// A rung: so many points, each on so many seeds, those of earlier rungs included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Points.
    pub points: usize,
    /// Seeds of each.
    pub seeds: u32,
}

/// The rungs for so many points: `first` seeds, then each time `eta` times as many for the best of `eta`
/// parts, up to `most` seeds; `least` points are kept to the end, or all there are.
#[must_use]
pub fn plan(points: usize, first: u32, most: u32, eta: u32, least: usize) -> Vec<Rung> {
    let eta = eta.max(2);
    let mut rungs = Vec::new();
    let mut rung = Rung { points, seeds: first.min(most).max(1) };
    loop {
        rungs.push(rung);
        // A point that is alone has nobody to be compared with.
        if rung.seeds >= most || rung.points <= 1 {
            return rungs;
        }
        rung = Rung {
            points: rung.points.div_ceil(eta as usize).max(least.max(1).min(rung.points)),
            seeds: rung.seeds.saturating_mul(eta).min(most),
        };
    }
}

/// The runs of these rungs; the baseline is in all of them.
#[must_use]
pub fn runs(rungs: &[Rung]) -> u64 {
    let mut before = 0;
    let more = rungs.iter().map(|rung| {
        let new = rung.seeds - std::mem::replace(&mut before, rung.seeds);
        (rung.points as u64 + 1) * u64::from(new)
    });
    more.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(points: usize, first: u32, most: u32, eta: u32, least: usize) -> Vec<(usize, u32)> {
        plan(points, first, most, eta, least).iter().map(|rung| (rung.points, rung.seeds)).collect()
    }

    #[test]
    fn points_are_halved_and_seeds_doubled() {
        assert_eq!(shape(73, 2, 16, 2, 6), [(73, 2), (37, 4), (19, 8), (10, 16)]);
        assert_eq!(shape(9, 2, 16, 3, 1), [(9, 2), (3, 6), (1, 16)]);
        assert_eq!(shape(4, 2, 16, 2, 6), [(4, 2), (4, 4), (4, 8), (4, 16)], "few points stay together");
        assert_eq!(shape(3, 2, 16, 2, 1), [(3, 2), (2, 4), (1, 8)], "one alone is compared with nobody");
        assert_eq!(shape(5, 8, 4, 2, 1), [(5, 4)]);
        // 74 * 2 + 38 * 2 + 20 * 4 + 11 * 8
        assert_eq!(runs(&plan(73, 2, 16, 2, 6)), 392);
    }

    proptest! {
        #[test]
        fn points_never_grow_and_seeds_always_do(
            points in 1usize..5000, first in 1u32..20, most in 1u32..200, eta in 2u32..5, least in 1usize..10,
        ) {
            let rungs = plan(points, first, most, eta, least);
            prop_assert_eq!(rungs[0].points, points);
            for pair in rungs.windows(2) {
                prop_assert!(pair[1].points <= pair[0].points && pair[1].seeds > pair[0].seeds);
                prop_assert!(pair[1].points >= least.min(points));
            }
            let last = rungs[rungs.len() - 1];
            prop_assert!(last.seeds == most || last.points == 1);
        }
    }
}
