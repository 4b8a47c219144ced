//! A first look at a library: what it is and what it says, without running any of it.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{Manifest, PluginError, elf, trust};

/// A library that has been read and checked. It keeps the file open: what is loaded later is what
/// was hashed, even if the path has got another file since.
#[derive(Debug)]
pub struct Probed {
    /// Where it was found.
    pub path: PathBuf,
    /// Hash of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// What it says about itself.
    pub manifest: Manifest,
    file: File,
}

/// Reads the library at `path` once, through one descriptor. `trusted`: the user named this very
/// file, so who may have written it is not asked.
///
/// # Errors
///
/// What is wrong with the file, as one sentence.
pub fn probe(path: &Path, trusted: bool) -> Result<Probed, PluginError> {
    let (file, bytes) = open(path)?;
    let manifest = Manifest::parse(path, elf::manifest_section(path, &bytes)?)?;
    if !trusted {
        let unreadable = |error| unreadable(path, &error);
        let metadata = file.metadata().map_err(unreadable)?;
        if let Some(why) = trust::distrust(path, &metadata).map_err(unreadable)? {
            return Err(PluginError::Untrusted { path: path.to_owned(), why });
        }
    }
    Ok(Probed { path: path.to_owned(), sha256: hash(&bytes), manifest, file })
}

/// Opens a regular file and reads all of it.
pub(super) fn open(path: &Path) -> Result<(File, Vec<u8>), PluginError> {
    let unreadable = |error| unreadable(path, &error);
    // Looked at before it is opened: to open a pipe would wait for its other end.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(PluginError::Directory { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(PluginError::NotAFile { path: path.to_owned() });
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((file, bytes))
}

fn unreadable(path: &Path, error: &std::io::Error) -> PluginError {
    PluginError::Unreadable { path: path.to_owned(), cause: error.to_string() }
}

impl Probed {
    /// The content that was hashed, read again from the same descriptor.
    ///
    /// # Errors
    ///
    /// If it was written to in place since, or cannot be read.
    pub(super) fn content(&self) -> Result<Vec<u8>, PluginError> {
        let mut bytes = Vec::new();
        // A shared descriptor has one position, but a reader of its own starts where it is told.
        let mut file = &self.file;
        file.rewind()
            .and_then(|()| file.read_to_end(&mut bytes))
            .map_err(|error| unreadable(&self.path, &error))?;
        if hash(&bytes) == self.sha256 {
            Ok(bytes)
        } else {
            Err(PluginError::Changed { path: self.path.clone() })
        }
    }
}

/// The hash of a content, in lower-case hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
