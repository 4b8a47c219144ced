//! What a library says about itself, whether or not this host can load it.

use std::path::{Path, PathBuf};

use super::{Manifest, PluginError, elf, probe};

/// A library as it lies in a file; nothing of it has run.
#[derive(Debug)]
pub struct Inspected {
    /// Where it is.
    pub path: PathBuf,
    /// Hash of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file. \[bytes\]
    pub size: u64,
    /// What it says about itself.
    pub manifest: Manifest,
    /// Why this host cannot load it; `None`: nothing is known against it. That a single policy needs
    /// what this host lacks is not said here, but by [`Catalogue::check`](super::Catalogue::check).
    pub problem: Option<PluginError>,
}

/// Reads the library at `path`, also one that only another host can load.
///
/// # Errors
///
/// Why there is no manifest to be read.
pub fn inspect(path: &Path) -> Result<Inspected, PluginError> {
    let (_, bytes) = probe::open(path)?;
    let elf::Elf { manifest, problem } = elf::read(path, &bytes)?;
    let manifest = Manifest::read(path, manifest)?;
    let problem = problem.or_else(|| manifest.problem(path));
    Ok(Inspected {
        path: path.to_owned(),
        sha256: probe::hash(&bytes),
        size: bytes.len() as u64,
        manifest,
        problem,
    })
}
