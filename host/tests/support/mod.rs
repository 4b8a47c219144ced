//! What several test binaries share: the built plugin libraries, and data outside the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The directory with the libraries of this workspace's plugins, built for the tests.
///
/// A plain `cargo test` builds no `cdylib`, so this does: once per test binary, into a target
/// directory that the other test binaries use too and that stays for the next time.
pub(crate) fn plugin_dir() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
        let names = plugins();
        let output = Command::new(env!("CARGO"))
            .args(["build", "--config", "profile.dev.debug=false"])
            .args(names.iter().flat_map(|name| ["-p", name]))
            .arg("--manifest-path")
            .arg(workspace)
            .arg("--target-dir")
            .arg(&target)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Copied, since other libraries may lie where these were built; and renamed into place,
        // since another test may be reading there.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins");
        fs::create_dir_all(&directory).unwrap();
        for name in names {
            let name = name.replace('-', "_");
            let file = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
            let fresh = directory.join(format!("{file}.{}.new", std::process::id()));
            fs::copy(target.join("debug").join(&file), &fresh).unwrap();
            fs::rename(&fresh, directory.join(&file)).unwrap();
        }
        directory
    })
}

/// The crates under `plugins/` that are libraries of policies; the others are parts of these.
fn plugins() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let is_library = |folder: &Path| {
        fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("cdylib"))
    };
    let folders = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path());
    let name = |folder: PathBuf| folder.file_name().unwrap().to_str().unwrap().to_owned();
    folders.filter(|folder| is_library(folder)).map(name).collect()
}

/// A file or folder of the project's shared data, which lies beside the repository; `None`, with a
/// word on stderr, where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    say(&format!("skipped: there is no {} on this machine", file.display()));
    None
}

/// A word on stderr, which a test runner shows on demand.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}
