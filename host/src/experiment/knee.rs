//! Where arms pass saturation as a factor goes on: the knee of a load curve.

use std::collections::BTreeMap;

use super::results::{Arm, Factor, Knee};

/// One for every factor that is a number and every combination of the levels of the others, in that order.
pub(super) fn knees(factors: &[Factor], arms: &[Arm]) -> Vec<Knee> {
    factors.iter().flat_map(|factor| of_factor(factor, factors, arms)).collect()
}

/// Arms that differ in one factor: its value, and whether the arm is past saturation.
type Points = Vec<(f64, bool)>;

fn of_factor(factor: &Factor, factors: &[Factor], arms: &[Arm]) -> Vec<Knee> {
    let Some(numbers) = factor.numbers.as_ref().filter(|numbers| numbers.len() > 1) else {
        return Vec::new();
    };
    // Each line with its points; few enough to be looked for one by one, and in the order of writing.
    let mut lines: Vec<(BTreeMap<String, String>, Points)> = Vec::new();
    for arm in arms.iter().filter(|arm| arm.measured().next().is_some()) {
        let mut others = arm.levels.clone();
        let Some(level) = others.remove(&factor.name) else { continue };
        let at = factor.levels.iter().position(|name| *name == level).and_then(|at| numbers.get(at));
        let Some(&at) = at else { continue };
        let point = (at, arm.is_past_saturation());
        match lines.iter_mut().find(|(known, _)| *known == others) {
            Some((_, points)) => points.push(point),
            None => lines.push((others, vec![point])),
        }
    }
    let named = |levels: &BTreeMap<String, String>| {
        let names = factors.iter().filter_map(|other| levels.get(&other.name));
        names.cloned().collect::<Vec<_>>().join(".")
    };
    let lines = lines.into_iter().filter(|(_, points)| points.len() > 1);
    lines.map(|(levels, points)| knee(named(&levels), &factor.name, points)).collect()
}

fn knee(line: String, factor: &str, mut points: Points) -> Knee {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of = |saturated: bool| points.iter().filter(move |(_, is)| *is == saturated).map(|(at, _)| *at);
    let flips: Vec<&[(f64, bool)]> = points.windows(2).filter(|pair| pair[0].1 != pair[1].1).collect();
    let (holds_at, saturated_at) = match flips[..] {
        [pair] if pair[1].1 => (Some(pair[0].0), Some(pair[1].0)),
        [pair] => (Some(pair[1].0), Some(pair[0].0)),
        // Never or always: as far as was looked.
        [] => (of(false).next_back(), of(true).next()),
        _ => (None, None),
    };
    Knee { line, factor: factor.to_owned(), holds_at, saturated_at, flips: flips.len() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: &[(f64, bool)]) -> (Option<f64>, Option<f64>, u64) {
        let found = knee("x".to_owned(), "rate", points.to_vec());
        (found.holds_at, found.saturated_at, found.flips)
    }

    #[test]
    fn a_knee_lies_between_the_levels_where_it_flips() {
        assert_eq!(of(&[(30.0, true), (10.0, false), (20.0, false)]), (Some(20.0), Some(30.0), 1));
        // With a factor such as memory, less of it saturates.
        assert_eq!(of(&[(500.0, true), (2000.0, true), (5000.0, false)]), (Some(5000.0), Some(2000.0), 1));
        assert_eq!(of(&[(1.0, false), (2.0, false)]), (Some(2.0), None, 0));
        assert_eq!(of(&[(1.0, true), (2.0, true)]), (None, Some(1.0), 0));
        assert_eq!(of(&[(1.0, false), (2.0, true), (3.0, false)]), (None, None, 2));
    }
}
