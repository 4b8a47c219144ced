//! Libraries built with a later version of plugin-api, and what a library may say that this host does
//! not know yet.

use std::{fs, path::PathBuf};

use pointsman::registry::{PluginError, Sources};

use crate::{
    copies::{build_with, version},
    support::{catalogue, file, library, private, scorer, scores},
};

/// A library of a later minor version, with one more hook in its scorers, one more function in its
/// module and one more signal: this host loads it and knows nothing of them.
#[test]
fn a_newer_minor_version_is_loaded_and_gives_the_same_scores() {
    let (from, to) = version("1.99.0");
    let built = build_with(
        "newer-minor",
        &[
            ("Cargo.toml", &from, &to),
            (
                "src/abi/object.rs",
                "    }\n}\n\n/// A scheduler of one instance.",
                "    }\n\n/// Later.\nfn later(&mut self, id: u64) -> u64 { id }\n}\n\n/// A scheduler.",
            ),
            (
                "src/abi/module.rs",
                ") -> RResult<$object, Failure>,\n        }",
                ") -> RResult<$object, Failure>,\n/// Later.\npub later: u64,\n        }",
            ),
            ("src/abi/module.rs", "Self { create: create::<L> }", "Self { create: create::<L>, later: 5 }"),
            (
                "src/signal.rs",
                "    false: {",
                "    false: {\n        LATER later: f64 = \"none\", \"Later.\";",
            ),
        ],
    );
    let catalogue = catalogue(&Sources { named: vec![file(&built, None)], ..Sources::default() }).unwrap();
    let mut external = scorer(&catalogue, "external").unwrap();
    assert_eq!(external.provenance.library.as_ref().unwrap().api_version, "1.99.0");
    assert_eq!(scores(&mut external), [1.0, 0.0, 0.5]);
}

#[test]
fn a_changed_argument_is_refused_in_one_line_that_leads_to_it() {
    let built = build_with(
        "changed-call",
        &[
            (
                "src/abi/call.rs",
                "    pub rows: usize,\n    /// The declared attributes, in declared order, one row",
                "    pub rows: usize,\n    /// Inserted.\n    pub inserted: u64,\n    /// The declared attributes, one row",
            ),
            ("src/testkit/router.rs", "ScoreCall { now_us, rows,", "ScoreCall { now_us, rows, inserted: 0,"),
        ],
    );
    let catalogue = catalogue(&Sources { named: vec![file(&built, None)], ..Sources::default() }).unwrap();
    let error = scorer(&catalogue, "external").err().unwrap();
    assert!(matches!(error, PluginError::Layout { .. }), "{error:?}");
    let message = error.to_string();
    assert!(message.contains("score") && message.contains("size in bytes: host 48, library 56"), "{message}");
    assert!(!message.contains('\n') && message.len() < 500, "{message}");
}

/// The external scorer with another manifest, and the directory that it lies in.
fn with_manifest(from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let to = format!("{to:<width$}", width = from.len());
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(library("external-scorer")).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let directory = private();
    let path = directory.path().join("later.so");
    fs::write(&path, bytes).unwrap();
    (directory, path)
}

const SUMMARY: &str = r#""summary":"prefers short queues""#;

/// Keys that a later version adds to the manifest are left alone.
#[test]
fn a_manifest_with_keys_of_a_later_version_is_read() {
    let (_directory, path) = with_manifest(SUMMARY, r#""summary":"","later":[1,2,3,4,5]"#);
    let catalogue = catalogue(&Sources { named: vec![file(&path, None)], ..Sources::default() }).unwrap();
    assert_eq!(catalogue.entries().next().unwrap().policy.summary, "");
    assert_eq!(scores(&mut scorer(&catalogue, "external").unwrap()), [1.0, 0.0, 0.5]);
}

/// What is no signal and no attribute can be asked for too, such as a hook: this host has none.
#[test]
fn a_later_ability_that_a_policy_requires_is_refused_by_name() {
    let (_directory, path) = with_manifest(SUMMARY, r#""summary":"","requires":["it"]"#);
    let catalogue = catalogue(&Sources { named: vec![file(&path, None)], ..Sources::default() }).unwrap();
    let error = scorer(&catalogue, "external").err().unwrap();
    assert!(matches!(error, PluginError::Lacking { what: "ability", .. }), "{error:?}");
    assert!(error.to_string().contains("needs the ability `it`"), "{error}");
}
