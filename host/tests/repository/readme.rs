//! The README's scorer is the one that `plugin new` writes, and it changes a run without rebuilding
//! the host.

use std::fs;
use std::path::Path;
use std::process::Command;

use pointsman::policy::PolicyKind;
use pointsman::scaffold::{CrateName, PluginApi, Scaffold};

use crate::{repository, run};

/// The blocks of a language in a document.
fn blocks<'t>(document: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("```{language}\n");
    let starts = document.split(fence.as_str()).skip(1);
    starts.map(|start| start.split("```").next().unwrap()).collect()
}

/// A crate `calm` as `plugin new calm --kind scorer` makes it, below the target directory.
fn calm() -> std::path::PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    fs::create_dir_all(&place).unwrap();
    let folder = place.join("calm");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let kind = PolicyKind::Scorer;
    let name = CrateName::new("calm", kind, |_| None).unwrap();
    Scaffold { name, kind, api: PluginApi::of_this_host().unwrap() }.create(&folder).unwrap();
    folder
}

#[test]
fn the_scorer_of_the_tour_is_that_of_a_new_crate_and_changes_the_routing() {
    let folder = calm();
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let source = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
    let policy = source.split("\n#[cfg(test)]").next().unwrap();
    assert_eq!(blocks(&readme, "rust"), [policy]);

    fs::copy(repository("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--config", "profile.dev.debug=false", "--manifest-path"])
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

/// The README begins where the host is built; the guide builds it first.
#[test]
fn the_guide_and_the_readme_give_the_same_commands() {
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let guide = fs::read_to_string(repository("plugin-api/docs/writing-a-policy.md")).unwrap();
    let lines = |block: &str| block.lines().map(str::to_owned).collect::<Vec<_>>();
    let guide = lines(blocks(&guide, "sh")[0]);
    let readme = blocks(&readme, "sh").into_iter().map(lines).find(|lines| lines[0].contains("plugin new"));
    assert_eq!(guide[0], "cargo build --release");
    assert_eq!(Some(&guide[1..]), readme.as_deref());
    assert!(guide.len() <= 5, "{} commands", guide.len());
}
