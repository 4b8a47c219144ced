//! Which points no other point beats. All values are such that lower is better.

/// Whether `a` is at least as good as `b` in all values, and better in one.
#[must_use]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}

/// The rank of each point: 0 for those that no other dominates, 1 for those that are not dominated once
/// these are away, and so on (non-dominated sorting: Deb, Pratap, Agarwal and Meyarivan, IEEE
/// Transactions on Evolutionary Computation 6, 2002, 182-197).
#[must_use]
pub fn ranks(values: &[Vec<f64>]) -> Vec<usize> {
    let count = values.len();
    let mut dominated_by = vec![0_usize; count];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (a, below) in below.iter_mut().enumerate() {
        for b in 0..count {
            if dominates(&values[a], &values[b]) {
                below.push(b);
                dominated_by[b] += 1;
            }
        }
    }
    let mut ranks = vec![0; count];
    let mut front: Vec<usize> = (0..count).filter(|&index| dominated_by[index] == 0).collect();
    let mut rank = 0;
    while !front.is_empty() {
        let mut next = Vec::new();
        for &index in &front {
            ranks[index] = rank;
            for &other in &below[index] {
                dominated_by[other] -= 1;
                if dominated_by[other] == 0 {
                    next.push(other);
                }
            }
        }
        front = next;
        rank += 1;
    }
    ranks
}

/// How alone each of these points is among them: the sum over all values of the distance between its
/// neighbours, each as a share of the whole span (the crowding distance of the same paper). Infinite for
/// the best and the worst in a value, of several equal ones for the first.
#[must_use]
pub fn crowding(values: &[&[f64]]) -> Vec<f64> {
    let mut distances = vec![0.0; values.len()];
    let width = values.first().map_or(0, |first| first.len());
    for value in 0..width {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a][value].total_cmp(&values[b][value]));
        let (Some(&first), Some(&last)) = (order.first(), order.last()) else { continue };
        let span = values[last][value] - values[first][value];
        if span <= 0.0 {
            continue;
        }
        distances[first] = f64::INFINITY;
        distances[last] = f64::INFINITY;
        for three in order.windows(3) {
            distances[three[1]] += (values[three[2]][value] - values[three[0]][value]) / span;
        }
    }
    distances
}

/// All points, the best first: those that keep within all bounds before those that do not (the latter by
/// how far they are out), then by rank, then the more alone ones, then as they came.
#[must_use]
pub fn order(values: &[Vec<f64>], violations: &[f64]) -> Vec<usize> {
    let is_within = |index: &usize| violations[*index] <= 0.0;
    let (mut within, mut out): (Vec<usize>, Vec<usize>) = (0..values.len()).partition(is_within);
    out.sort_by(|&a, &b| violations[a].total_cmp(&violations[b]));
    let own: Vec<Vec<f64>> = within.iter().map(|&index| values[index].clone()).collect();
    let ranks = ranks(&own);
    let mut keys = vec![(0, 0.0); values.len()];
    for rank in 0..=ranks.iter().copied().max().unwrap_or(0) {
        let members: Vec<usize> = (0..own.len()).filter(|&place| ranks[place] == rank).collect();
        let distances = crowding(&members.iter().map(|&place| &own[place][..]).collect::<Vec<_>>());
        for (&place, distance) in members.iter().zip(distances) {
            keys[within[place]] = (rank, distance);
        }
    }
    within.sort_by(|&a, &b| keys[a].0.cmp(&keys[b].0).then(keys[b].1.total_cmp(&keys[a].1)).then(a.cmp(&b)));
    within.extend(out);
    within
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(width: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
        // Few different values, so that there are ties.
        let value = (0i32..6).prop_map(f64::from);
        prop::collection::vec(prop::collection::vec(value, width..=width), 0..40)
    }

    proptest! {
        #[test]
        fn the_front_is_exactly_what_nothing_dominates(all in (1usize..4).prop_flat_map(values)) {
            let ranks = ranks(&all);
            for (index, one) in all.iter().enumerate() {
                let is_beaten = all.iter().any(|other| dominates(other, one));
                prop_assert_eq!(ranks[index] == 0, !is_beaten);
                // Whoever is of a later rank is dominated by one of the rank before.
                if ranks[index] > 0 {
                    let above = all.iter().zip(&ranks).filter(|(_, rank)| **rank + 1 == ranks[index]);
                    prop_assert!(above.into_iter().any(|(other, _)| dominates(other, one)));
                }
            }
        }

        #[test]
        fn nobody_comes_before_what_dominates_it(all in (1usize..4).prop_flat_map(values)) {
            let order = order(&all, &vec![0.0; all.len()]);
            let mut seen = order.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..all.len()).collect::<Vec<_>>());
            for (place, &later) in order.iter().enumerate() {
                for &earlier in &order[..place] {
                    prop_assert!(!dominates(&all[later], &all[earlier]));
                }
            }
        }
    }

    #[test]
    fn one_value_is_plain_order() {
        let all: Vec<Vec<f64>> = [3.0, 1.0, 2.0, 1.0].iter().map(|&value| vec![value]).collect();
        assert_eq!(order(&all, &[0.0; 4]), [1, 3, 2, 0]);
    }

    #[test]
    fn the_ends_of_a_front_and_lonely_points_come_first() {
        let all = [[0.0, 10.0], [1.0, 9.0], [1.1, 8.9], [6.0, 4.0], [10.0, 0.0]].map(|one| one.to_vec());
        assert_eq!(order(&all, &[0.0; 5]), [0, 4, 3, 2, 1]);
        assert!(crowding(&[&[1.0, 2.0], &[1.0, 2.0]]).iter().all(|distance| *distance == 0.0));
    }

    #[test]
    fn who_breaks_a_bound_comes_last_however_good() {
        let all = [[0.0], [5.0], [6.0]].map(|one| one.to_vec());
        assert_eq!(order(&all, &[0.2, 0.1, 0.0]), [2, 1, 0]);
    }
}
