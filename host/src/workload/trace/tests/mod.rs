//! Reading traces: every format, every fault, identities, and the real traces.

mod faults;
mod formats;
mod identities;
mod interrupted;
mod real;
mod rescale;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::workload::{Arrival, Source, WorkloadError, WorkloadSpec, open};

/// A trace in a folder of its own.
struct Trace {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

/// Writes a trace whose name ends in `name`.
fn trace(name: &str, bytes: impl AsRef<[u8]>) -> Trace {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Trace { _folder: folder, path }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A description of the trace at `path`, with more keys from YAML.
fn spec(path: &Path, more: &str) -> WorkloadSpec {
    let mut spec: WorkloadSpec = serde_yaml::from_str(&format!("{{{more}}}")).unwrap();
    spec.trace = Some(path.to_owned());
    spec
}

fn open_trace(path: &Path, more: &str, block_size: u64) -> Result<Box<dyn Source>, WorkloadError> {
    open(&spec(path, more), 1, block_size)
}

/// All requests of a trace.
fn read(path: &Path, more: &str, block_size: u64) -> Result<Vec<Arrival>, WorkloadError> {
    let mut source = open_trace(path, more, block_size)?;
    let mut all = Vec::new();
    while let Some(us) = source.peek_us()? {
        let arrival = source.take()?.unwrap();
        assert_eq!((arrival.arrival_us, arrival.id), (us, all.len() as u64));
        all.push(arrival);
    }
    assert!(source.take()?.is_none());
    assert_eq!(source.total(), Some(all.len() as u64));
    Ok(all)
}

/// Why a trace is refused.
fn refusal(name: &str, bytes: impl AsRef<[u8]>, more: &str) -> String {
    let trace = trace(name, bytes);
    let message = read(&trace.path, more, 16).unwrap_err().to_string();
    message.replace(&trace.path.display().to_string(), name)
}

/// Identities by the naive model: blocks of tokens, chained over what comes before them.
#[derive(Default)]
struct Naive {
    chains: BTreeMap<(u64, Vec<u64>), u64>,
}

impl Naive {
    fn blocks(&mut self, tokens: &[u64], block_size: u64) -> Vec<u64> {
        let mut chain = 0;
        let blocks = tokens.chunks_exact(usize::try_from(block_size).unwrap());
        let chained = blocks.map(|block| {
            let fresh = self.chains.len() as u64 + 1;
            chain = *self.chains.entry((chain, block.to_vec())).or_insert(fresh);
            chain
        });
        chained.collect()
    }
}

/// Whether two numberings have the same pattern of equal values.
#[derive(Default)]
struct SamePattern {
    forth: BTreeMap<u64, u64>,
    back: BTreeMap<u64, u64>,
}

impl SamePattern {
    fn assert(&mut self, a: u64, b: u64) {
        assert_eq!(*self.forth.entry(a).or_insert(b), b);
        assert_eq!(*self.back.entry(b).or_insert(a), a);
    }
}
