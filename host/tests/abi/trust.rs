//! A library that someone else could have written is not run unless it is named.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use pointsman::registry::{PluginError, PolicyRef, Sources};
use tempfile::TempDir;

use crate::support::{FACTS, catalogue, directory, file, library};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn place() -> TempDir {
    directory(&[("policy.so", "external-scorer")])
}

/// How it fares in a searched directory, in the configuration, and named by the user.
fn assert_only_named(directory: &TempDir) {
    let path = directory.path().join("policy.so");
    let configured = Sources { configured: vec![file(&path, None)], ..Sources::default() };
    let error = catalogue(&configured).err().unwrap();
    assert!(matches!(error, PluginError::Untrusted { .. }), "{error:?}");
    assert!(error.to_string().contains("--plugin"), "{error}");

    let searched = Sources { directories: vec![directory.path().to_owned()], ..Sources::default() };
    let searched = catalogue(&searched).unwrap();
    assert!(matches!(searched.left_out(), [PluginError::Untrusted { .. }]));
    let error = searched.create_scorer(&PolicyRef::named("external"), &FACTS).err().unwrap();
    assert!(error.to_string().contains("policy.so is not trusted"), "it says why it is missing: {error}");

    let named = Sources { named: vec![file(&path, None)], ..configured };
    catalogue(&named).unwrap().create_scorer(&PolicyRef::named("external"), &FACTS).unwrap();
}

#[test]
fn a_file_that_everyone_may_write_to() {
    let directory = place();
    mode(&directory.path().join("policy.so"), 0o666);
    assert_only_named(&directory);
}

#[test]
fn a_file_in_a_directory_that_everyone_may_write_to() {
    let directory = place();
    for open in [0o777, 0o1777] {
        mode(directory.path(), open);
        assert_only_named(&directory);
    }
}

#[test]
fn a_file_below_a_directory_that_everyone_may_write_to() {
    let directory = place();
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::copy(library("external-scorer"), inner.join("policy.so")).unwrap();
    let sources = Sources { directories: vec![inner], ..Sources::default() };
    // The sticky bit keeps others from moving `inner` away.
    mode(directory.path(), 0o1777);
    assert_eq!(catalogue(&sources).unwrap().left_out(), []);
    mode(directory.path(), 0o777);
    assert!(matches!(catalogue(&sources).unwrap().left_out(), [PluginError::Untrusted { .. }]));
}

#[test]
fn a_file_of_another_user() {
    let directory = place();
    let path = directory.path().join("policy.so");
    // Only root can give a file away; others have nothing to test here.
    if std::os::unix::fs::chown(&path, Some(4711), None).is_ok() {
        assert_only_named(&directory);
    }
}
