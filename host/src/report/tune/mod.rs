//! What `pointsman tune` leaves: the front on a terminal, `tune.json`, `points.csv`.

mod chart;
mod csv;
mod terminal;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{OutputError, OutputFile};
use crate::experiment::tune::Answer;

pub use csv::write as write_csv;
pub use terminal::write;

/// Writes the answer as JSON, ending in a line feed.
///
/// # Errors
///
/// What the writer says.
pub fn write_json(answer: &Answer, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, answer)?;
    out.write_all(b"\n")
}

/// Writes `tune.json`, `points.csv` and the configurations of the front into `directory`. Each file is whole
/// or as it was before. Configurations of an earlier search are taken away, those that this program
/// wrote.
///
/// # Errors
///
/// Why a file could not be written; those before it are in place.
pub fn write_all(answer: &Answer, configs: &[(String, String)], directory: &Path) -> Result<(), OutputError> {
    let put = |path: PathBuf, fill: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        OutputFile::check(&path)?.write(fill)
    };
    for (name, text) in configs {
        put(directory.join(name), &|out| write!(out, "{MARK} {}\n{text}", answer.command))?;
    }
    remove_others(configs, directory).map_err(|why| OutputError::new(directory, &why))?;
    put(directory.join("points.csv"), &|out| write_csv(answer, out))?;
    put(directory.join("tune.json"), &|out| write_json(answer, out))
}

/// How a configuration of this program begins.
const MARK: &str = "# Found by:";

fn remove_others(configs: &[(String, String)], directory: &Path) -> io::Result<()> {
    for entry in directory.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_front = name.starts_with("front-") && name.ends_with(".yaml");
        let is_new = configs.iter().any(|(new, _)| new == name);
        let is_ours = || std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(MARK.as_bytes()));
        if is_front && !is_new && is_ours() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
