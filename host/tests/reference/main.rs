//! The reference cases: small request streams with what an independent implementation of the
//! model makes of each request. They lie outside the repository; where they are absent the tests
//! say so and pass.

mod case;
mod expected;

use case::Case;

/// Runs a case and compares every request with what is expected.
fn agrees(name: &str) {
    let Some(case) = Case::find(name) else {
        eprintln!("skipped: no reference case {name} on this machine");
        return;
    };
    let ours = case.run();
    expected::compare(&case, &ours);
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
