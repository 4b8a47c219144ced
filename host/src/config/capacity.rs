//! KV blocks that fit beside a model's weights, counted as vLLM does.

use crate::engine::{Architecture, EngineSettings};

use super::figures::Figures;

const GIB: f64 = (1_u64 << 30) as f64;
/// What vLLM finds taken that is neither weights nor activations: measured servers have 0.1 to 0.2 GB.
const FIXED_BYTES: f64 = 0.15e9;
/// Buffers of a GPU that talks to others: measured servers have 0.4 to 0.6 GB more than one GPU alone.
const COMMUNICATION_BYTES: f64 = 0.5e9;

/// A model on its GPUs, as far as memory goes.
pub(super) struct Placement<'a> {
    pub(super) architecture: &'a Architecture,
    /// Memory of a GPU. \[bytes\]
    memory_bytes: f64,
    tensor_parallel: f64,
}

impl<'a> Placement<'a> {
    /// `None` where the figures lack something.
    pub(super) fn of(figures: &'a Figures) -> Option<Self> {
        Some(Self {
            architecture: figures.architecture.as_ref()?,
            memory_bytes: figures.gpu.as_ref()?.memory_gib * GIB,
            tensor_parallel: figures.tensor_parallel.unwrap_or(1) as f64,
        })
    }

    /// Weights on each GPU. \[bytes\]
    pub(super) fn weight_bytes(&self) -> f64 {
        self.architecture.parameters() * self.architecture.weight_bytes / self.tensor_parallel
    }

    /// A block's share on each GPU: heads are spread over them, and where there are fewer than GPUs, each
    /// holds one whole. \[bytes\]
    pub(super) fn block_bytes(&self, block_size: u64) -> f64 {
        let whole = self.architecture.kv_bytes_per_token() * block_size as f64;
        whole / self.tensor_parallel.min(self.architecture.kv_heads as f64)
    }

    /// Activations of the largest step and the scores of its requests, as vLLM measures them before it takes
    /// memory for KV. An estimate: it was within 0.5 GB of the servers in `host/docs/latency.md`. \[bytes\]
    fn activation_bytes(&self, engine: &EngineSettings) -> f64 {
        let model = self.architecture;
        let tokens = engine.max_num_batched_tokens as f64;
        let wide =
            2.0 * model.intermediate_size as f64 / self.tensor_parallel + 4.0 * model.hidden_size as f64;
        let requests = engine.max_num_seqs.min(engine.max_num_batched_tokens) as f64;
        let scores = requests * model.vocab_size as f64 * 4.0;
        // Scores are sorted and normalised out of place.
        tokens * wide * 2.0 + 4.0 * scores
    }

    /// Blocks that fit into a share of the memory; below 0: not even the weights do.
    pub(super) fn blocks(&self, utilization: f64, block_size: u64, engine: &EngineSettings) -> f64 {
        let communication = if self.tensor_parallel > 1.0 { COMMUNICATION_BYTES } else { 0.0 };
        let free = self.memory_bytes * utilization
            - self.weight_bytes()
            - self.activation_bytes(engine)
            - FIXED_BYTES
            - communication;
        (free / self.block_bytes(block_size)).floor()
    }

    /// Blocks that would fill all memory that weights leave: no server has more.
    pub(super) fn most_blocks(&self, block_size: u64) -> f64 {
        ((self.memory_bytes - self.weight_bytes()) / self.block_bytes(block_size)).floor()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Preemption;

    fn figures(model: &str, gpu: &str, tensor_parallel: u64) -> Figures {
        let sink = crate::config::reader::Sink::default();
        let node = |name: &str| crate::config::tree::Node {
            value: crate::config::tree::Value::Text(name.to_owned()),
            span: crate::config::Span::of_default(),
        };
        Figures {
            architecture: crate::config::figures::architecture(&node(model), "architecture", &sink),
            gpu: crate::config::figures::gpu(&node(gpu), "gpu", &sink),
            tensor_parallel: Some(tensor_parallel),
        }
    }

    fn engine(max_num_seqs: u64, max_num_batched_tokens: u64) -> EngineSettings {
        EngineSettings {
            max_num_seqs,
            max_num_batched_tokens,
            long_prefill_token_threshold: 0,
            preemption: Preemption::Tail,
            async_scheduling: false,
        }
    }

    /// What servers reported (`num_gpu_blocks`, blocks of 16 tokens).
    #[test]
    fn blocks_are_those_of_measured_servers() {
        let seen = [
            ("Llama-2-7b", "H100-SXM-80GB", 1, 0.9, engine(128, 2048), 7462.0, 0.01),
            ("Llama-2-70b", "H100-SXM-80GB", 4, 0.9, engine(128, 2048), 31_356.0, 0.01),
            ("CodeLlama-34b", "H100-SXM-80GB", 2, 0.9, engine(128, 2048), 26_602.0, 0.01),
            ("Mixtral-8x7B", "H100-SXM-80GB", 2, 0.9, engine(128, 2048), 27_510.0, 0.01),
            ("Qwen3-14B", "H100-SXM-80GB", 1, 0.92, engine(256, 8192), 18_038.0, 0.02),
            ("Llama-3.1-8B", "RTX-4090", 1, 0.9, engine(256, 2048), 2588.0, 0.08),
        ];
        for (model, gpu, degree, utilization, engine, measured, tolerance) in seen {
            let figures = figures(model, gpu, degree);
            let blocks = Placement::of(&figures).expect("built in").blocks(utilization, 16, &engine);
            let error = blocks / measured - 1.0;
            assert!(error.abs() < tolerance, "{model}: {blocks} blocks, {measured} measured");
        }
    }

    /// As their model cards give them.
    #[test]
    fn parameters_are_those_of_the_models() {
        for (model, billions) in [
            ("Llama-2-7b", 6.74),
            ("Llama-2-70b", 68.98),
            ("CodeLlama-34b", 33.74),
            ("Mixtral-8x7B", 46.70),
            ("Llama-3.1-8B", 8.03),
            ("Qwen3-14B", 14.77),
            ("Qwen3-32B", 32.76),
        ] {
            let found = figures(model, "RTX-4090", 1).architecture.expect("built in").parameters() / 1e9;
            assert!((found / billions - 1.0).abs() < 0.001, "{model}: {found} billion");
        }
    }

    #[test]
    fn a_block_is_spread_over_the_gpus_as_far_as_there_are_heads() {
        let bytes = |degree| {
            let figures = figures("Llama-3.1-8B", "H100-SXM-80GB", degree);
            Placement::of(&figures).expect("built in").block_bytes(16)
        };
        assert_eq!(bytes(1), 2.0 * 32.0 * 8.0 * 128.0 * 2.0 * 16.0);
        assert_eq!((bytes(2), bytes(8), bytes(16)), (bytes(1) / 2.0, bytes(1) / 8.0, bytes(1) / 8.0));
    }
}
