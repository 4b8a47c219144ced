//! Whether a library can only have been written by those whom the user trusts anyway.

use std::{
    fs::{self, File, Metadata},
    io,
    path::Path,
    sync::OnceLock,
};

#[cfg(unix)]
use std::os::unix::fs::MetadataExt as _;

/// Why the library at `path`, open as `file`, is not to be trusted; `None` if it is.
#[cfg(unix)]
pub(super) fn distrust(path: &Path, file: &Metadata) -> io::Result<Option<String>> {
    const WORLD_WRITABLE: u32 = 0o002;
    const STICKY: u32 = 0o1000;

    if !is_trusted(file.uid()) {
        return Ok(Some(format!("it belongs to another user (uid {})", file.uid())));
    }
    if file.mode() & WORLD_WRITABLE != 0 {
        return Ok(Some("everyone may write to it".to_owned()));
    }
    let path = path.canonicalize()?;
    for (level, directory) in path.ancestors().skip(1).enumerate() {
        let metadata = fs::metadata(directory)?;
        if level == 0 && !is_trusted(metadata.uid()) {
            return Ok(Some(format!("its directory belongs to another user (uid {})", metadata.uid())));
        }
        // Further up, the sticky bit is enough: it keeps others from moving what is not theirs.
        let open = metadata.mode() & WORLD_WRITABLE != 0;
        if open && (level == 0 || metadata.mode() & STICKY == 0) {
            return Ok(Some(format!("everyone may write to {}", directory.display())));
        }
    }
    Ok(None)
}

/// Without owners and modes there is nothing to check.
#[cfg(not(unix))]
pub(super) fn distrust(_path: &Path, _file: &Metadata) -> io::Result<Option<String>> {
    Ok(None)
}

/// The user, root, and the owner of this very binary, whose code is running already.
#[cfg(unix)]
fn is_trusted(uid: u32) -> bool {
    static TRUSTED: OnceLock<[Option<u32>; 3]> = OnceLock::new();
    let trusted = TRUSTED.get_or_init(|| {
        let uid = |file: io::Result<Metadata>| file.ok().map(|metadata| metadata.uid());
        // A file that this process makes belongs to the user that it runs as.
        let own = tempfile::tempfile().and_then(|file: File| file.metadata());
        let binary = std::env::current_exe().and_then(fs::metadata);
        [uid(own), uid(binary), Some(0)]
    });
    trusted.contains(&Some(uid))
}
