//! Libraries built with another version of plugin-api, made by editing a copy of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use pointsman::registry::{PluginError, Sources};

use crate::support::{build_apart, catalogue, error_of, file, library, private, scorer, scores};

/// Builds the external scorer against an edited copy of plugin-api. The copy has a fixed place, and
/// only what differs is written, so that it need not be built again each time.
fn build_with(name: &str, edits: &[(&str, &str, &str)]) -> PathBuf {
    let host = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evolution").join(name);
    // A name of its own too: in a shared target directory, cargo tells members of equal name and
    // version apart by their paths within their workspaces.
    let api = PathBuf::from(format!("plugin-api-{name}"));
    let mut files = Vec::new();
    for directory in ["src", "benches"] {
        collect(&host.join("../plugin-api").join(directory), &api.join(directory), &mut files);
    }
    collect(&host.join("tests/fixtures/external-scorer/src"), Path::new("scorer/src"), &mut files);
    let lone = [
        (api.join("Cargo.toml"), "../plugin-api/Cargo.toml"),
        (api.join("build.rs"), "../plugin-api/build.rs"),
        ("Cargo.lock".into(), "../Cargo.lock"),
    ];
    for (to, from) in lone {
        files.push((to, fs::read_to_string(host.join(from)).unwrap()));
    }
    for (file, from, to) in edits {
        let path = api.join(file);
        let (_, text) = files.iter_mut().find(|(other, _)| *other == path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replacen(from, to, 1);
    }

    // The same versions and settings of everything else, for other members.
    let workspace = fs::read_to_string(host.join("../Cargo.toml")).unwrap();
    let lines = workspace.lines().map(|line| match line.split(" = ").next() {
        Some("members") => format!("members = [\"{}\", \"scorer\"]", api.display()),
        Some("default-members") => String::new(),
        Some("pointsman-plugin-api") => format!("pointsman-plugin-api = {{ path = \"{}\" }}", api.display()),
        _ => line.to_owned(),
    });
    files.push(("Cargo.toml".into(), lines.collect::<Vec<_>>().join("\n")));
    let scorer = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.3.0\"\nedition = \"2024\"\n\
         [lib]\ncrate-type = [\"cdylib\"]\n[features]\nreversed = []\n\
         [dependencies]\npointsman-plugin-api.workspace = true\n"
    );
    files.push(("scorer/Cargo.toml".into(), scorer));

    for (file, text) in files {
        let file = place.join(file);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    build_apart(&place.join("Cargo.toml"), name)
}

/// All files below a directory, with their text and their places in the copy.
fn collect(from: &Path, to: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            collect(&path, &target, files);
        } else {
            files.push((target, fs::read_to_string(path).unwrap()));
        }
    }
}

/// A library of version 1.1, with one more hook in its scorers, one more function in its module and
/// one more signal: this host loads it and knows nothing of them.
#[test]
fn a_newer_minor_version_is_loaded_and_gives_the_same_scores() {
    let built = build_with(
        "newer-minor",
        &[
            ("Cargo.toml", r#"version = "1.0.0""#, r#"version = "1.1.0""#),
            (
                "src/abi/object.rs",
                "fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;",
                "fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;\n\
                 /// Later.\nfn completed(&mut self, id: u64) -> u64 { id }",
            ),
            (
                "src/abi/root.rs",
                ") -> RResult<$object, Failure>,\n        }",
                ") -> RResult<$object, Failure>,\n/// Later.\npub later: u64,\n        }",
            ),
            (
                "src/abi/root.rs",
                "Self { create: create::$find::<L> }",
                "Self { create: create::$find::<L>, later: 5 }",
            ),
            ("src/signal.rs", "signals! {", "signals! {\n    LATER: f64 = \"later\", \"none\", \"Later.\";"),
        ],
    );
    let catalogue = catalogue(&Sources { named: vec![file(&built, None)], ..Sources::default() }).unwrap();
    let mut external = scorer(&catalogue, "external").unwrap();
    assert_eq!(external.provenance.library.as_ref().unwrap().api_version, "1.1.0");
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
            ("src/testkit.rs", "ScoreCall { now_us, rows,", "ScoreCall { now_us, rows, inserted: 0,"),
        ],
    );
    let catalogue = catalogue(&Sources { named: vec![file(&built, None)], ..Sources::default() }).unwrap();
    let error = scorer(&catalogue, "external").err().unwrap();
    assert!(matches!(error, PluginError::Layout { .. }), "{error:?}");
    let message = error.to_string();
    assert!(message.contains("score") && message.contains("size in bytes: host 48, library 56"), "{message}");
    assert!(!message.contains('\n') && message.len() < 500, "{message}");
}

#[test]
fn another_major_version_is_refused_by_its_number() {
    let built = build_with("newer-major", &[("Cargo.toml", r#"version = "1.0.0""#, r#"version = "2.0.0""#)]);
    let error = error_of(&built);
    assert!(matches!(error, PluginError::OtherMajor { .. }), "{error:?}");
    assert!(error.to_string().contains("2.0.0"), "{error}");
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
