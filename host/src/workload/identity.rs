//! What identifies a workload in the record of a result.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::spec::WorkloadSpec;

/// Enough to tell whether two runs met the same requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkloadIdentity {
    /// `synthetic`, or the format of the trace: `mooncake`, `azure`, `native` or `csv`.
    pub kind: &'static str,
    /// SHA-256 in hexadecimal: for a trace of the file's bytes as they lie on disk, for a synthetic
    /// workload of its canonical description and the seed.
    pub sha256: String,
    /// Requests that there will be if none is rejected or dropped.
    pub requests: u64,
    /// One line for a person.
    pub description: String,
}

impl WorkloadIdentity {
    /// The identity of a synthetic workload: SHA-256 over the description as compact JSON (fields
    /// in their declared order, absent ones left out, referenced files replaced by their values),
    /// a line feed, and the seed in decimal.
    pub(crate) fn synthetic(spec: &WorkloadSpec, seed: u64, requests: u64) -> Self {
        // Serialising plain data to a string cannot fail; an empty text would still be a hash.
        let canonical = serde_json::to_string(spec).unwrap_or_default();
        let mut sha = Sha256::new();
        sha.update(canonical.as_bytes());
        sha.update(format!("\n{seed}").as_bytes());
        Self { kind: "synthetic", sha256: hex(&sha.finalize()), requests, description: spec.describe() }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
