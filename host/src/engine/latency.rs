//! How long things take: the `linear` latency model (`model.md` section 10).

use super::settings::LinearLatency;

/// What a step is going to compute, as far as its duration depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StepLoad {
    /// P: tokens of requests that still have prompt or recompute work.
    pub(crate) prefill_tokens: u64,
    /// D: requests that only decode.
    pub(crate) decode_requests: u64,
    /// A: sum over the former of tokens times context after the step.
    pub(crate) attended_tokens: u128,
}

impl StepLoad {
    /// Adds a request that gets `n` tokens after `computed` ones, of a prompt of `prompt_tokens`.
    pub(crate) fn add(&mut self, n: u64, computed: u64, prompt_tokens: u64) {
        if n > 1 || computed < prompt_tokens {
            self.prefill_tokens += n;
            self.attended_tokens += u128::from(n) * u128::from(computed + n);
        } else {
            self.decode_requests += 1;
        }
    }
}

impl LinearLatency {
    /// Ticks of a step. Doubles, left to right, truncated; a cast saturates, so that an absurd
    /// result ends at the clock's own check.
    pub(crate) fn step_us(&self, load: &StepLoad) -> u64 {
        let [base, prefill, decode] = self.beta;
        let mut us = base + prefill * load.prefill_tokens as f64 + decode * load.decode_requests as f64;
        if let Some(attention) = self.beta3 {
            us += attention * load.attended_tokens as f64;
        }
        us as u64
    }

    /// Ticks between the routing decision and the instance's queue.
    pub(crate) fn pipeline_us(&self, prompt_tokens: u64) -> u64 {
        (self.alpha[0] + self.alpha[1] * prompt_tokens as f64) as u64
    }

    /// Ticks between a step's end and the client's sight of its tokens.
    pub(crate) fn delivery_us(&self) -> u64 {
        self.alpha[2] as u64
    }
}
