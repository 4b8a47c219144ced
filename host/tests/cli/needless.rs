//! What has no effect is warned of, once, and the run goes on.

use crate::scene::Scene;

/// Arguments, and what the warning says.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &["--instances", "1", "--set", "policy.routing.tie_break=first"],
        "`policy.routing.tie_break` has no effect",
    ),
    (&["--kv-offload-threshold", "0.5"], "`cluster.kv.offload_threshold` has no effect"),
    (&["--kv-cpu-blocks", "9", "--kv-offload-threshold", "1"], "`cluster.kv.cpu_blocks` has no effect"),
    (
        &["--set", "cluster.engine.long_prefill_token_threshold=2048"],
        "`cluster.engine.long_prefill_token_threshold` has no effect",
    ),
    (
        &["--routing", "pa:1", "--set", "cluster.signals.refresh_interval_us=5"],
        "`cluster.signals.refresh_interval_us` has no effect",
    ),
    (&["--set", "policy.routing.picker=least-loaded"], "the scorers have no effect"),
    (
        &["--set", "policy.routing={picker: least-loaded, by_class: {default: 'pa:1'}}"],
        "the scorers have no effect",
    ),
    (
        &["--routing", "round-robin", "--set", "policy.routing.tie_break=first"],
        "`policy.routing.tie_break` has no effect",
    ),
    (
        &["--set", "cluster.signals.completion_delay_us=5"],
        "`cluster.signals.completion_delay_us` has no effect: no policy listens to completions",
    ),
    (
        &["--set", "cluster.signals.kv_event_delay_us=5"],
        "`cluster.signals.kv_event_delay_us` has no effect: no policy listens to KV events",
    ),
    (&["--policy-timeout", "1s"], "--policy-timeout has no effect without --isolate"),
    (&["--memory-limit", "1GiB"], "--memory-limit has no effect without --isolate"),
    (&["--priority", "slo-class"], "priority `slo-class` has no effect"),
    (
        &["--set", "slo={critcal: {ttft_ms: 5}}"],
        "`slo` has no effect for `critcal`: no request is of that class; there are `batch`, `critical`",
    ),
    (
        &["--set", "policy.routing={by_class: {interactive: 'pa:1', default: 'qd:1'}}"],
        "`policy.routing.by_class` has no effect for `interactive`",
    ),
    (
        &["--set", "policy.admission={name: slo-gated, params: {classes: [bulk], threshold: 1}}"],
        "`policy.admission` has no effect for `bulk`",
    ),
];

#[test]
fn it_is_said_once() {
    let scene = Scene::new();
    for (args, part) in NEEDLESS {
        let seen = scene.run(&[&["run", "run.yaml", "--quiet"], *args].concat());
        assert_eq!(seen.code, Some(0), "{}", seen.err);
        assert!(seen.err.contains(&format!("warning: {part}")), "{args:?} says: {}", seen.err);
        assert_eq!(seen.err.matches("warning").count(), 1, "{args:?} says: {}", seen.err);
    }
}

#[test]
fn it_is_not_said_of_what_has_an_effect() {
    let scene = Scene::new();
    for args in [
        &["--set", "cluster.signals.refresh_interval_us=5"][..],
        &["--routing", "round-robin", "--instances", "1"],
        &["--set", "policy.routing.tie_break=first"],
        &["--kv-cpu-blocks", "9", "--kv-offload-threshold", "0.99"],
        &["--set", "cluster.engine.long_prefill_token_threshold=2047"],
    ] {
        let seen = scene.run(&[&["run", "run.yaml", "--quiet"], args].concat());
        assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{args:?}");
    }
}
