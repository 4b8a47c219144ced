//! Files that are whole libraries, but not ones that can be used.

use std::{fs, path::Path};

use pointsman::registry::PluginError;

use crate::support::{error_of, library, named, private, scorer};

/// A library with every occurrence of some bytes replaced by as many others.
fn patched(name: &str, from: &str, to: &str) -> PluginError {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(library(name)).unwrap();
    let found = (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from.as_bytes()));
    let found = found.collect::<Vec<_>>();
    assert!(!found.is_empty(), "{name} has no {from}");
    for at in found {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    let directory = private();
    let path = directory.path().join("patched.so");
    fs::write(&path, bytes).unwrap();
    match crate::support::catalogue(&pointsman::registry::Sources {
        named: vec![crate::support::file(&path, None)],
        ..Default::default()
    }) {
        Err(error) => error,
        Ok(catalogue) => scorer(&catalogue, "external").err().expect("the patch must matter"),
    }
}

/// One line, with the path, and with something to do.
fn assert_readable(error: &PluginError, path: &str) {
    let message = error.to_string();
    assert!(message.contains(path), "{message}");
    assert!(!message.contains('\n'), "{message}");
    assert!(message.contains(';') || message.contains("try again"), "says what to do: {message}");
    assert!(message.len() < 500, "{message}");
}

#[test]
fn a_library_without_the_root_symbol() {
    let error = error_of(library("no-root"));
    assert!(matches!(error, PluginError::NoRoot { .. }), "{error:?}");
    assert_readable(&error, "no-root.so");
}

#[test]
fn a_library_without_a_manifest() {
    let error = patched("external-scorer", ".pointsman_manifest", ".pointsman_nonsense");
    assert!(matches!(error, PluginError::NoManifest { .. }), "{error:?}");
    assert_readable(&error, "patched.so");
}

#[test]
fn a_library_built_with_panic_abort() {
    let error = error_of(library("external-scorer+abort"));
    assert!(matches!(error, PluginError::PanicAbort { .. }), "{error:?}");
    assert_readable(&error, "external-scorer+abort.so");
}

#[test]
fn a_library_of_another_major_version() {
    let error = patched("external-scorer", r#""api_version":"1."#, r#""api_version":"2."#);
    assert!(matches!(error, PluginError::OtherMajor { .. }), "{error:?}");
    assert_readable(&error, "patched.so");
}

#[test]
fn a_manifest_that_is_not_json_or_lacks_what_is_needed() {
    for (from, to) in [
        (r#"{"manifest_version":1"#, r#"["manifest_version":1"#),
        (r#""manifest_version":1"#, r#""manifest_version":9"#),
        (r#""rustc":"#, r#""rusty":"#),
        (r#""aliases":["ext"]"#, r#""aliases":["EXT"]"#),
        (r#""aliases":["ext"]"#, r#""aliases":["e:t"]"#),
    ] {
        let error = patched("external-scorer", from, to);
        assert!(matches!(error, PluginError::BadManifest { .. }), "{error:?}");
        assert_readable(&error, "patched.so");
    }
}

#[test]
fn a_library_with_two_policies_of_one_name() {
    let error = patched("misbehaving", r#""name":"returns-nan""#, r#""name":"panics-oddl""#);
    // Not yet twice: the names differ by a letter.
    assert!(matches!(error, PluginError::Unknown { .. }), "{error:?}");
    let error = patched("misbehaving", r#""name":"returns-huge""#, r#""name":"panics-oddly""#);
    assert!(matches!(error, PluginError::BadManifest { .. }), "{error:?}");
    assert!(error.to_string().contains("`panics-oddly`"), "{error}");
}

#[test]
fn a_library_that_is_not_called_what_it_says() {
    let error = patched("external-scorer", r#""name":"external-scorer""#, r#""name":"internal-scorer""#);
    assert!(matches!(error, PluginError::WrongName { .. }), "{error:?}");
    assert_readable(&error, "patched.so");
}

#[test]
fn a_library_that_runs_otherwise_than_its_manifest_says() {
    for (name, what) in [("raw+unlike", "its root returns"), ("raw+hollow", "offers no policies")] {
        let error = scorer(&named(&[name]), "raw").err().unwrap();
        assert!(matches!(error, PluginError::WrongName { .. }), "{error:?}");
        assert!(error.to_string().contains(what), "{error}");
        assert_readable(&error, name);
    }
}

#[test]
fn a_library_of_another_layout_is_one_line_and_the_rest_on_demand() {
    let error = scorer(&named(&["other-layout"]), "other-layout").err().unwrap();
    assert!(matches!(error, PluginError::Layout { .. }), "{error:?}");
    assert_readable(&error, "other-layout.so");
    assert!(error.details().unwrap().lines().count() > 10);
}

#[test]
fn what_is_not_a_library() {
    let directory = private();
    let write = |name: &str, content: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    for (name, content) in [
        ("text.so", &b"just some text, long enough to be anything at all, and then a bit more of it"[..]),
        ("script.so", b"#!/bin/sh\nexit 0\n"),
        ("archive.so", b"!<arch>\n"),
        ("zeros.so", &[0; 4096]),
    ] {
        let error = error_of(&write(name, content));
        assert!(matches!(error, PluginError::NotALibrary { .. }), "{name}: {error:?}");
        assert_readable(&error, name);
    }
    let error = error_of(&write("empty.so", b""));
    assert!(matches!(error, PluginError::Empty { .. }), "{error:?}");
    assert_readable(&error, "empty.so");
}

#[test]
fn what_is_not_even_a_file() {
    let directory = private();
    let error = error_of(directory.path());
    assert!(matches!(error, PluginError::Directory { .. }), "{error:?}");
    assert_readable(&error, directory.path().to_str().unwrap());

    let error = error_of(&directory.path().join("missing.so"));
    assert!(matches!(error, PluginError::Unreadable { .. }), "{error:?}");
    assert_readable(&error, "missing.so");

    let error = error_of(Path::new("/dev/null"));
    assert!(matches!(error, PluginError::NotAFile { .. }), "{error:?}");
    assert_readable(&error, "/dev/null");
}

#[test]
fn a_library_for_another_machine() {
    const CLASS: usize = 4;
    const MACHINE: usize = 18;
    let directory = private();
    let path = directory.path().join("foreign.so");
    for (at, value) in [(CLASS, 1), (MACHINE, 0xf3), (MACHINE, 3)] {
        let mut bytes = fs::read(library("external-scorer")).unwrap();
        bytes[at] = value;
        fs::write(&path, bytes).unwrap();
        let error = error_of(&path);
        assert!(matches!(error, PluginError::OtherArchitecture { .. }), "{error:?}");
        assert_readable(&error, "foreign.so");
    }
}
