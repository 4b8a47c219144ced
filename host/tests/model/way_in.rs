//! From arrival to the queue: latencies, and requests that can never fit.

use pointsman::engine::State;
use pointsman::policy::{ClassWeights, Router, baseline};

use crate::policies;
use crate::support::{Lab, at, cluster};

#[test]
fn decisions_are_made_at_the_end_of_their_latencies() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.admission_latency_us = 100;
    lab.settings.routing_latency_us = 50;
    lab.settings.latency.alpha[0] = 25.0;
    // Routed at 150, 174 and 175; queued 25 later.
    lab.add([at(0, 16, 1), at(24, 16, 1), at(26, 16, 1)]);
    let run = lab.run();
    assert_eq!([0, 1, 2].map(|id| run.seen(id).now_us), [150, 174, 176]);
    assert_eq!(run.of(0).queued_us, Some(175));
    assert_eq!(run.of(0).ttft_us, Some(175 + 1160));
    // 0 is pending at 174, and in the batch at 176, when 1 is pending.
    let row = |id| &run.seen(id).rows[0];
    assert_eq!((row(1).pending_requests, row(1).batch_size), (1, 0));
    assert_eq!((row(2).pending_requests, row(2).batch_size), (1, 1));
}

#[test]
fn a_delayed_decision_counts_as_an_arrival() {
    let mut lab = Lab::new(cluster(2));
    lab.settings.routing_latency_us = 2000;
    // 0 starts at 2000 and ends at 4000, when 1 is routed: after the end.
    lab.add([at(0, 100, 1), at(2000, 1, 1).to(1)]);
    let run = lab.run();
    assert_eq!((run.seen(1).now_us, run.seen(1).rows[0].batch_size), (4000, 0));
}

#[test]
fn what_can_never_fit_is_dropped() {
    let mut lab = Lab::of_blocks(2);
    // N + M - 1 tokens are stored at most: 32, 32, 33, 33.
    lab.add([at(0, 32, 1), at(1, 17, 16), at(2, 32, 2), at(3, 33, 1)]);
    let run = lab.run();
    use State::{Completed, Dropped};
    assert_eq!(run.states(), [Completed, Completed, Dropped, Dropped]);
    assert_eq!(run.totals.states.get(Dropped), 2);
    assert_eq!((run.of(2).ttft_us, run.of(2).queued_us, run.of(2).instance), (None, None, Some(0)));
}

#[test]
fn it_is_dropped_on_entry_and_no_sooner() {
    let mut lab = Lab::new(cluster(2));
    lab.settings.kv.blocks = 2;
    lab.settings.latency.alpha[0] = 500.0;
    lab.add([at(0, 33, 1), at(500, 1, 1).to(1), at(501, 1, 1).to(1)]);
    let run = lab.run();
    let row = |id| &run.seen(id).rows[0];
    assert_eq!((row(1).pending_requests, row(1).inflight_requests), (1, 1));
    assert_eq!((row(2).pending_requests, row(2).inflight_requests), (0, 0));
}

#[test]
fn it_counts_in_the_prefix_index() {
    let mut lab = Lab::new(cluster(2));
    lab.settings.kv.blocks = 2;
    // Ties go round: without the index 1 would go to instance 1.
    lab.router = Some(Router::new(
        Vec::new(),
        vec![policies::scorer::<baseline::PrefixAffinity>("{}")],
        ClassWeights { default: vec![1.0], ..ClassWeights::default() },
        policies::picker::<baseline::MaxScore>(r#"{"tie_break": "round-robin"}"#),
    ));
    lab.add([at(0, 48, 1).holds("a b c"), at(10, 17, 1).holds("a")]);
    let run = lab.run();
    assert_eq!(run.states(), [State::Dropped, State::Completed]);
    assert_eq!(run.instances(), [Some(0), Some(0)]);
}
