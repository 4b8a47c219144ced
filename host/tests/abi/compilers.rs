//! A library that another compiler built gives the same scores, bit for bit.

use std::{env, path::PathBuf};

use pointsman::registry::{Sources, probe};

use crate::support::{catalogue, file, library, scorer, scores};

/// `POINTSMAN_FOREIGN_LIBRARY` names a build of plugins/kv-pressure-slo by another rustc, such as
/// that of `cargo +nightly build -p kv-pressure-slo --target-dir ELSEWHERE`.
#[test]
fn another_compilers_library_gives_the_same_scores() {
    let Some(foreign) = env::var_os("POINTSMAN_FOREIGN_LIBRARY").map(PathBuf::from) else {
        crate::shared_support::say("skipped: POINTSMAN_FOREIGN_LIBRARY names no library");
        return;
    };
    let [theirs, ours] =
        [foreign.as_path(), library("kv-pressure-slo")].map(|path| probe(path, true).unwrap().manifest);
    assert_ne!(theirs.rustc, ours.rustc);
    let [theirs, ours] = [foreign.as_path(), library("kv-pressure-slo")].map(|path| {
        let sources = Sources { named: vec![file(path, None)], ..Sources::default() };
        scores(&mut scorer(&catalogue(&sources).unwrap(), "kv-pressure-slo").unwrap())
    });
    assert_eq!(theirs.map(f64::to_bits), ours.map(f64::to_bits));
}
