//! The reference cases: small request streams with what an independent implementation of the
//! model makes of each request. They lie outside the repository; where they are absent the tests
//! say so and pass.
//!
//! Each case goes the whole way: configuration, trace reader, the real plugin libraries, engine.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod expected;
#[path = "../support/mod.rs"]
mod support;

use case::Case;
use pointsman::metrics::digest;

/// Runs a case on both engines and compares every request with what is expected.
fn agrees(name: &str) {
    if let Some(folder) = support::shared(&format!("reference/{name}")) {
        let case = Case::at(&folder);
        let mut digests = vec![];
        for engine in ["plain", "fast"] {
            let outcome = case.run(engine);
            expected::compare(&case, &outcome);
            digests.push((digest::of_requests(outcome.collector.records()), outcome.events));
        }
        assert_eq!(digests[0], digests[1], "{name}: the engines differ in what the case says nothing of");
    }
}

macro_rules! cases {
    ($($test:ident: $name:literal;)*) => {$(
        #[test]
        fn $test() {
            agrees($name);
        }
    )*};
}

cases! {
    abundant_round_robin: "01-abundant-round-robin";
    pa_qd_kv: "02-pa-qd-kv";
    preemption: "03-preemption";
    cpu_blocking: "04-cpu-blocking";
    cpu_async: "05-cpu-async";
    kv_pressure_slo: "06-kv-pressure-slo";
    priority_preemption: "07-priority-preemption";
    stale_signals: "08-stale-signals";
    small_chunks: "09-small-chunks";
    ties_least_loaded: "10-ties-least-loaded";
    horizon_all_states: "11-horizon-all-states";
    mooncake: "12-mooncake";
}

/// More cases of the same form, wherever they are: `POINTSMAN_CASES=DIR`, a folder per case.
#[test]
fn cases_of_a_directory() {
    let Some(directory) = std::env::var_os("POINTSMAN_CASES") else {
        support::say("skipped: POINTSMAN_CASES names no directory");
        return;
    };
    let mut folders: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("config.json").exists());
    folders.sort();
    let disagreeing: Vec<_> = folders
        .iter()
        .filter(|folder| {
            let case = Case::at(folder);
            let agrees =
                |engine| std::panic::catch_unwind(|| expected::compare(&case, &case.run(engine))).is_ok();
            !agrees("plain") || !agrees("fast")
        })
        .collect();
    assert!(disagreeing.is_empty(), "{} of {}: {disagreeing:?}", disagreeing.len(), folders.len());
    support::say(&format!("{} cases agree", folders.len()));
}
