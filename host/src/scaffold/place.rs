//! Puts the files of a new crate in place: all of them, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no new directory.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Something is there, and stays as it is.
    #[error("{} is there already, and is left as it is; choose another place with --path", path.display())]
    Exists {
        /// The place.
        path: PathBuf,
    },
    /// There is nothing to put it into.
    #[error("cannot make {}: there is no directory {}", path.display(), parent.display())]
    NoParent {
        /// The place.
        path: PathBuf,
        /// What is missing.
        parent: PathBuf,
    },
    /// The system refuses.
    #[error("cannot make {}: {cause}", path.display())]
    Io {
        /// The place.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
}

/// Makes `directory` with these files, each named by its path within.
pub(super) fn create(directory: &Path, files: &[(String, String)]) -> Result<(), PlaceError> {
    let failed = |cause| PlaceError::Io { path: directory.to_owned(), cause };
    if directory.symlink_metadata().is_ok() {
        return Err(PlaceError::Exists { path: directory.to_owned() });
    }
    let parent = match directory.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Err(PlaceError::Exists { path: directory.to_owned() }),
    };
    if !parent.is_dir() {
        return Err(PlaceError::NoParent { path: directory.to_owned(), parent: parent.to_owned() });
    }
    // Beside the place, and renamed when all is there.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pointsman-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What the user's mask leaves of it, as for any new directory.
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let fresh = builder.tempdir_in(parent).map_err(failed)?;
    for (name, text) in files {
        let file = fresh.path().join(name);
        let above = file.parent().unwrap_or(fresh.path());
        fs::create_dir_all(above).and_then(|()| fs::write(&file, text)).map_err(failed)?;
    }
    fs::rename(fresh.path(), directory).map_err(failed)?;
    // Renamed: there is nothing left to remove.
    let _ = fresh.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, String)> {
        vec![("a".to_owned(), "1".to_owned()), ("src/b".to_owned(), "2".to_owned())]
    }

    #[test]
    fn all_files_are_there() {
        let here = tempfile::tempdir().unwrap();
        let place = here.path().join("new");
        create(&place, &files()).unwrap();
        assert_eq!(fs::read_to_string(place.join("src/b")).unwrap(), "2");
        assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn what_is_there_stays_as_it_is() {
        let here = tempfile::tempdir().unwrap();
        let place = here.path().join("old");
        fs::create_dir(&place).unwrap();
        assert!(matches!(create(&place, &files()), Err(PlaceError::Exists { .. })));
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
        #[cfg(unix)]
        {
            let link = here.path().join("link");
            std::os::unix::fs::symlink("nowhere", &link).unwrap();
            assert!(matches!(create(&link, &files()), Err(PlaceError::Exists { .. })));
        }
        assert!(matches!(create(Path::new("/"), &files()), Err(PlaceError::Exists { .. })));
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let here = tempfile::tempdir().unwrap();
        let error = create(&here.path().join("missing/new"), &files()).unwrap_err().to_string();
        assert!(error.contains("there is no directory"), "{error}");
        // The second file would have to lie below the first.
        let files = [("a".to_owned(), String::new()), ("a/b".to_owned(), String::new())];
        assert!(matches!(create(&here.path().join("new"), &files), Err(PlaceError::Io { .. })));
        assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_any_new_directory() {
        use std::os::unix::fs::PermissionsExt as _;
        let here = tempfile::tempdir().unwrap();
        let (new, usual) = (here.path().join("new"), here.path().join("usual"));
        create(&new, &files()).unwrap();
        fs::create_dir(&usual).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&new), mode(&usual));
    }
}
