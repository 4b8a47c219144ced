//! How often policies are asked, which a run says.

use pointsman::policy::PolicyKind;

use crate::{BUSY, run};

#[test]
fn who_routes_is_asked_for_every_request_and_a_library_is_named() {
    let outcome = run(&format!(
        "{BUSY}policy:\n  routing: qd:1,kv-pressure-slo:2\n  scheduler: priority-fcfs\n  priority: slo-class\n"
    ));
    let requests = outcome.summary.overall.requests;
    let of = |name: &str| {
        let found: Vec<_> = outcome.calls.iter().filter(|count| count.policy == name).collect();
        assert_eq!(found.len(), 1, "{name}: {:?}", outcome.calls);
        found[0]
    };
    assert_eq!(of("queue-depth").decisions, requests);
    assert_eq!(of("queue-depth").library, "built in");
    assert_eq!(of("kv-pressure-slo").decisions, requests);
    assert!(of("kv-pressure-slo").library.contains("kv_pressure_slo"), "{:?}", of("kv-pressure-slo"));
    // One object for each of the four queues, counted together; queues that change are put in order again.
    let scheduler = of("priority-fcfs");
    assert_eq!(scheduler.kind, PolicyKind::Scheduler);
    assert!(scheduler.decisions >= outcome.summary.overall.completed() / 4, "{scheduler:?}");
}
