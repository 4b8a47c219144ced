//! Version 1.0 as it was: `host/tests/fixtures-1.0`, of which nothing is ever edited.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use sha2::{Digest as _, Sha256};

use crate::support::build_apart;

/// Where it lies.
pub(crate) fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures-1.0")
}

/// The library of version 1.0.
pub(crate) fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build_apart(&place().join("Cargo.toml"), "frozen"))
}

/// What the host of version 1.0 prints for a library: the exit code, stdout and stderr.
pub(crate) fn host(library: &Path) -> (Option<i32>, String, String) {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let host = BUILT.get_or_init(|| build_apart(&place().join("Cargo.toml"), "host-1-0"));
    let output = Command::new(host).arg(library).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The hash of a file, in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the host of version 1.0 printed for its own library when both were frozen.
pub(crate) fn results() -> String {
    fs::read_to_string(place().join("results.txt")).unwrap()
}

#[test]
fn nothing_of_it_has_changed() {
    let mut files = Vec::new();
    collect(&place(), &place(), &mut files);
    files.sort();
    let found =
        files.iter().map(|file| format!("{}  {file}", sha256(&fs::read(place().join(file)).unwrap())));
    let recorded = fs::read_to_string(place().join("CHECKSUMS")).unwrap();
    let recorded = recorded.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(found.collect::<Vec<_>>(), recorded, "version 1.0 is frozen: see its README.md");
}

/// All files but those that are about it, and what a build leaves behind.
fn collect(root: &Path, directory: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        match name {
            "README.md" | "CHECKSUMS" | "target" => {}
            _ if path.is_dir() => collect(root, &path, files),
            _ => files.push(name.to_owned()),
        }
    }
}
