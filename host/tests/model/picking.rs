//! Pickers that need no scorers, and ties.

use pointsman::engine::State;
use pointsman::policy::{ClassWeights, Router, Seat, baseline};
use pointsman::random;
use pointsman_plugin_api::abi::PickerBox;
use rand::RngExt;

use crate::policies::{self, Steer};
use crate::support::{Lab, Req, Run, at, cluster};

const FIRST: &str = r#"{"tie_break": "first"}"#;
const AROUND: &str = r#"{"tie_break": "round-robin"}"#;

fn least_loaded(params: &str) -> Seat<PickerBox> {
    policies::picker::<baseline::LeastLoaded>(params)
}

fn picked(picker: Seat<PickerBox>, requests: impl IntoIterator<Item = Req>) -> Run {
    let mut lab = Lab::new(cluster(3));
    lab.settings.kv.blocks = 100;
    lab.router = Some(Router::with_picker(picker));
    lab.add(requests);
    lab.run()
}

fn instances(run: &Run) -> Vec<u32> {
    run.instances().into_iter().flatten().collect()
}

#[test]
fn round_robin_goes_round_and_counts_dropped_requests() {
    // 2000 tokens do not fit into 100 blocks.
    let requests = [at(0, 16, 1), at(1, 2000, 1), at(2, 16, 1), at(3, 16, 1), at(90_000, 16, 1)];
    let run = picked(policies::picker::<baseline::RoundRobin>("{}"), requests);
    assert_eq!(run.of(1).state, State::Dropped);
    assert_eq!(instances(&run), [0, 1, 2, 0, 1]);
}

/// 0 and 1 go on for long; 2 and 3 are short.
fn long_and_short() -> [Req; 5] {
    [at(0, 16, 100), at(1, 16, 100), at(2, 16, 1), at(5000, 16, 1), at(5001, 16, 1)]
}

#[test]
fn least_loaded_breaks_ties_by_the_lowest_index() {
    // All idle; 1 and 2 idle; only 2, twice; then one each.
    let run = picked(least_loaded(FIRST), long_and_short());
    assert_eq!(instances(&run), [0, 1, 2, 2, 0]);
}

#[test]
fn least_loaded_counts_waiting_running_and_pending_requests() {
    let mut lab = Lab::new(cluster(2));
    lab.settings.engine.max_num_seqs = 1;
    lab.router = Some(Router::with_picker(policies::picker::<baseline::LeastLoaded>(FIRST)));
    // At 0 one after the other: 0 and 0, 1 and 0 (pending), 1 and 1, 2 and 1. At 1 one runs and
    // one waits on each.
    lab.add([at(0, 16, 9), at(0, 16, 9), at(0, 16, 9), at(0, 16, 9), at(1, 16, 9), at(1, 16, 9)]);
    assert_eq!(instances(&lab.run()), [0, 1, 0, 1, 0, 1]);
}

#[test]
fn round_robin_ties_follow_whoever_was_chosen_last_tie_or_not() {
    let run = picked(least_loaded(AROUND), long_and_short());
    // The last is a tie of all three; 2 was chosen last, without a tie: 0 follows.
    assert_eq!(instances(&run), [0, 1, 2, 2, 0]);
    let lone = [0, 10_000, 20_000, 30_000].map(|us| at(us, 16, 1));
    let run = picked(least_loaded(AROUND), lone);
    assert_eq!(instances(&run), [0, 1, 2, 0]);
}

#[test]
fn random_ties_draw_from_the_stream_and_only_on_a_tie() {
    // Ten groups of four: ties of three, two, none and three again.
    let arrivals = (0..40).map(|at| at / 4 * 10_000 + at % 4);
    // The seed of all policies here.
    let mut ours = random::stream(7, "tie-break");
    let run = picked(least_loaded("{}"), arrivals.map(|us| at(us, 16, 1)));
    let mut expected = vec![];
    for _ in 0..10 {
        let mut idle = vec![0, 1, 2];
        expected.push(idle.remove(ours.random_range(0..3)));
        expected.push(idle.remove(ours.random_range(0..2)));
        expected.push(idle[0]);
        expected.push(ours.random_range(0..3) as u32);
    }
    assert_eq!(instances(&run), expected);
}

#[test]
fn the_highest_weighted_sum_wins() {
    let route = |steer: f64, load: f64| {
        let mut lab = Lab::new(cluster(2));
        let weights = ClassWeights { default: vec![steer, load], ..ClassWeights::default() };
        let seats = vec![policies::scorer::<Steer>("{}"), policies::scorer::<baseline::LoadBalance>("{}")];
        lab.router = Some(policies::max_score(seats, weights));
        lab.add([at(0, 16, 9), at(1, 16, 9)]);
        instances(&lab.run())
    };
    // For 1: instance 0 scores steer + load * 1/2, instance 1 load * 1.
    assert_eq!(route(1.0, 1.0), [0, 0]);
    assert_eq!(route(1.0, 3.0), [0, 1]);
}

#[test]
fn a_class_may_have_weights_of_its_own() {
    let mut lab = Lab::new(cluster(2));
    let weights =
        ClassWeights { default: vec![1.0, 0.0], by_class: [("critical".to_owned(), vec![0.0, 1.0])].into() };
    let seats = vec![policies::scorer::<Steer>("{}"), policies::scorer::<baseline::LoadBalance>("{}")];
    lab.router = Some(policies::max_score(seats, weights));
    lab.add([at(0, 16, 9), at(1, 16, 9), at(2, 16, 9).class("critical")]);
    assert_eq!(instances(&lab.run()), [0, 0, 1]);
}
