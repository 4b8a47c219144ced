//! What an experiment leaves: its verdicts on a terminal, and files for people and programs.
//!
//! Everything is made from [`Results`] alone, so the same results
//! give the same bytes. `wording` has the only place where a figure is rounded: a number is the same on
//! the terminal, in `summary.md` and in `report.html`.

pub mod csv;
mod html;
mod instances;
pub mod json;
mod lookup;
pub mod markdown;
mod notes;
#[cfg(feature = "parquet")]
pub mod parquet;
pub(in crate::report) mod plot;
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
use plot::Plots;

pub use notes::notes;

/// Writes every file of an experiment into `directory`, which is made where it is missing. Each file is
/// whole or as it was before; plots of an earlier experiment stay. Returns the files, in the order of
/// writing.
///
/// # Errors
///
/// Why a file could not be written; those before it are in place.
pub fn write_all(results: &Results, directory: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let figures = directory.join("plots");
    fs::create_dir_all(&figures).map_err(|why| OutputError::new(&figures, &why))?;
    let mut written = Vec::new();
    let mut put = |path: PathBuf, fill: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        OutputFile::check(&path)?.write(fill)?;
        written.push(path);
        Ok(())
    };
    put(directory.join("results.json"), &|out| json::write(results, out))?;
    put(directory.join("results.csv"), &|out| csv::write(results, out))?;
    #[cfg(feature = "parquet")]
    put(directory.join("results.parquet"), &|out| parquet::write(results, out))?;
    put(directory.join("summary.md"), &|out| markdown::write(results, out))?;
    let plots = Plots::draw(results).map_err(|why| OutputError::new(&figures, &why))?;
    put(directory.join("report.html"), &|out| html::write(results, &plots, out))?;
    for plot in plots.all() {
        let path = figures.join(format!("{}.svg", plot.slug));
        put(path, &|out| out.write_all(plot.standalone().as_bytes()))?;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_written_and_equal_results_give_equal_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let [first, again] = ["first", "again"].map(|name| {
            let written = write_all(&sample::results(), &directory.path().join(name)).unwrap();
            written.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
        });
        assert!(first == again);
        let names = ["results.json", "results.csv", "summary.md", "report.html", "plots/verdicts.svg"];
        assert!(names.iter().all(|name| directory.path().join("first").join(name).is_file()));
    }

    #[test]
    fn where_no_directory_can_be_the_place_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let problem = write_all(&sample::results(), &file.path().join("out")).unwrap_err().to_string();
        assert!(problem.starts_with("cannot write ") && problem.contains("plots"), "{problem}");
    }
}
