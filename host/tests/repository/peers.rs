//! The peers' benchmark, which no build or test of the workspace needs: that its command is right, and that it
//! stays apart.

use std::fs;
use std::process::Command;

use crate::repository;

const MANIFEST: &str = "host/benches/peers/Cargo.toml";

/// The commands of the benchmarks' README that are in blocks.
fn commands() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(repository("host/benches/README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    let lines = blocks.collect::<String>();
    lines.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn the_command_names_a_workspace_of_its_own_and_files_that_are_there() {
    let commands = commands();
    let run = commands.iter().find(|words| words[..2] == ["cargo", "run"]).unwrap();
    let manifest = &run[run.iter().position(|word| word == "--manifest-path").unwrap() + 1];
    assert_eq!(manifest, MANIFEST);
    // Cargo itself says to which workspace it belongs.
    let root = Command::new(env!("CARGO"))
        .args(["locate-project", "--workspace", "--message-format", "plain", "--manifest-path"])
        .arg(repository(manifest))
        .output()
        .unwrap();
    assert!(root.status.success(), "{}", String::from_utf8_lossy(&root.stderr));
    let root = fs::canonicalize(String::from_utf8(root.stdout).unwrap().trim()).unwrap();
    assert_eq!(root, fs::canonicalize(repository(MANIFEST)).unwrap());

    let install = commands.iter().find(|words| words.contains(&"install".to_owned())).unwrap();
    assert!(repository(install.last().unwrap()).is_file(), "{install:?}");
}

#[test]
fn what_the_peers_need_is_no_part_of_the_workspace() {
    let lock = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let peer = "name = \"dynamo-mocker\"";
    assert!(lock("host/benches/peers/Cargo.lock").contains(peer));
    assert!(!lock("Cargo.lock").contains(peer));
}

/// A version in the README is the one that is measured.
#[test]
fn the_versions_that_are_told_are_those_that_are_built() {
    let readme = fs::read_to_string(repository("host/benches/README.md")).unwrap();
    let manifest = fs::read_to_string(repository(MANIFEST)).unwrap();
    let python = fs::read_to_string(repository("host/benches/peers/python/requirements.txt")).unwrap();
    let version = manifest.lines().find_map(|line| line.strip_prefix("dynamo-mocker = \"=")).unwrap();
    assert!(readme.contains(&format!("`dynamo-mocker` {}", version.trim_end_matches('"'))), "{version}");
    for line in python.lines() {
        let (package, version) = line.split_once("==").unwrap();
        assert!(readme.contains(&format!("`{package}` {version}")), "{line}");
    }
}
