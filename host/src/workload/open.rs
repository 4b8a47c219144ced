//! From a description to a source.

use super::synthetic::{SyntheticSource, load_files};
use super::trace::TraceSource;
use super::{Source, WorkloadError, WorkloadSpec};

/// Opens the workload that `spec` describes, for KV blocks of `block_size` tokens.
///
/// A synthetic workload depends on `spec`, `seed` and `block_size` alone. A trace is read once here,
/// to the end of its `limit`, so that a bad line is found before anything has been simulated and the
/// number of requests is known; its requests are then read again, one by one, as they are needed.
///
/// # Errors
///
/// The first problem that [`WorkloadSpec::validate`] reports, or the first thing wrong with a file.
pub fn open(spec: &WorkloadSpec, seed: u64, block_size: u64) -> Result<Box<dyn Source>, WorkloadError> {
    open_until(spec, seed, block_size, &|| false)
}

/// As [`open()`], unless `is_asked` says that somebody wants the end: a long trace takes its time.
///
/// # Errors
///
/// As [`open()`], and [`WorkloadError::Interrupted`].
pub fn open_until(
    spec: &WorkloadSpec,
    seed: u64,
    block_size: u64,
    is_asked: &dyn Fn() -> bool,
) -> Result<Box<dyn Source>, WorkloadError> {
    if block_size == 0 {
        return Err(WorkloadError::config("cluster.kv.block_size", "is 0, but must be at least 1"));
    }
    first_problem(spec)?;
    if spec.trace.is_some() {
        return Ok(Box::new(TraceSource::open(spec, block_size, is_asked)?));
    }
    let loaded = load_files(spec)?;
    first_problem(&loaded)?;
    Ok(Box::new(SyntheticSource::new(&loaded, seed, block_size)?))
}

fn first_problem(spec: &WorkloadSpec) -> Result<(), WorkloadError> {
    spec.validate().into_iter().next().map_or(Ok(()), Err)
}
