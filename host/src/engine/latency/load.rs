//! What a latency model sees of a step.

/// What a step is going to compute, as far as its duration depends on it. Sums over requests, so that
/// both engines come to the same numbers whatever they add first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepLoad {
    /// Requests that still have prompt or recompute work.
    pub prefill_requests: u64,
    /// P: their tokens in this step.
    pub prefill_tokens: u64,
    /// A: sum over them of tokens times context after the step.
    pub attended_tokens: u128,
    /// Pairs of a token and a position that it attends to, each token to those before it and to itself.
    pub prefill_pairs: u128,
    /// Sum over them of the context after the step: the KV that their attention reads.
    pub prefill_context: u64,
    /// D: requests that only decode.
    pub decode_requests: u64,
    /// Sum over them of the context after the step: the KV that their attention reads.
    pub decode_context: u64,
}

impl StepLoad {
    /// Adds a request that gets `n` tokens after `computed` ones, of a prompt of `prompt_tokens`.
    pub fn add(&mut self, n: u64, computed: u64, prompt_tokens: u64) {
        let context = computed + n;
        if n > 1 || computed < prompt_tokens {
            self.prefill_requests += 1;
            self.prefill_tokens += n;
            self.attended_tokens += u128::from(n) * u128::from(context);
            self.prefill_pairs +=
                u128::from(n) * u128::from(computed) + u128::from(n) * u128::from(n + 1) / 2;
            self.prefill_context += context;
        } else {
            self.add_decodes(1, context);
        }
    }

    /// Adds requests that only decode; `context`: the sum of theirs after the step.
    pub fn add_decodes(&mut self, requests: u64, context: u64) {
        self.decode_requests += requests;
        self.decode_context += context;
    }

    /// Requests in the step.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.prefill_requests + self.decode_requests
    }

    /// Tokens that go through the layers.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.prefill_tokens + self.decode_requests
    }
}
