//! Who is let in.

use pointsman::engine::State::{self, Completed, Rejected};
use pointsman::policy::{Router, Seat, baseline};
use pointsman_plugin_api::abi::AdmissionBox;

use crate::policies;
use crate::support::{Lab, Req, at, cluster};

fn outcome(admission: Seat<AdmissionBox>, requests: impl IntoIterator<Item = Req>) -> Vec<State> {
    let mut lab = Lab::new(cluster(2));
    lab.admission = admission;
    lab.add(requests);
    lab.run().states()
}

#[test]
fn reject_all_rejects_all_before_routing() {
    let mut lab = Lab::new(cluster(1));
    lab.admission = policies::admission::<baseline::RejectAll>("{}");
    lab.add([at(0, 16, 1), at(5, 16, 1)]);
    let run = lab.run();
    assert_eq!(run.states(), [Rejected, Rejected]);
    assert_eq!((run.of(0).instance, run.of(0).queued_us, run.of(0).ttft_us), (None, None, None));
    assert!(run.seen.is_empty());
    assert_eq!(run.totals.states.get(Rejected), 2);
}

#[test]
fn a_bucket_starts_full_and_fills_at_its_rate() {
    // A token per 1000 ticks, two at most.
    let bucket = || policies::admission::<baseline::TokenBucket>(r#"{"rate_per_s": 1000, "burst": 2}"#);
    let requests = |times: &[u64]| times.iter().map(|&us| at(us, 16, 1)).collect::<Vec<_>>();
    // 2, 1, 0; then 0.5; then 1.
    assert_eq!(
        outcome(bucket(), requests(&[0, 0, 0, 500, 1000])),
        [Completed, Completed, Rejected, Rejected, Completed]
    );
    // Never more than 2, however long the wait.
    assert_eq!(outcome(bucket(), requests(&[50_000, 50_000, 50_000])), [Completed, Completed, Rejected]);
}

#[test]
fn a_bucket_may_charge_prompt_tokens() {
    // A token a tick, 100 at most: 100 - 60 = 40; 50 at 10; 60 at 20; 1 at 21.
    let params = r#"{"rate_per_s": 1e6, "burst": 100, "cost": "prompt-tokens"}"#;
    let bucket = policies::admission::<baseline::TokenBucket>(params);
    let requests = [at(0, 60, 1), at(10, 60, 1), at(20, 60, 1), at(21, 1, 1), at(21, 1, 1)];
    assert_eq!(outcome(bucket, requests), [Completed, Rejected, Completed, Completed, Rejected]);
}

fn gate(threshold: u64) -> Seat<AdmissionBox> {
    let params = format!(r#"{{"classes": ["batch"], "threshold": {threshold}}}"#);
    policies::admission::<baseline::SloGated>(&params)
}

#[test]
fn the_gate_closes_for_its_classes_while_every_instance_is_loaded() {
    let requests = [
        at(0, 16, 1),
        // Instance 1 is idle still.
        at(1, 16, 1).class("batch").to(1),
        at(2, 16, 1).class("batch"),
        at(2, 16, 1).class("critical"),
        at(2, 16, 1),
        // All is done by 2400.
        at(9000, 16, 1).class("batch"),
    ];
    assert_eq!(
        outcome(gate(1), requests.clone()),
        [Completed, Completed, Rejected, Completed, Completed, Completed]
    );
    assert_eq!(outcome(gate(2), requests), [Completed; 6]);
}

#[test]
fn it_decides_on_the_state_at_the_end_of_its_latency() {
    let mut lab = Lab::new(cluster(1));
    lab.admission = gate(1);
    lab.settings.admission_latency_us = 100;
    // 1 arrives at an idle cluster; at 150, 0 has been routed.
    lab.add([at(0, 16, 1), at(50, 16, 1).class("batch")]);
    assert_eq!(lab.run().states(), [Completed, Rejected]);
}

#[test]
fn rejected_requests_take_no_turn_of_round_robin() {
    let mut lab = Lab::new(cluster(2));
    lab.admission = gate(0);
    lab.router = Some(Router::with_picker(policies::picker::<baseline::RoundRobin>("{}")));
    lab.add([at(0, 16, 1), at(1, 16, 1).class("batch"), at(2, 16, 1)]);
    assert_eq!(lab.run().instances(), [Some(0), None, Some(1)]);
}
