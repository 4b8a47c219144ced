//! A compiled scorer and its formula, written out for `formula`, route every request alike.

use pointsman::report::csv;

use crate::{prepare, repository, run};

/// The score of `kv-pressure`.
const PRESSURE: &str =
    "clamp(1 - kv_utilization - pending_transfer_latency/10000 - 2*kv_thrashing_rate, 0, 1)";

/// The score of `kv-pressure-slo`.
const PRESSURE_SLO: &str = "clamp(1 - kv_utilization - pending_transfer_latency/10000 \
    * if(slo_class == \"critical\", 5, if(slo_class == \"batch\", 0.2, if(slo_class == \"background\", 0.1, 1))) \
    - 2*kv_thrashing_rate, 0, 1)";

/// `requests.csv` of the configuration with the CPU tier.
fn requests(scorer: &str, settings: &[&str]) -> Vec<u8> {
    let scorers = format!(
        "policy.routing.scorers=[{{name: pa, weight: 3}}, {{name: qd, weight: 2}}, {{{scorer}, weight: 3}}]"
    );
    let overrides = [&[scorers.as_str()], settings].concat();
    let outcome = run(&repository("configs/full-offload.yaml"), &overrides, &[]);
    assert_eq!(outcome.clamped_scores, 0);
    let mut bytes = Vec::new();
    csv::write(outcome.collector.records(), &mut bytes).unwrap();
    bytes
}

fn formula(expr: &str) -> String {
    format!("name: formula, params: {{expr: '{expr}'}}")
}

/// The configuration as it is, with a window longer than a step, and with slower transfers: so that
/// thrashing and transfers have a say.
const SETTINGS: [&[&str]; 3] = [
    &["seed=1"],
    &[
        "seed=2",
        "workload.arrivals.rate_per_s=28",
        "workload.limit=800",
        "cluster.kv.thrash_window_us=500000",
    ],
    &["seed=3", "workload.limit=800", "cluster.kv.transfer_base_latency_us=3000"],
];

#[test]
fn kv_pressure_written_as_a_formula_routes_alike() {
    for settings in SETTINGS {
        let compiled = requests("name: kv-pressure", settings);
        assert!(compiled == requests(&formula(PRESSURE), settings), "{settings:?}");
    }
}

#[test]
fn kv_pressure_slo_written_as_a_formula_routes_alike() {
    for settings in SETTINGS {
        let compiled = requests("name: kv-pressure-slo", settings);
        assert!(compiled == requests(&formula(PRESSURE_SLO), settings), "{settings:?}");
    }
}

/// Without it the tests above would show nothing: each part of the formulas has a say in these runs.
#[test]
fn another_formula_routes_otherwise() {
    for (settings, part, other) in [
        (SETTINGS[1], "1 - kv", "1 - 0.9 * kv"),
        (SETTINGS[1], "2*kv", "20*kv"),
        (SETTINGS[2], "/10000", "/5000"),
    ] {
        let other = requests(&formula(&PRESSURE.replace(part, other)), settings);
        assert!(requests("name: kv-pressure", settings) != other, "{part}");
    }
    let settings = SETTINGS[0];
    assert!(
        requests("name: kv-pressure", settings) != requests("name: kv-pressure-slo", settings),
        "classes"
    );
}

/// A mistake is found before the run, and shown where the configuration has the formula.
#[test]
fn a_mistake_in_a_formula_is_pointed_at() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let config = directory.path().join("run.yaml");
    let base = std::fs::canonicalize(repository("configs/full-offload.yaml")).unwrap();
    let text = format!(
        "base: {}\npolicy:\n  routing:\n    scorers:\n      - name: formula\n        weight: 1\n        \
         params: {{expr: 1 - kv_utilisation}}\n",
        base.display()
    );
    std::fs::write(&config, text).unwrap();
    let message = prepare(&config, &[], &[]).err().unwrap().to_string();
    assert!(
        message.contains("`expr` at column 5: unknown name `kv_utilisation`; did you mean `kv_utilization`?"),
        "{message}"
    );
    assert!(message.contains("run.yaml:7:24"), "{message}");
}
