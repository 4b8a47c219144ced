//! A library and a host of different major versions: neither loads the other, and both say why.

use std::path::Path;

use pointsman::registry::PluginError;

use crate::{
    copies::{Copy, build_with, version},
    frozen,
    support::error_of,
};

/// What is said of a library, whichever host says it.
fn sentence(library: &Path, built_with: &str, host: u32) -> String {
    format!(
        "the plugin library {} was built with version {built_with} of pointsman-plugin-api, this host loads \
         {host}.x; build it with {host}.x",
        library.display()
    )
}

#[test]
fn a_library_of_a_later_major_version_is_refused_by_its_number() {
    let (from, to) = version("2.0.0");
    let built = build_with("newer-major", &[("Cargo.toml", &from, &to)]);
    let error = error_of(&built);
    assert!(matches!(error, PluginError::OtherMajor { .. }), "{error:?}");
    assert_eq!(error.to_string(), sentence(&built, "2.0.0", 1));
    let (code, _, message) = frozen::host(&built);
    assert_eq!(message, format!("error: {}\n", sentence(&built, "2.0.0", 1)), "as the host of 1.0 says");
    assert_eq!(code, Some(3));
}

/// The host of version 1.0, were it of version 2.0.
#[test]
fn a_host_of_a_later_major_version_refuses_by_its_number() {
    let mut copy = Copy::new("host-2-0");
    for part in ["host", "Cargo.lock", "Cargo.toml"] {
        copy.take(&frozen::place().join(part), Path::new(part));
    }
    for part in ["src", "benches", "Cargo.toml", "build.rs"] {
        copy.take(&frozen::place().join("plugin-api").join(part), &Path::new("plugin-api").join(part));
    }
    copy.edit(Path::new("Cargo.toml"), "\"plugin\", ", "");
    copy.edit(Path::new("Cargo.toml"), "version = \"1.0.0\"", "version = \"2.0.0\"");
    copy.edit(Path::new("plugin-api/Cargo.toml"), "version = \"1.0.0\"", "version = \"2.0.0\"");
    copy.edit(Path::new("plugin-api/src/abi/root.rs"), "ABI_MAJOR: u32 = 1", "ABI_MAJOR: u32 = 2");
    copy.edit(Path::new("host/Cargo.toml"), "\"host-1-0\"", "\"host-2-0\"");
    let host = copy.build("host-2-0");
    let output = std::process::Command::new(host).arg(frozen::library()).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("error: {}\n", sentence(frozen::library(), "1.0.0", 2))
    );
    assert_eq!(output.status.code(), Some(3));
}
