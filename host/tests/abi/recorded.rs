//! The same library file gives the same results in the host before and after version 1.1 of the plugin
//! API: whole simulations with the frozen library, against what they gave before.
//!
//! The digests were made by this very file, with the program of commit 151deee, the last of version
//! 1.0: `POINTSMAN_PROGRAM` names it in place of the present one. `.ci/before-and-after` builds it and
//! does that again at any time. They are the law: a digest that differs is a result that changed for
//! users who changed nothing, neither their library nor their configuration nor their seed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    frozen,
    shared_support::say,
    support::{library, private},
};

/// A run: a configuration of the frozen ones, what is changed in it, and the digest of its requests.
struct Run {
    name: &'static str,
    config: &'static str,
    args: &'static [&'static str],
    digest: &'static str,
}

/// All of them with ties that are broken at random, but for round-robin, which has none.
const RUNS: &[Run] = &[
    Run {
        name: "every kind from the library",
        config: "full-compound.yaml",
        args: &[
            "--routing=frozen-pressure:2,frozen-spread:1,frozen-reader:1",
            "--scheduler=frozen-urgent",
            "--priority=frozen-age",
        ],
        digest: "b449eca66b1cd8ae836e09304a84f572cf91ecb7505b32286743343396042e01",
    },
    Run {
        name: "with a CPU tier and signals that are old",
        config: "full-offload.yaml",
        args: &[
            "--routing=frozen-pressure:2,frozen-spread:1,frozen-reader:1",
            "--scheduler=frozen-urgent",
            "--priority=frozen-age",
            "--set=cluster.signals.refresh_interval_us=50000",
        ],
        digest: "e3b7d577e3fdee322f2754f6543d7e223ddf81abf6bdb52a9816bc5a0a7ffe5f",
    },
    Run {
        name: "beside scorers of the host",
        config: "static-default.yaml",
        args: &["--routing=pa:3,qd:2,frozen-pressure:3"],
        digest: "8252e0043aea5107805d5a3d3aaafe49accc6acdcb29c3f5172a32a9d803160b",
    },
    Run {
        name: "many equal scores",
        config: "kv-pressure.yaml",
        args: &["--routing=frozen-pressure:1", "--seed=7"],
        digest: "9aad3344f31f5b216470e9f5fe4d2cebe6e218cd3a847ae5cea6679c7a467800",
    },
    Run {
        name: "a scheduler alone, under round-robin",
        config: "rr-low-kv.yaml",
        args: &["--scheduler=frozen-entry"],
        digest: "6190664e4a04f5c41371ceff5683029c8ff31215cc5a52ad393e5d0964ff472e",
    },
    Run {
        name: "a priority of the host, reloads beside the batch",
        config: "static-offload.yaml",
        args: &[
            "--routing=frozen-reader:1",
            "--scheduler=frozen-urgent",
            "--priority=slo-class",
            "--set=cluster.kv.reload=async",
        ],
        digest: "e1feacc2a1ef69171a12caaf17fe5ffc8b5d908808720e16ae421c11d5d91f72",
    },
    Run {
        name: "victims by priority, under the picker least-loaded",
        config: "slo-priority.yaml",
        args: &[
            "--routing=least-loaded",
            "--scheduler=frozen-urgent",
            "--priority=frozen-age",
            "--set=cluster.engine.preemption=priority",
            "--set=cluster.engine.max_num_seqs=8",
        ],
        digest: "9e831ee9c9b02a62c4c9a4d9e56a59e91515f9544fe664e9e99798d51ccdf06d",
    },
];

/// The columns that `requests.csv` had: a later host may have more of them.
const COLUMNS: [&str; 17] = [
    "id",
    "instance",
    "tenant",
    "slo_class",
    "session",
    "round",
    "arrival_us",
    "queued_us",
    "first_scheduled_us",
    "ttft_us",
    "e2e_us",
    "prompt_tokens",
    "output_tokens",
    "hit_tokens_gpu",
    "hit_tokens_cpu",
    "preemptions",
    "state",
];

/// The host: the present program, or the one that `POINTSMAN_PROGRAM` names.
fn program() -> PathBuf {
    env::var_os("POINTSMAN_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_pointsman").into(), PathBuf::from)
}

/// The digest of what became of each request, to the tick.
fn digest(run: &Run, library: &Path) -> String {
    let place = private();
    let requests = place.path().join("requests.csv");
    let output = Command::new(program())
        .args(["run", "--quiet", "--set=workload.requests=400"])
        .arg(frozen::place().join("configs").join(run.config))
        .args(run.args)
        .arg("--plugin")
        .arg(library)
        .arg("--requests")
        .arg(&requests)
        .env_remove("POINTSMAN_PLUGIN_PATH")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {}", run.name, String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_path(&requests).unwrap();
    let header = reader.headers().unwrap().clone();
    let places = COLUMNS.map(|name| header.iter().position(|other| other == name).unwrap());
    let mut rows = String::new();
    for record in reader.records() {
        let record = record.unwrap();
        rows += &places.map(|at| &record[at]).join(",");
        rows.push('\n');
    }
    assert_eq!(rows.lines().count(), 400, "{}", run.name);
    frozen::sha256(rows.as_bytes())
}

/// Runs all of them with a library and compares.
pub(crate) fn assert_as_recorded(library: &Path) {
    say(&format!("{} has sha256 {}", library.display(), frozen::sha256(&fs::read(library).unwrap())));
    let found = RUNS.iter().map(|run| (run.name, digest(run, library))).collect::<Vec<_>>();
    let recorded = RUNS.iter().map(|run| (run.name, run.digest.to_owned())).collect::<Vec<_>>();
    assert_eq!(found, recorded, "in {} with {}", program().display(), library.display());
}

#[test]
fn the_library_of_1_0_gives_the_results_that_it_always_gave() {
    assert_as_recorded(frozen::library());
}

/// The same source built today: in this host, and (see `.ci/before-and-after`) in that of 1.0.
#[test]
fn the_same_policies_built_today_give_the_same_results() {
    assert_as_recorded(library("evolved"));
}
