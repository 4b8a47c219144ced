//! The `roofline` model: what a step computes and moves, over what the GPUs can compute and move.
//!
//! The formulas are those of Williams, Waterman and Patterson (2009), applied as is usual for
//! transformers (Chowdhery et al. 2022, appendix B, for the operations; Hoffmann et al. 2022 the same):
//!
//! | part | operations | bytes |
//! |---|---|---|
//! | weights | 2 * active parameters * tokens | the weights that the tokens touch, once per step |
//! | head | 2 * hidden * vocabulary * requests | hidden * vocabulary |
//! | attention | 4 * layers * heads * head size * pairs | KV of the context, once per request |
//! | all-reduce | | 2 per layer, tokens * hidden each, 2 * (tp - 1) / tp of them over the link |
//!
//! Each part takes the longer of its two times. Around the ridge, where they are equal, measured kernels take
//! longer than either; `sharpness` p makes a step's product with the weights (compute^p + memory^p)^(1/p),
//! which tends to the longer of the two as p grows. Tensor parallelism divides all but the last part by its
//! degree.

use super::StepLoad;

/// A transformer, in the words of a Hugging Face `config.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct Architecture {
    /// `num_hidden_layers`.
    pub layers: u64,
    /// `hidden_size`.
    pub hidden_size: u64,
    /// `num_attention_heads`.
    pub heads: u64,
    /// `num_key_value_heads`.
    pub kv_heads: u64,
    /// `head_dim`.
    pub head_dim: u64,
    /// Size of the feed-forward layer, of one expert where there are several.
    pub intermediate_size: u64,
    /// `vocab_size`.
    pub vocab_size: u64,
    /// Whether the head is the embedding: `tie_word_embeddings`.
    pub tied_embeddings: bool,
    /// Of a mixture of experts.
    pub experts: Option<Experts>,
    /// Bytes of a weight.
    pub weight_bytes: f64,
    /// Bytes of an element of the KV cache.
    pub kv_bytes: f64,
}

/// The experts of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Experts {
    /// How many there are.
    pub count: u64,
    /// How many a token goes through.
    pub per_token: u64,
}

/// What a GPU can do, from its data sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Gpu {
    /// Dense operations per second with the weights' type. \[TFLOP/s\]
    pub peak_tflops: f64,
    /// Memory bandwidth. \[GB/s\]
    pub memory_gb_per_s: f64,
    /// Memory. \[GiB\]
    pub memory_gib: f64,
    /// Bandwidth to the other GPUs, one direction. \[GB/s\]
    pub link_gb_per_s: f64,
}

/// What is reached of it: shares, above 0 and at most 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Efficiency {
    /// Of the peak, in products with weights.
    pub compute: f64,
    /// Of the memory bandwidth, reading weights.
    pub memory: f64,
    /// Of the peak, in the attention of prompts.
    pub attention_compute: f64,
    /// Of the memory bandwidth, reading KV.
    pub attention_memory: f64,
    /// Of the link's bandwidth.
    pub link: f64,
}

/// A model on some GPUs.
#[derive(Debug, Clone, PartialEq)]
pub struct Roofline {
    /// The model.
    pub architecture: Architecture,
    /// Each of the GPUs.
    pub gpu: Gpu,
    /// How many of them an instance spans.
    pub tensor_parallel: u64,
    /// What is reached of their figures.
    pub efficiency: Efficiency,
    /// What every step costs beside: scheduling, kernels that wait for each other. \[us\]
    pub overhead_us: f64,
    /// What every step with a prompt in it costs beside that: it is no CUDA graph. \[us\]
    pub prefill_overhead_us: f64,
    /// What every request in a step costs beside: sampling, its place in the batch. \[us\]
    pub per_request_us: f64,
    /// What one all-reduce costs beside its bytes. \[us\]
    pub all_reduce_us: f64,
    /// p, at least 1; `None`: the longer of the two times.
    pub sharpness: Option<f64>,
}

impl Architecture {
    /// Parameters of one layer's attention.
    fn attention_parameters(&self) -> f64 {
        (2 * self.hidden_size * self.head_dim * (self.heads + self.kv_heads)) as f64
    }

    /// Parameters of one feed-forward layer, or of one expert: gate, up and down.
    fn feed_forward_parameters(&self) -> f64 {
        (3 * self.hidden_size * self.intermediate_size) as f64
    }

    /// Parameters of the router of a layer's experts.
    fn router_parameters(&self) -> f64 {
        self.experts.map_or(0.0, |experts| (self.hidden_size * experts.count) as f64)
    }

    /// Parameters of the head.
    fn head_parameters(&self) -> f64 {
        (self.hidden_size * self.vocab_size) as f64
    }

    /// Parameters in all, norms and biases aside.
    #[must_use]
    pub fn parameters(&self) -> f64 {
        let experts = self.experts.map_or(1, |experts| experts.count) as f64;
        let layer =
            self.attention_parameters() + experts * self.feed_forward_parameters() + self.router_parameters();
        let embeddings = if self.tied_embeddings { 1.0 } else { 2.0 };
        self.layers as f64 * layer + embeddings * self.head_parameters()
    }

    /// Parameters of the layers that a token goes through.
    fn active_parameters(&self) -> f64 {
        let experts = self.experts.map_or(1, |experts| experts.per_token) as f64;
        let layer =
            self.attention_parameters() + experts * self.feed_forward_parameters() + self.router_parameters();
        self.layers as f64 * layer
    }

    /// Parameters of the layers that so many tokens touch: of experts, those that at least one of them is
    /// expected to choose, were all equally likely.
    fn touched_parameters(&self, tokens: u64) -> f64 {
        let experts = self.experts.map_or(1.0, |experts| {
            let share = experts.per_token as f64 / experts.count as f64;
            experts.count as f64 * (1.0 - (1.0 - share).powf(tokens as f64))
        });
        let layer =
            self.attention_parameters() + experts * self.feed_forward_parameters() + self.router_parameters();
        self.layers as f64 * layer
    }

    /// Bytes of KV per token, over all layers and all GPUs.
    #[must_use]
    pub fn kv_bytes_per_token(&self) -> f64 {
        2.0 * (self.layers * self.kv_heads * self.head_dim) as f64 * self.kv_bytes
    }
}

impl Roofline {
    pub(super) fn step_us(&self, load: &StepLoad) -> f64 {
        if load.requests() == 0 {
            return 0.0;
        }
        let requests = load.requests() as f64;
        self.overhead_us
            + if load.prefill_requests > 0 { self.prefill_overhead_us } else { 0.0 }
            + self.per_request_us * requests
            + self.weights_us(load)
            + self.head_us(requests)
            + self.attention_us(load)
            + self.all_reduces_us(load)
    }

    /// Operations of so many TFLOP/s take so long. \[us\]
    fn compute_us(&self, operations: f64, efficiency: f64) -> f64 {
        operations / (self.gpu.peak_tflops * 1e6 * efficiency * self.tensor_parallel as f64)
    }

    /// \[us\]
    fn memory_us(&self, bytes: f64, efficiency: f64) -> f64 {
        bytes / (self.gpu.memory_gb_per_s * 1e3 * efficiency * self.tensor_parallel as f64)
    }

    fn weights_us(&self, load: &StepLoad) -> f64 {
        let tokens = load.tokens();
        let operations = 2.0 * self.architecture.active_parameters() * tokens as f64;
        let bytes = self.architecture.touched_parameters(tokens) * self.architecture.weight_bytes;
        let compute = self.compute_us(operations, self.efficiency.compute);
        let memory = self.memory_us(bytes, self.efficiency.memory);
        let longer = compute.max(memory);
        match self.sharpness {
            // Divided by the longer one, neither power leaves the range of doubles.
            Some(p) if longer > 0.0 => {
                longer * ((compute / longer).powf(p) + (memory / longer).powf(p)).powf(1.0 / p)
            }
            _ => longer,
        }
    }

    fn head_us(&self, requests: f64) -> f64 {
        let parameters = self.architecture.head_parameters();
        let bytes = parameters * self.architecture.weight_bytes;
        self.compute_us(2.0 * parameters * requests, self.efficiency.compute)
            .max(self.memory_us(bytes, self.efficiency.memory))
    }

    fn attention_us(&self, load: &StepLoad) -> f64 {
        let model = &self.architecture;
        let per_pair = 4.0 * (model.layers * model.heads * model.head_dim) as f64;
        let kv_bytes = model.kv_bytes_per_token();
        let Efficiency { attention_compute, attention_memory, .. } = self.efficiency;
        let prefill = self
            .compute_us(per_pair * load.prefill_pairs as f64, attention_compute)
            .max(self.memory_us(kv_bytes * load.prefill_context as f64, attention_memory));
        let decode = self
            .compute_us(per_pair * load.decode_context as f64, attention_compute)
            .max(self.memory_us(kv_bytes * load.decode_context as f64, attention_memory));
        prefill + decode
    }

    fn all_reduces_us(&self, load: &StepLoad) -> f64 {
        if self.tensor_parallel == 1 {
            return 0.0;
        }
        let model = &self.architecture;
        let bytes = load.tokens() as f64 * model.hidden_size as f64 * model.weight_bytes;
        let degree = self.tensor_parallel as f64;
        let sent = bytes * 2.0 * (degree - 1.0) / degree;
        let one = self.all_reduce_us + sent / (self.gpu.link_gb_per_s * 1e3 * self.efficiency.link);
        2.0 * model.layers as f64 * one
    }
}
