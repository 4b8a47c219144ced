//! The files that are being written, under their temporary names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn all() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is half written: for a process that ends at once, in the middle of a write.
pub fn discard_unfinished() {
    for path in all().iter() {
        // Nobody is left to be told.
        let _ = fs::remove_file(path);
    }
}

/// A file is unfinished as long as this lives.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn new(path: &Path) -> Self {
        all().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        all().remove(&self.0);
    }
}

/// How many there are in a directory.
#[cfg(test)]
pub(super) fn count(directory: &Path) -> usize {
    all().iter().filter(|path| path.starts_with(directory)).count()
}
