//! What a routing decision would have been without one of its scorers.

use crate::policy::{ScorerView, best_row};

/// Best total - second best total; `None` for fewer than two candidates.
#[must_use]
pub fn margin(totals: &[f64]) -> Option<f64> {
    let best = best_row(totals);
    let others = totals.iter().enumerate().filter(|(row, _)| *row != best).map(|(_, total)| *total);
    let second = others.reduce(f64::max)?;
    Some(totals[best] - second)
}

/// Whether a scorer tells the candidates apart and has weight: otherwise it had no say.
#[must_use]
pub fn has_say(scorer: &ScorerView<'_>) -> bool {
    let differs = scorer.scores.windows(2).any(|pair| pair[0] != pair[1]);
    scorer.answered && scorer.weight > 0.0 && differs
}

/// Whether the best candidate is another one without this scorer, the other weights sharing its part. Ties
/// go to the lowest row with it and without it.
#[must_use]
pub fn flips(scorers: &[ScorerView<'_>], left_out: usize, totals: &[f64]) -> bool {
    // Without one that has no say the order is the same, whatever rounding makes of it.
    scorers.get(left_out).is_some_and(has_say)
        && best_row(&without(scorers, left_out, totals.len())) != best_row(totals)
}

/// The totals without one scorer; all 0 where no weight is left.
fn without(scorers: &[ScorerView<'_>], left_out: usize, rows: usize) -> Vec<f64> {
    let others = || scorers.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, scorer)| scorer);
    let asked = || others().filter(|scorer| scorer.answered && scorer.weight > 0.0);
    let sum: f64 = asked().map(|scorer| scorer.weight).sum();
    let mut totals = vec![0.0; rows];
    for scorer in asked() {
        let share = scorer.weight / sum;
        totals.iter_mut().zip(scorer.scores).for_each(|(total, score)| *total += share * score);
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scorer(weight: f64, scores: &[f64]) -> ScorerView<'_> {
        ScorerView { name: "any", weight, scores, answered: true }
    }

    #[test]
    fn the_margin_is_between_the_best_two() {
        assert_eq!(margin(&[0.25, 0.75, 0.5]), Some(0.25));
        assert_eq!(margin(&[0.5, 0.5, 0.25]), Some(0.0));
        assert_eq!(margin(&[0.5]), None);
        assert_eq!(margin(&[]), None);
    }

    #[test]
    fn the_scorer_that_outweighs_the_others_flips_and_they_do_not() {
        // Totals 0.5 * [1, 0] + 0.25 * [0, 1] + 0.25 * [0, 0.5] = [0.5, 0.375]; without the first
        // [0, 0.75], without the second [2/3, 1/6], without the third [2/3, 1/3].
        let all = [scorer(0.5, &[1.0, 0.0]), scorer(0.25, &[0.0, 1.0]), scorer(0.25, &[0.0, 0.5])];
        let flipped = (0..3).map(|at| flips(&all, at, &[0.5, 0.375])).collect::<Vec<_>>();
        assert_eq!(flipped, [true, false, false]);
        assert_eq!(without(&all, 0, 2), [0.0, 0.75]);
        assert!(!flips(&all, 3, &[0.5, 0.375]), "there is no such scorer");
    }

    #[test]
    fn without_any_other_weight_the_first_row_is_as_good_as_any() {
        let one = [scorer(1.0, &[0.0, 1.0]), scorer(0.0, &[1.0, 0.0])];
        assert!(flips(&one, 0, &[0.0, 1.0]));
        assert!(!flips(&one, 1, &[0.0, 1.0]), "no weight, no say");
    }

    #[test]
    fn one_that_did_not_answer_or_gives_all_the_same_has_no_say() {
        let silent = ScorerView { answered: false, ..scorer(0.0, &[0.0, 1.0]) };
        assert!(!has_say(&silent));
        assert!(!has_say(&scorer(1.0, &[0.3, 0.3])));
        assert!(has_say(&scorer(1.0, &[0.3, 0.4])));
    }
}
