//! `plugin new`: the crates that it makes build, pass their own tests and the check, and change a run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pointsman::policy::PolicyKind;

use crate::scene::{Scene, Seen, seen};
use crate::support;

/// Runs cargo in a crate and expects it to be content. All crates share a target directory with the
/// other libraries of the tests, so that what they depend on is built once.
fn cargo(place: &Path, args: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
    let mut command = Command::new(env!("CARGO"));
    command.args(args).current_dir(place).env("CARGO_TARGET_DIR", &target);
    let seen = seen(command);
    assert_eq!(seen.code, Some(0), "cargo {args:?} in {}: {}{}", place.display(), seen.out, seen.err);
    target
}

/// A directory apart from this repository and its settings, such as those of rustfmt.
fn apart() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn new(scene: &Scene, place: &Path, name: &str, kind: PolicyKind) -> Seen {
    let place = place.join(name);
    scene.run(&["plugin", "new", name, "--kind", kind.name(), "--path", place.to_str().unwrap()])
}

/// The binary with the policy libraries beside it, as a release build leaves them; the directory of
/// the tested binary may have them or not.
fn installed() -> tempfile::TempDir {
    let place =
        tempfile::Builder::new().prefix("installed-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let binary = assert_cmd::cargo::cargo_bin!("pointsman");
    fs::hard_link(binary, place.path().join("pointsman")).unwrap();
    for library in fs::read_dir(support::plugin_dir()).unwrap() {
        let library = library.unwrap();
        fs::copy(library.path(), place.path().join(library.file_name())).unwrap();
    }
    place
}

#[test]
fn a_new_crate_of_each_kind_builds_passes_its_tests_and_changes_a_run() {
    let (apart, installed) = (apart(), installed());
    let run = |args: &[&str]| {
        let mut command = Command::new(installed.path().join("pointsman"));
        command.args(args).current_dir(apart.path()).env_remove("POINTSMAN_PLUGIN_PATH");
        command.env_remove("CARGO_TARGET_DIR");
        seen(command)
    };
    for kind in PolicyKind::ALL {
        let name = format!("new-{kind}");
        let made = run(&["plugin", "new", &name, "--kind", kind.name()]);
        assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
        let place = apart.path().join(&name);
        // The versions that this repository uses: nothing is looked up.
        fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"), place.join("Cargo.lock")).unwrap();
        let quick = ["--config", "profile.dev.debug=false"];
        cargo(&place, &["fmt", "--check"]);
        cargo(&place, &[&["clippy", "--all-targets"][..], &quick, &["--", "-D", "warnings"]].concat());
        cargo(&place, &[&["test"][..], &quick].concat());
        let target = cargo(&place, &[&["build"][..], &quick].concat());

        // As if it were a release build, which takes longer and is no other code.
        let library = format!("lib{}.so", name.replace('-', "_"));
        fs::create_dir_all(place.join("target/release")).unwrap();
        fs::copy(target.join("debug").join(&library), place.join("target/release").join(&library)).unwrap();

        let line = made.out.lines().find(|line| line.contains("plugin check ")).unwrap();
        let check: Vec<&str> = line.split_whitespace().skip(1).chain(["--calls", "1000"]).collect();
        let checked = run(&check);
        assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
        changes_its_run(run, &name, &made.out);
    }
}

/// Runs the two commands that were printed last: with the policy and without it.
fn changes_its_run(run: impl Fn(&[&str]) -> Seen, name: &str, printed: &str) {
    let runs: Vec<Vec<&str>> = printed
        .lines()
        .filter(|line| line.contains("pointsman run "))
        .map(|line| line.split_whitespace().skip(1).collect())
        .collect();
    let [with, without] = runs.as_slice() else { panic!("two runs: {printed}") };
    let summary = |args: &[&str]| {
        let seen = run(&[args, &["--format", "json"]].concat());
        assert_eq!(seen.code, Some(0), "{}", seen.err);
        serde_json::from_str::<serde_json::Value>(&seen.out).unwrap()
    };
    let (with, without) = (summary(with), summary(without));
    let uses = |run: &serde_json::Value| run["provenance"]["policies"].to_string().contains(name);
    assert!(uses(&with) && !uses(&without), "{name}");
    assert_ne!(with["summary"], without["summary"], "{name}");
}

/// Whatever a policy is called, its source is as rustfmt would have it.
#[test]
fn the_source_is_formatted_for_short_and_for_long_names() {
    let (scene, apart) = (Scene::new(), apart());
    for kind in PolicyKind::ALL {
        for name in ["a".to_owned(), "l-".repeat(19) + "ng"] {
            let place = apart.path().join(kind.name());
            fs::create_dir_all(&place).unwrap();
            assert_eq!(new(&scene, &place, &name, kind).code, Some(0), "{name}");
            cargo(&place.join(&name), &["fmt", "--check"]);
        }
    }
}

/// A folder of a workspace is no place that a new crate must avoid.
#[test]
fn a_new_crate_below_another_workspace_is_none_of_its_business() {
    let (scene, apart) = (Scene::new(), apart());
    fs::write(apart.path().join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
    assert_eq!(new(&scene, apart.path(), "calm", PolicyKind::Scorer).code, Some(0));
    let place = apart.path().join("calm");
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"), place.join("Cargo.lock")).unwrap();
    cargo(&place, &["metadata", "--no-deps", "--format-version", "1"]);
}

#[test]
fn all_that_belongs_to_a_crate_is_there() {
    let (scene, apart) = (Scene::new(), apart());
    new(&scene, apart.path(), "calm", PolicyKind::Scorer);
    let read = |file: &str| fs::read_to_string(apart.path().join("calm").join(file)).unwrap();
    assert!(read("LICENSE-MIT").contains("Copyright (c) the authors of calm"));
    assert!(read("LICENSE-APACHE").contains("Version 2.0, January 2004"));
    assert_eq!(read(".gitignore"), "/target\n");
    assert!(read("README.md").starts_with("# calm\n\nA scorer for Pointsman: "));
    let api = fs::canonicalize(concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin-api")).unwrap();
    assert!(read("Cargo.toml").contains(&format!("{{ path = \"{}\" }}", api.display())));
}

#[test]
fn what_cannot_be_made_is_said_and_leaves_nothing() {
    let scene = Scene::new();
    let refused = |args: &[&str], expected: &str| {
        let seen = scene.run(&[&["plugin", "new"], args].concat());
        assert_eq!(seen.code, Some(2), "{args:?}: {}", seen.err);
        assert!(seen.err.contains(expected), "{args:?}: {}", seen.err);
        assert_eq!(seen.out, "");
        assert_eq!(scene.names(), ["run.yaml"]);
    };
    refused(&["MyScorer", "--kind", "scorer"], "did you mean `my-scorer`?");
    refused(&["sjf", "--kind", "scheduler"], "`sjf` is the name of a built-in scheduler: add a word");
    refused(&["calm", "--kind", "scrorer"], "a similar value exists: 'scorer'");
    refused(&["calm"], "--kind <KIND>");
    refused(&["calm", "--kind", "scorer", "--path", "run.yaml"], "run.yaml is there already");
    refused(&["calm", "--kind", "scorer", "--path", "no/where"], "there is no directory no");
    refused(
        &["calm", "--kind", "scorer", "--plugin-api", "."],
        ". is not the directory of pointsman-plugin-api",
    );
}
