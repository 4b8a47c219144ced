//! The points of a space: none twice, none silently left out.

use std::collections::BTreeMap;

use rand::RngExt as _;

use crate::config::space::SpaceSpec;
use crate::random;

/// The points that are tried, and what became of all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Points {
    /// A level for each axis, in the order of the axes.
    pub points: Vec<Vec<usize>>,
    /// All combinations of levels.
    pub combinations: u128,
    /// Combinations that leave a router without scorers; `None` where not all were looked at.
    pub without_scorers: Option<u64>,
    /// Combinations that choose as an earlier one does, such as `pa:2,qd:2` after `pa:1,qd:1`.
    pub equal: Option<u64>,
    /// Whether the points are a random part of the space.
    pub is_sampled: bool,
}

/// Larger spaces are not listed but drawn from.
const LISTED: u128 = 200_000;

/// The points of a space, at most `most` of them; `seed` decides which if there are more.
#[must_use]
pub fn points(spec: &SpaceSpec, most: usize, seed: u64) -> Points {
    let sizes: Vec<usize> = spec.axes().iter().map(|axis| axis.len()).collect();
    let combinations = sizes.iter().fold(1_u128, |all, &size| all.saturating_mul(size as u128));
    let mut rng = random::stream(seed, "tune-space");
    let mut known: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    let (mut empty, mut equal) = (0, 0);
    if combinations > LISTED {
        // Each draw is new with a good chance; a space of few different points ends it all the same.
        for _ in 0..most.saturating_mul(50) {
            let levels: Vec<usize> = sizes.iter().map(|&size| rng.random_range(0..size)).collect();
            if let Some(key) = key(spec, &levels) {
                known.entry(key).or_insert(levels);
            }
            if known.len() == most {
                break;
            }
        }
        let mut points: Vec<Vec<usize>> = known.into_values().collect();
        points.sort_unstable();
        return Points { points, combinations, without_scorers: None, equal: None, is_sampled: true };
    }
    let mut points = Vec::new();
    let mut levels = vec![0; sizes.len()];
    for _ in 0..combinations {
        match key(spec, &levels) {
            None => empty += 1,
            Some(key) if known.contains_key(&key) => equal += 1,
            Some(key) => {
                known.insert(key, Vec::new());
                points.push(levels.clone());
            }
        }
        advance(&mut levels, &sizes);
    }
    let is_sampled = points.len() > most;
    if is_sampled {
        for place in 0..most {
            let other = rng.random_range(place..points.len());
            points.swap(place, other);
        }
        points.truncate(most);
        points.sort_unstable();
    }
    Points { points, combinations, without_scorers: Some(empty), equal: Some(equal), is_sampled }
}

/// The next combination, the last axis fastest.
fn advance(levels: &mut [usize], sizes: &[usize]) {
    for (level, &size) in levels.iter_mut().zip(sizes).rev() {
        *level += 1;
        if *level < size {
            return;
        }
        *level = 0;
    }
}

/// Equal for points that choose alike whatever happens; `None` for a router without scorers.
fn key(spec: &SpaceSpec, levels: &[usize]) -> Option<Vec<u64>> {
    let weight = |axis: usize| spec.axes()[axis].number(levels[axis]).unwrap_or(0.0);
    let mut key = Vec::with_capacity(levels.len());
    let mut is_weight = vec![false; levels.len()];
    for group in spec.groups() {
        let weights: Vec<f64> = group.iter().map(|&axis| weight(axis)).collect();
        if weights.iter().all(|weight| *weight == 0.0) {
            return None;
        }
        key.extend(proportions(&weights));
        group.iter().for_each(|&axis| is_weight[axis] = true);
    }
    for (index, axis) in spec.axes().iter().enumerate().filter(|(index, _)| !is_weight[*index]) {
        let is_out = axis.under().is_some_and(|under| weight(under) == 0.0);
        // The parameters of a scorer that is left out do nothing.
        key.push(if is_out { u64::MAX } else { levels[index] as u64 });
    }
    Some(key)
}

/// Equal for weights of which some are a multiple of the others, exactly. The router uses
/// `weight / sum(weights)` alone, and division is correctly rounded: of equal proportions it gives the same
/// bits, as long as the sums are exact. They are for whole numbers of this size, and for any numbers times a
/// power of two. Others, such as 0.1 and 0.3 against 0.2 and 0.6, are compared by what is sure.
fn proportions(weights: &[f64]) -> Vec<u64> {
    /// 256 scorers of this weight add up to less than 2^53.
    const EXACT: f64 = 17_592_186_044_416.0;
    let highest = weights.iter().copied().fold(0.0, f64::max);
    let mut scale = 1.0;
    while weights.iter().any(|weight| (weight * scale).fract() != 0.0) && highest * scale <= EXACT {
        scale *= 2.0;
    }
    if highest * scale <= EXACT {
        let whole: Vec<u64> = weights.iter().map(|weight| (weight * scale) as u64).collect();
        let common = whole.iter().copied().fold(0, greatest_common_divisor).max(1);
        return whole.iter().map(|weight| weight / common).collect();
    }
    // Within what a double can scale by; denormal numbers become larger, none becomes infinite.
    let power = 2f64.powi(-(highest.log2().floor() as i32).clamp(-1000, 1000));
    weights.iter().map(|weight| (weight * power).to_bits()).collect()
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn read(space: &str, vary: &[&str]) -> SpaceSpec {
        let vary: Vec<String> = vary.iter().map(|text| (*text).to_owned()).collect();
        SpaceSpec::read(Some(space), &vary).unwrap()
    }

    fn labels(spec: &SpaceSpec, points: &Points) -> Vec<String> {
        points.points.iter().map(|levels| spec.label(levels)).collect()
    }

    #[test]
    fn points_that_choose_alike_are_there_once() {
        let spec = read("pa:0..2,qd:0..2", &[]);
        let found = points(&spec, 100, 1);
        assert_eq!(labels(&spec, &found), ["qd:1", "pa:1", "pa:1,qd:1", "pa:1,qd:2", "pa:2,qd:1"]);
        assert_eq!((found.combinations, found.without_scorers, found.equal), (9, Some(1), Some(3)));
        assert!(!found.is_sampled);
    }

    #[test]
    fn parameters_of_a_scorer_that_is_left_out_make_no_point() {
        let spec = read(
            "{routing: {scorers: [{name: pa, weight: 0..1, params: {c: 1|2}}, {name: qd, weight: 1}]}}",
            &[],
        );
        assert_eq!(points(&spec, 100, 1).points.len(), 3);
    }

    #[test]
    fn a_large_space_is_sampled_and_says_so() {
        let spec = read("pa:1..97,qd:1..89", &[]);
        let (found, again, other) = (points(&spec, 50, 1), points(&spec, 50, 1), points(&spec, 50, 2));
        assert!(found.is_sampled && found.points.len() == 50 && found == again && found != other);
        let huge = read("pa:1..999,qd:1..999,kv:1..999,lb:0..999", &[]);
        let found = points(&huge, 50, 1);
        assert!(found.is_sampled && found.points.len() == 50);
        assert_eq!((found.combinations, found.equal), (999 * 999 * 999 * 1000, None));
        // Many axes: more combinations than any integer holds.
        let vary: Vec<String> = (0..20).map(|key| format!("k{key}=1..1000")).collect();
        let spec = SpaceSpec::read(None, &vary).unwrap();
        assert_eq!(points(&spec, 5, 1).points.len(), 5);
    }

    proptest! {
        /// What the router computes, bit for bit.
        #[test]
        fn equal_proportions_are_equal_shares(
            weights in prop::collection::vec(0u32..12, 1..6), factor in 1u32..30, tenths in any::<bool>(),
            power in -3i32..4,
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let unit = if tenths { 0.1 } else { 1.0 };
            let first: Vec<f64> = weights.iter().map(|&weight| f64::from(weight) * unit).collect();
            let scaled: Vec<f64> = first.iter().map(|weight| weight * f64::from(factor)).collect();
            let doubled: Vec<f64> = first.iter().map(|weight| weight * 2f64.powi(power)).collect();
            let shares = |weights: &[f64]| -> Vec<u64> {
                let sum: f64 = weights.iter().sum();
                weights.iter().map(|weight| (weight / sum).to_bits()).collect()
            };
            prop_assert_eq!(proportions(&first), proportions(&doubled));
            if !tenths {
                prop_assert_eq!(proportions(&first), proportions(&scaled));
            }
            if proportions(&first) == proportions(&scaled) {
                prop_assert_eq!(shares(&first), shares(&scaled));
            }
        }

        #[test]
        fn every_router_is_there_exactly_once(high in 1u32..7) {
            let spec = read(&format!("pa:0..{high},qd:0..{high}"), &[]);
            let found = points(&spec, 10_000, 1);
            let by_ratio: BTreeSet<(u32, u32)> = (0..=high)
                .flat_map(|a| (0..=high).map(move |b| (a, b)))
                .filter(|(a, b)| a + b > 0)
                .map(|(a, b)| {
                    let divisor = greatest_common_divisor(a.into(), b.into()) as u32;
                    (a / divisor, b / divisor)
                })
                .collect();
            prop_assert_eq!(found.points.len(), by_ratio.len());
            let told = found.points.len() as u64 + found.equal.unwrap() + found.without_scorers.unwrap();
            prop_assert_eq!(u128::from(told), found.combinations);
        }
    }
}
