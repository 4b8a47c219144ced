//! The clusters and requests that all simulators are given.

use std::path::PathBuf;

/// GPU blocks of an instance.
pub(crate) const BLOCKS: u32 = 132_139;
/// Tokens of a block.
pub(crate) const BLOCK_SIZE: u32 = 16;
/// Requests that run at once in an instance.
pub(crate) const MAX_NUM_SEQS: u32 = 256;
/// Tokens of a step.
pub(crate) const MAX_NUM_BATCHED_TOKENS: u32 = 2048;
/// A step takes `BETA[0] + BETA[1] * prefill tokens + BETA[2] * decodes`: those of Pointsman's default profile. \[us\]
pub(crate) const BETA: [f64; 3] = [6910.420479880494, 17.67057489844186, 2.8377471109943855];
/// Tokens that a hash id of a Mooncake trace stands for.
pub(crate) const MOONCAKE_PIECE: usize = 512;

/// Where the requests come from.
#[derive(Debug, Clone)]
pub(crate) enum Requests {
    /// Poisson arrivals of requests that share nothing.
    Poisson { rate_per_s: u64, count: u64, prompt: u64, output: u64 },
    /// A Mooncake trace, which each side reads for itself, on the clock.
    Mooncake(PathBuf),
}

/// Instances behind round-robin, and their requests.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Instances.
    pub(crate) instances: u32,
    /// Their requests.
    pub(crate) requests: Requests,
}

/// The shape of this name, as in `host/benches/README.md`; M only where its trace is.
pub(crate) fn shape(name: &str) -> Result<Shape, String> {
    match name {
        "S4" => {
            let requests = Requests::Poisson { rate_per_s: 100, count: 100_000, prompt: 1024, output: 128 };
            Ok(Shape { instances: 4, requests })
        }
        "M" => {
            let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
            let data = std::env::var_os("POINTSMAN_DATA").map_or(shared, PathBuf::from);
            let trace = data.join("mooncake/conversation_trace.jsonl");
            if !trace.is_file() {
                return Err(format!(
                    "M needs the Mooncake conversation trace, and there is no {}: `POINTSMAN_DATA` names the folder \
                     that `mooncake/conversation_trace.jsonl` is in",
                    trace.display()
                ));
            }
            Ok(Shape { instances: 4, requests: Requests::Mooncake(trace) })
        }
        _ => Err(format!("there is no shape `{name}`: S4 and M")),
    }
}

/// Names of all shapes.
pub(crate) const SHAPES: [&str; 2] = ["S4", "M"];
