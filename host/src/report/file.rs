//! Files that are whole or not there at all.
//!
//! A place is checked before a run starts, so that nobody waits for a run whose result cannot be
//! kept. What is written goes to a file beside the place and is renamed at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::unfinished::Unfinished;

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {problem}", path.display())]
pub struct OutputError {
    path: PathBuf,
    problem: String,
}

impl OutputError {
    /// What the system said of `path`.
    pub(super) fn new(path: &Path, why: &io::Error) -> Self {
        Self { path: path.to_owned(), problem: reason(why) }
    }
}

/// A place for a file, checked.
#[derive(Debug)]
pub struct OutputFile {
    /// As it was named, for messages.
    named: PathBuf,
    /// Where it really is, links followed.
    target: PathBuf,
    /// A pipe or a device: it cannot be replaced, only written to.
    is_special: bool,
    /// Where this process is to write instead; another puts it in place (see `staged`).
    stage: Option<PathBuf>,
}

impl OutputFile {
    /// Checks that a file can be put at `path`, by making one beside it that goes away again.
    ///
    /// # Errors
    ///
    /// Why that cannot be.
    pub fn check(path: &Path) -> Result<Self, OutputError> {
        let error = |problem: String| OutputError { path: path.to_owned(), problem };
        if path.file_name().is_none() {
            return Err(error("this names no file".to_owned()));
        }
        // A link stays a link: what it points to is replaced.
        let target = if path.is_symlink() {
            path.canonicalize().map_err(|why| error(format!("its link leads nowhere ({why})")))?
        } else {
            path.to_owned()
        };
        let place = Self { named: path.to_owned(), is_special: false, target, stage: None };
        match fs::metadata(&place.target) {
            Ok(metadata) if metadata.is_dir() => return Err(error("it is a directory".to_owned())),
            Ok(metadata) if !metadata.is_file() => return Ok(Self { is_special: true, ..place }),
            Ok(metadata) if metadata.permissions().readonly() => {
                return Err(error("the file is there and write-protected".to_owned()));
            }
            Err(why) if why.kind() != io::ErrorKind::NotFound && place.directory().is_dir() => {
                return Err(error(reason(&why)));
            }
            _ => {}
        }
        let directory = place.directory();
        if !directory.is_dir() {
            return Err(error(format!("there is no directory {}", directory.display())));
        }
        place.beside().map_err(|why| error(reason(&why)))?;
        Ok(place)
    }

    /// Whether both are the same place.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        !self.is_special && real(&self.target) == real(&other.target)
    }

    /// Whether writing would destroy the file at `input`.
    #[must_use]
    pub fn overwrites(&self, input: &Path) -> bool {
        !self.is_special && input.exists() && real(&self.target) == real(input)
    }

    /// Writes go to this file from now on, which another process has staged.
    #[must_use]
    pub fn at_stage(self, file: PathBuf) -> Self {
        Self { stage: Some(file), ..self }
    }

    /// As it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.named
    }

    /// Lets `fill` write the content, and puts the file in place when all of it is there.
    ///
    /// # Errors
    ///
    /// Why that failed; an earlier file of that name is then as it was.
    pub fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
        let write = || -> io::Result<()> {
            let existing = self.stage.as_ref().or(self.is_special.then_some(&self.target));
            if let Some(existing) = existing {
                let mut out = BufWriter::new(OpenOptions::new().write(true).open(existing)?);
                fill(&mut out)?;
                return out.flush();
            }
            let file = self.beside()?;
            let _unfinished = Unfinished::new(file.path());
            self.fill(file, fill)
        };
        write().map_err(|why| self.error(&why))
    }

    /// A directory with room for what is put together before the file is written.
    pub(super) fn scratch(&self) -> PathBuf {
        if self.is_special { std::env::temp_dir() } else { self.directory().to_owned() }
    }

    pub(super) fn error(&self, why: &io::Error) -> OutputError {
        OutputError::new(&self.named, why)
    }

    fn fill(
        &self,
        mut file: NamedTempFile,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = BufWriter::new(file.as_file_mut());
        fill(&mut out)?;
        out.flush()?;
        drop(out);
        self.settle(file)
    }

    /// Puts a file in place that is whole.
    pub(super) fn settle(&self, file: NamedTempFile) -> io::Result<()> {
        if let Ok(earlier) = fs::metadata(&self.target) {
            file.as_file().set_permissions(earlier.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(&self.target).map_err(|error| error.error).map(|_: File| ())
    }

    fn directory(&self) -> &Path {
        directory_of(&self.target)
    }

    /// Whether it cannot be replaced, only written to.
    pub(super) fn is_special(&self) -> bool {
        self.is_special
    }

    /// A new file in the same directory, which goes away unless it is renamed.
    pub(super) fn beside(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".pointsman-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What the user's mask leaves of it, as for any new file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(self.directory())
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The path without links, for a file that need not exist yet.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let directory = directory_of(path);
        let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
        path.file_name().map_or_else(|| directory.clone(), |name| directory.join(name))
    })
}

/// The system's reason alone: the temporary name that tempfile adds means nothing to anyone.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::StorageFull => "no space left".to_owned(),
        _ => {
            let text = error.to_string();
            text.split_once(" at path \"").map_or(text.as_str(), |(reason, _)| reason).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::unfinished;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = directory
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv");
        let place = OutputFile::check(&path).unwrap();
        assert!(names(directory.path()).is_empty(), "a check leaves nothing behind");
        place.write(|out| out.write_all(b"first")).unwrap();
        let failed = place.write(|out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().ends_with("out.csv: no space left"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(directory.path()), ["out.csv"]);
    }

    #[test]
    fn a_half_written_file_is_known_as_long_as_it_is_one() {
        let directory = tempfile::tempdir().unwrap();
        let place = OutputFile::check(&directory.path().join("out.csv")).unwrap();
        let known = || unfinished::count(directory.path());
        place
            .write(|_| {
                assert_eq!((known(), names(directory.path()).len()), (1, 1));
                Ok(())
            })
            .unwrap();
        assert!(place.write(|_| Err(io::ErrorKind::StorageFull.into())).is_err());
        assert_eq!(known(), 0);
    }

    #[test]
    fn what_cannot_be_written_is_said_beforehand() {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path();
        let problem = |path: &Path| OutputFile::check(path).unwrap_err().to_string();
        assert!(problem(here).ends_with("it is a directory"));
        assert!(problem(&here.join("missing/out.csv")).contains("there is no directory"));
        assert!(problem(Path::new("..")).ends_with("this names no file"));
        assert!(problem(&here.join("x".repeat(300))).contains("name too long"), "not only at the end");
        let protected = here.join("protected");
        fs::write(&protected, "").unwrap();
        let mut permissions = fs::metadata(&protected).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&protected, permissions).unwrap();
        assert!(problem(&protected).ends_with("write-protected"));
    }

    #[test]
    fn one_place_has_many_names() {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path();
        fs::create_dir(here.join("sub")).unwrap();
        let check = |path: &str| OutputFile::check(&here.join(path)).unwrap();
        assert!(check("a").is_same(&check("sub/../a")));
        assert!(!check("a").is_same(&check("b")));
        fs::write(here.join("trace"), "").unwrap();
        assert!(check("sub/../trace").overwrites(&here.join("trace")));
        assert!(!check("a").overwrites(&here.join("a")), "there is nothing to destroy");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_temporary_name_is_nobodys_business() {
        let problem = OutputFile::check(Path::new("/proc/out.csv")).unwrap_err().to_string();
        assert!(
            problem.starts_with("cannot write /proc/out.csv: ") && !problem.contains(".part"),
            "{problem}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        OutputFile::check(&link).unwrap().write(|out| out.write_all(b"new")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        let null = OutputFile::check(Path::new("/dev/null")).unwrap();
        null.write(|out| out.write_all(b"gone")).unwrap();
        assert!(!null.is_same(&null), "two results may both be thrown away");
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
