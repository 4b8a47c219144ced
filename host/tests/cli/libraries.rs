//! Libraries that only tests have, built for them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A library of policies that go wrong.
pub(crate) fn misbehaving() -> PathBuf {
    built().join("libmisbehaving.so")
}

/// A library with one scorer, `external`, from outside the workspace: no other has that name.
pub(crate) fn external() -> PathBuf {
    built().join("libexternal_scorer.so")
}

/// A library of policies that no guard can hold.
pub(crate) fn crashing() -> PathBuf {
    built().join("libcrashing.so")
}

/// Where they are. The tests of the ABI build into that directory, too.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/Cargo.toml");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--config",
                "profile.dev.debug=false",
                "-p",
                "misbehaving",
                "-p",
                "external-scorer",
                "-p",
                "crashing",
            ])
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        target.join("debug")
    })
}
