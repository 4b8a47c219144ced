//! Libraries that another compiler built give the same answers and the same results, bit for bit.
//!
//! `POINTSMAN_FOREIGN_LIBRARIES` names a folder with builds of the plugins and of the test fixture
//! `evolved` by another rustc: `.ci/other-compilers` makes some and runs these tests for each.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use pointsman::registry::{Sources, probe};

use crate::{
    frozen, matrix, recorded,
    shared_support::say,
    support::{catalogue, file, library, private, scorer, scores},
};

/// Where the other compiler's libraries are; `None`, with a word on stderr, where there are none.
fn foreign() -> Option<PathBuf> {
    let folder = env::var_os("POINTSMAN_FOREIGN_LIBRARIES").map(PathBuf::from);
    if folder.is_none() {
        say("skipped: POINTSMAN_FOREIGN_LIBRARIES names no folder");
    }
    folder
}

/// A library of the other compiler, which must be one, and ours of the same source.
fn pair(foreign: &Path, name: &str) -> [PathBuf; 2] {
    let theirs = foreign.join(format!("lib{}.so", name.replace('-', "_")));
    let ours = library(name).to_owned();
    let [by_theirs, by_ours] = [&theirs, &ours].map(|path| probe(path, true).unwrap().manifest.rustc);
    assert_ne!(by_theirs, by_ours);
    say(&format!("{}: {by_theirs}", theirs.display()));
    [theirs, ours]
}

#[test]
fn a_scorer_gives_the_same_scores() {
    let Some(foreign) = foreign() else { return };
    let [theirs, ours] = pair(&foreign, "kv-pressure-slo").map(|path| {
        let sources = Sources { named: vec![file(&path, None)], ..Sources::default() };
        scores(&mut scorer(&catalogue(&sources).unwrap(), "kv-pressure-slo").unwrap())
    });
    assert_eq!(theirs.map(f64::to_bits), ours.map(f64::to_bits));
}

/// Over all inputs of the frozen version, in the host of today and in that of 1.0.
#[test]
fn every_policy_gives_the_same_answers() {
    let Some(foreign) = foreign() else { return };
    let [theirs, ours] = pair(&foreign, "evolved");
    assert_eq!(matrix::report(&theirs), matrix::report(&ours));
    assert_eq!(frozen::host(&theirs), frozen::host(&ours));
    recorded::assert_as_recorded(&theirs);
}

/// The library of version 1.0 itself, where the other compiler is new enough for it.
#[test]
fn the_library_of_1_0_gives_the_same_answers() {
    let Some(theirs) = foreign().map(|folder| folder.join("libfrozen.so")) else { return };
    if !theirs.exists() {
        say("skipped: version 1.0 needs rustc 1.88");
        return;
    }
    assert_eq!(matrix::report(&theirs), frozen::results());
    recorded::assert_as_recorded(&theirs);
}

/// Whole simulations with a scorer and a scheduler: `requests.csv` to the byte.
#[test]
fn a_scorer_and_a_scheduler_give_byte_identical_results() {
    let Some(foreign) = foreign() else { return };
    let (scorers, schedulers) = (pair(&foreign, "kv-pressure"), pair(&foreign, "priority-fcfs"));
    for config in ["slo-priority.yaml", "full-offload.yaml"] {
        let [theirs, ours] = [0, 1].map(|side| {
            let place = private();
            let requests = place.path().join("requests.csv");
            // By file: others of the same name may lie beside the program.
            let (scorer, scheduler) = (scorers[side].display(), schedulers[side].display());
            let output = Command::new(env!("CARGO_BIN_EXE_pointsman"))
                .args(["run", "--quiet", "--set=workload.requests=1000"])
                .arg(format!("--set=policy.scheduler={{name: priority-fcfs, library: {scheduler}}}"))
                .arg(format!(
                    "--set=policy.routing.scorers=[{{name: pa, weight: 3}}, {{name: qd, weight: 2}}, \
                     {{name: kv-pressure, weight: 3, library: {scorer}}}]"
                ))
                .arg(frozen::place().join("configs").join(config))
                .arg("--plugin")
                .arg(&scorers[side])
                .arg("--plugin")
                .arg(&schedulers[side])
                .arg("--requests")
                .arg(&requests)
                .env_remove("POINTSMAN_PLUGIN_PATH")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            fs::read(requests).unwrap()
        });
        assert!(theirs == ours, "{config}");
        say(&format!("{config}: requests.csv has sha256 {} with either", frozen::sha256(&ours)));
    }
}
