//! Files that another process fills: they are put in place when it has done all of its work.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::file::{OutputError, OutputFile};
use super::unfinished::Unfinished;

/// A file for the other process to fill; it goes away unless it is put in place.
#[derive(Debug)]
pub struct Staged<'a> {
    place: &'a OutputFile,
    file: NamedTempFile,
    /// Until then.
    unfinished: Unfinished,
}

impl<'a> Staged<'a> {
    /// A file beside the place, or in the directory `elsewhere` for a place that can only be
    /// written to.
    ///
    /// # Errors
    ///
    /// Why it cannot be made.
    pub fn new(place: &'a OutputFile, elsewhere: &Path) -> Result<Self, OutputError> {
        let file = if place.is_special() { NamedTempFile::new_in(elsewhere) } else { place.beside() };
        let file = file.map_err(|why| place.error(&why))?;
        Ok(Self { place, unfinished: Unfinished::new(file.path()), file })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Puts it in place.
    ///
    /// # Errors
    ///
    /// Why that failed; an earlier file of that name is then as it was.
    pub fn put_in_place(self) -> Result<(), OutputError> {
        if self.place.is_special() {
            let mut content = File::open(self.path()).map_err(|why| self.place.error(&why))?;
            return self.place.write(|out| io::copy(&mut content, out).map(|_| ()));
        }
        let settled = self.place.settle(self.file);
        drop(self.unfinished);
        settled.map_err(|why| self.place.error(&why))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::report::unfinished;

    /// The other process: it writes to what is staged, under the name of the place.
    fn fill(staged: &Staged<'_>, place: &Path, text: &str) {
        let other = OutputFile::check(place).unwrap().at_stage(staged.path().to_owned());
        other.write(|out| out.write_all(text.as_bytes())).unwrap();
    }

    #[test]
    fn what_another_process_wrote_is_put_in_place_or_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv");
        fs::write(&path, "earlier").unwrap();
        let place = OutputFile::check(&path).unwrap();

        let staged = Staged::new(&place, Path::new("nowhere")).unwrap();
        fill(&staged, &path, "half");
        assert_eq!(unfinished::count(directory.path()), 1);
        drop(staged);
        assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");

        let staged = Staged::new(&place, Path::new("nowhere")).unwrap();
        fill(&staged, &path, "whole");
        staged.put_in_place().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(unfinished::count(directory.path()), 0);
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to() {
        let elsewhere = tempfile::tempdir().unwrap();
        let place = OutputFile::check(Path::new("/dev/null")).unwrap();
        let staged = Staged::new(&place, elsewhere.path()).unwrap();
        assert!(staged.path().starts_with(elsewhere.path()));
        fill(&staged, Path::new("/dev/null"), "gone");
        staged.put_in_place().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert_eq!(elsewhere.path().read_dir().unwrap().count(), 0);
    }
}
