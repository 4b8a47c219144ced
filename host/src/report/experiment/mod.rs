//! What an experiment leaves: its verdicts on a terminal, and files for people and programs.
//!
//! Everything is made from [`Results`](crate::experiment::results::Results) alone, so the same results
//! give the same bytes. `wording` has the only place where a figure is rounded: a number is the same on
//! the terminal, in `summary.md` and in `report.html`.

pub mod csv;
pub mod json;
mod lookup;
pub mod markdown;
mod notes;
mod rows;
#[cfg(test)]
mod sample;
pub mod terminal;
mod wording;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{OutputError, OutputFile};
use crate::experiment::results::Results;

pub use notes::notes;

/// Writes every file of an experiment into `directory`, which is made where it is missing. Each file is
/// whole or as it was before. Returns the files, in the order of writing.
///
/// # Errors
///
/// Why a file could not be written; those before it are in place.
pub fn write_all(results: &Results, directory: &Path) -> Result<Vec<PathBuf>, OutputError> {
    type Fill = fn(&Results, &mut dyn Write) -> io::Result<()>;
    let files: [(&str, Fill); 3] = [
        ("results.json", |results, out| json::write(results, out)),
        ("results.csv", |results, out| csv::write(results, out)),
        ("summary.md", |results, out| markdown::write(results, out)),
    ];
    fs::create_dir_all(directory).map_err(|why| OutputError::new(directory, &why))?;
    let mut written = Vec::new();
    for (name, fill) in files {
        let path = directory.join(name);
        OutputFile::check(&path)?.write(|out| fill(results, out))?;
        written.push(path);
    }
    Ok(written)
}
