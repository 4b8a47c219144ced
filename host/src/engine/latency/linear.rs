//! The `linear` model (`model.md` section 10): tokens and requests, whatever their context.

use super::StepLoad;

/// Finite, non-negative coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// beta0 \[us\], beta1 and beta2 \[us/token\].
    pub beta: [f64; 3],
    /// beta3 \[us/token²\], where there is one.
    pub beta3: Option<f64>,
}

impl Linear {
    /// Doubles, left to right. \[us\]
    pub(super) fn step_us(&self, load: &StepLoad) -> f64 {
        let [base, prefill, decode] = self.beta;
        let mut us = base + prefill * load.prefill_tokens as f64 + decode * load.decode_requests as f64;
        if let Some(attention) = self.beta3 {
            us += attention * load.attended_tokens as f64;
        }
        us
    }
}
