//! Recursive least squares with exponential forgetting.
//!
//! The estimate after each observation `(x, y)`, with forgetting `f` (Haykin, Adaptive Filter Theory,
//! chapter on the RLS algorithm):
//!
//! ```text
//! k = P x / (f + x' P x)        the gain
//! w = w + k (y - w' x)          the weights
//! P = (P - k x' P) / f          the inverse of the weighted correlation of the features
//! ```
//!
//! `P` starts as `I / ridge`: with few observations this is ridge regression. What the features never
//! vary in is never observed, and `P` would grow there for ever (wind-up): its trace is held below that of
//! the start, so that memory of a direction fades no further than to ignorance.

/// Number of features.
pub(crate) const FEATURES: usize = 6;

/// Features of one decision.
pub(crate) type Features = [f64; FEATURES];

/// A linear model that learns from one observation after the other.
#[derive(Debug, Clone)]
pub(crate) struct Rls {
    weights: Features,
    inverse: [[f64; FEATURES]; FEATURES],
    observations: u64,
}

impl Rls {
    pub(crate) fn new(ridge: f64) -> Self {
        let mut inverse = [[0.0; FEATURES]; FEATURES];
        for (index, row) in inverse.iter_mut().enumerate() {
            row[index] = 1.0 / ridge;
        }
        Self { weights: [0.0; FEATURES], inverse, observations: 0 }
    }

    /// How many observations it has learnt from since it began, or began anew.
    pub(crate) fn observations(&self) -> u64 {
        self.observations
    }

    pub(crate) fn predict(&self, x: &Features) -> f64 {
        dot(&self.weights, x)
    }

    /// Learns that `x` came with `y`.
    pub(crate) fn observe(&mut self, x: &Features, y: f64, forgetting: f64, ridge: f64) {
        let mut px = [0.0; FEATURES];
        for (value, row) in px.iter_mut().zip(&self.inverse) {
            *value = dot(row, x);
        }
        let denominator = forgetting + dot(x, &px);
        let error = y - self.predict(x);
        for (weight, value) in self.weights.iter_mut().zip(&px) {
            *weight += value / denominator * error;
        }
        let mut trace = 0.0;
        for (i, row) in self.inverse.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value = (*value - px[i] * px[j] / denominator) / forgetting;
                if i == j {
                    trace += *value;
                }
            }
        }
        let most = FEATURES as f64 / ridge;
        if trace > most {
            let scale = most / trace;
            self.inverse.iter_mut().flatten().for_each(|value| *value *= scale);
        }
        self.observations += 1;
        // Rounding can make of `P` what no inverse is. Then nothing that it says is worth keeping.
        if !(denominator > 0.0 && trace > 0.0 && self.weights.iter().all(|weight| weight.is_finite())) {
            *self = Self::new(ridge);
        }
    }
}

fn dot(a: &Features, b: &Features) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
