//! The README's scorer, built as it is written there and loaded without rebuilding the host.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{repository, run};

/// The first block of a language in the README.
fn block(readme: &str, language: &str) -> String {
    let start = readme.split(&format!("```{language}\n")).nth(1).unwrap();
    start.split("```").next().unwrap().to_owned()
}

#[test]
fn the_scorer_of_the_tour_builds_and_changes_the_routing() {
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme/calm");
    fs::create_dir_all(folder.join("src")).unwrap();
    let api = fs::canonicalize(repository("plugin-api")).unwrap();
    let manifest = block(&readme, "toml").replace("../pointsman/plugin-api", api.to_str().unwrap());
    // Below this workspace's folder, though not part of it.
    fs::write(folder.join("Cargo.toml"), manifest + "\n[workspace]\n").unwrap();
    fs::write(folder.join("src/lib.rs"), block(&readme, "rust")).unwrap();
    fs::copy(repository("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let library = target.join("debug").join(format!(
        "{}calm{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    let routed = |routing: &str| {
        let overrides = ["workload.limit=200".to_owned(), format!("policy.routing={routing}")];
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let outcome =
            run(&repository("configs/full-compound.yaml"), &overrides, std::slice::from_ref(&library));
        outcome.collector.records().iter().map(|record| record.instance).collect::<Vec<_>>()
    };
    assert_ne!(routed("pa:3"), routed("pa:3,calm:2"));
}
