//! From a load to a score.

/// What a load is measured against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Range {
    /// The least and the most among the candidates.
    Relative,
    /// 0 and the most among the candidates.
    Proportional,
    /// Two constants.
    Fixed {
        /// Scores best.
        low: f64,
        /// Scores 0.
        high: f64,
    },
}

/// How a load becomes a score: linear over a range, from `best` down to 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) range: Range,
    /// The high end of the range is the good one.
    pub(crate) prefer_high: bool,
    /// The score of the good end. \[0 to 1\]
    pub(crate) best: f64,
    /// A load of at most this scores 1.
    pub(crate) idle: Option<f64>,
}

impl Scale {
    pub(crate) fn score(&self, loads: &[f64], scores: &mut [f64]) {
        let most = || loads.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = || loads.iter().copied().fold(f64::INFINITY, f64::min);
        let (low, high) = match self.range {
            Range::Relative => (least(), most()),
            Range::Proportional => (0.0, most()),
            Range::Fixed { low, high } => (low, high),
        };
        let span = high - low;
        for (score, &load) in scores.iter_mut().zip(loads) {
            *score = if self.idle.is_some_and(|idle| load <= idle) {
                1.0
            } else if span > 0.0 && span.is_finite() {
                let inside = load.clamp(low, high);
                let from_bad_end = if self.prefer_high { inside - low } else { high - inside };
                from_bad_end / span * self.best
            } else {
                // Nothing tells them apart.
                self.best
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELATIVE: Scale = Scale { range: Range::Relative, prefer_high: false, best: 1.0, idle: None };

    fn scored(scale: Scale, loads: &[f64]) -> Vec<f64> {
        let mut scores = vec![f64::NAN; loads.len()];
        scale.score(loads, &mut scores);
        scores
    }

    #[test]
    fn relative_is_between_the_least_and_the_most() {
        // (10 - 2)/(10 - 2), (10 - 6)/8, 0/8.
        assert_eq!(scored(RELATIVE, &[2.0, 6.0, 10.0]), [1.0, 0.5, 0.0]);
        assert_eq!(scored(RELATIVE, &[3.0, 3.0]), [1.0, 1.0]);
        assert_eq!(scored(RELATIVE, &[7.0]), [1.0]);
    }

    #[test]
    fn proportional_starts_at_0() {
        let scale = Scale { range: Range::Proportional, ..RELATIVE };
        // (8 - 2)/8, (8 - 4)/8, 0.
        assert_eq!(scored(scale, &[2.0, 4.0, 8.0]), [0.75, 0.5, 0.0]);
        assert_eq!(scored(scale, &[0.0, 0.0]), [1.0, 1.0]);
    }

    #[test]
    fn fixed_is_clamped_at_both_ends() {
        let scale = Scale { range: Range::Fixed { low: 2.0, high: 10.0 }, ..RELATIVE };
        assert_eq!(scored(scale, &[0.0, 2.0, 4.0, 10.0, 11.0]), [1.0, 1.0, 0.75, 0.0, 0.0]);
    }

    #[test]
    fn the_good_end_can_be_the_high_one_and_score_less_than_1() {
        let scale = Scale { prefer_high: true, best: 0.5, ..RELATIVE };
        assert_eq!(scored(scale, &[0.0, 4.0, 8.0]), [0.0, 0.25, 0.5]);
    }

    #[test]
    fn idle_ones_score_1_however_little_the_best_of_the_others() {
        let scale = Scale { range: Range::Proportional, best: 0.5, idle: Some(1.0), ..RELATIVE };
        // 1; (4 - 2)/4 * 0.5; 0.
        assert_eq!(scored(scale, &[1.0, 2.0, 4.0]), [1.0, 0.25, 0.0]);
    }
}
