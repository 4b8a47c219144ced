//! Results of runs on disk, by the hash of all that they depend on. What is there is never run again: this
//! is how an experiment that was ended goes on where it was.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::measurement::Measurement;

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

/// A file of it.
#[derive(Serialize, Deserialize)]
struct Entry {
    key: String,
    measurement: Measurement,
}

impl Cache {
    /// In this directory, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// Why it cannot be written to.
    pub fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        // Found out now rather than after the first run.
        NamedTempFile::new_in(directory)?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// Forgets all results in this directory; other files in it stay.
    ///
    /// # Errors
    ///
    /// Why one cannot be removed.
    pub fn clear(directory: &Path) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let is_ours = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_ours && path.extension().is_some_and(|extension| extension == "json") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.directory.join(format!("{key}.json"))
    }

    /// What a run of this key came to, if it is known. A file that cannot be read, or is another's, is
    /// as good as none.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Measurement> {
        let entry: Entry = serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()?;
        (entry.key == key).then_some(entry.measurement)
    }

    /// Keeps what a run came to: whole, or not at all.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    pub fn put(&self, key: &str, measurement: &Measurement) -> io::Result<()> {
        let entry = Entry { key: key.to_owned(), measurement: measurement.clone() };
        let mut file = NamedTempFile::new_in(&self.directory)?;
        file.write_all(&serde_json::to_vec(&entry)?)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        Ok(())
    }
}
