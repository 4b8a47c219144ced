//! Peers of PyPI: scripts in `python/`, in the interpreter that `POINTSMAN_PEERS_PYTHON` names. They get the
//! requests as JSON and give figures back.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::figures::Figures;
use crate::ours;
use crate::shape::{BETA, BLOCK_SIZE, BLOCKS, MAX_NUM_BATCHED_TOKENS, MAX_NUM_SEQS, Requests, Shape};

/// The variable with the interpreter.
pub(crate) const INTERPRETER: &str = "POINTSMAN_PEERS_PYTHON";

/// Requests that these get: the first of those that the others get. They take their time.
const MOST_REQUESTS: usize = 20_000;

/// `sched-sim`.
pub(crate) fn sched_sim(shape: &Shape) -> Result<Figures, String> {
    measure(shape, "sched_sim_peer.py")
}

/// `vidur`.
pub(crate) fn vidur(shape: &Shape) -> Result<Figures, String> {
    measure(shape, "vidur_peer.py")
}

/// Why they are left out of a shape, if they are.
pub(crate) fn left_out(shape: &Shape) -> Option<String> {
    if matches!(shape.requests, Requests::Mooncake(_)) {
        return Some("it has no prefix cache that takes this trace".to_owned());
    }
    std::env::var_os(INTERPRETER).is_none().then(|| {
        format!("{INTERPRETER} names no Python that has the packages of host/benches/peers/python/requirements.txt")
    })
}

fn measure(shape: &Shape, script: &str) -> Result<Figures, String> {
    let interpreter = std::env::var_os(INTERPRETER).ok_or_else(|| format!("{INTERPRETER} is not set"))?;
    let records = ours::requests(shape)?;
    let requests = records.iter().take(MOST_REQUESTS);
    let requests: Vec<_> = requests.map(|r| (r.arrival_us, r.prompt_tokens, r.output_tokens)).collect();
    let given = json!({
        "instances": shape.instances,
        "blocks": BLOCKS,
        "block_size": BLOCK_SIZE,
        "max_num_seqs": MAX_NUM_SEQS,
        "max_num_batched_tokens": MAX_NUM_BATCHED_TOKENS,
        "beta": BETA,
        "requests": requests,
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(script);
    let child = Command::new(interpreter).arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("the interpreter of {INTERPRETER}: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A script that does not take it all says why itself.
        let _ = stdin.write_all(given.to_string().as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{} ended with {}", script.display(), output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}", script.display()))
}
