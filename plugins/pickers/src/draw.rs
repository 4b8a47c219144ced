//! What is drawn: a row, a few different rows, a row by weight.

use pointsman_plugin_api::Setup;
use pointsman_plugin_api::setup::SEED;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The randomness of one object.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(setup: &Setup<'_>) -> Self {
        Self(ChaCha8Rng::seed_from_u64(setup.get(&SEED)))
    }

    /// A number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Puts `count` different ones of `rows` first, each choice of them as likely as any other, and
    /// returns them: all, if there are no more.
    pub(crate) fn different<'r>(&mut self, count: usize, rows: &'r mut [usize]) -> &'r [usize] {
        let count = count.min(rows.len());
        for at in 0..count {
            let other = at + self.below(rows.len() - at);
            rows.swap(at, other);
        }
        &rows[..count]
    }

    /// A row with a probability in proportion to its weight; one of 0 or less is never drawn. Any
    /// row, if none has more.
    pub(crate) fn by_weight(&mut self, weights: &[f64]) -> usize {
        let sum: f64 = weights.iter().filter(|weight| **weight > 0.0).sum();
        if sum <= 0.0 {
            return self.below(weights.len());
        }
        let mut left = self.0.random::<f64>() * sum;
        let mut drawn = 0;
        for (row, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            drawn = row;
            if left < weight {
                break;
            }
            // Rounding may leave a trace of `left` at the end: then it is the last one.
            left -= weight;
        }
        drawn
    }
}
