//! The `affine-context` model: what a step costs by tokens, requests, and the context that attention reads.

use super::StepLoad;

/// Finite, non-negative coefficients.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AffineContext {
    /// What every step costs: reading the weights, starting kernels, scheduling. \[us\]
    pub base_us: f64,
    /// What every step with a prompt in it costs beside that. \[us\]
    pub prefill_base_us: f64,
    /// Per token of a prompt, or of what is computed again. \[us\]
    pub per_prefill_token_us: f64,
    /// Per pair of such a token and a position that it attends to: causal, and the context that a chunk
    /// really sees, cached prefix included. \[us\]
    pub per_prefill_pair_us: f64,
    /// Per request that only decodes. \[us\]
    pub per_decode_us: f64,
    /// Per token of context that such a request attends to. \[us\]
    pub per_context_token_us: f64,
    /// Batch sizes for which the server recorded CUDA graphs, ascending: decodes are padded up to the next of
    /// them, more than the last run as they are. Empty: none.
    pub graph_sizes: Vec<u64>,
}

impl AffineContext {
    pub(super) fn step_us(&self, load: &StepLoad) -> f64 {
        let mut us = self.base_us;
        if load.prefill_requests > 0 {
            us += self.prefill_base_us
                + self.per_prefill_token_us * load.prefill_tokens as f64
                + self.per_prefill_pair_us * load.prefill_pairs as f64;
        }
        us + self.per_decode_us * self.padded(load) as f64
            + self.per_context_token_us * load.decode_context as f64
    }

    /// Decodes of a step as they are computed.
    fn padded(&self, load: &StepLoad) -> u64 {
        let decodes = load.decode_requests;
        let next = self.graph_sizes.partition_point(|&size| size < decodes);
        self.graph_sizes.get(next).copied().unwrap_or(decodes)
    }
}
