//! Filters: who is a candidate, and what the others see of it.

use std::sync::Mutex;

use pointsman::policy::{ClassWeights, OnError, Router, Seat, baseline};
use pointsman_plugin_api::prelude::*;

use crate::policies::{self, Steer};
use crate::support::{Lab, at, cluster};

parameters! {
    /// Parameters of `only`.
    pub struct Params {
        /// Instances that stay.
        stay: Vec<u64> = Vec::new(),
        /// Whether it fails.
        fails: bool = false,
    }
}

/// Keeps the instances that it is told to.
struct Only(Params);

impl Filter for Only {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo { name: "only", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::INSTANCE.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(params))
    }

    fn filter(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        for (keep, number) in keep.iter_mut().zip(instances.get(&signal::INSTANCE)) {
            *keep = self.0.stay.contains(number);
        }
        if self.0.fails { Err("it fails".into()) } else { Ok(()) }
    }
}

/// Equal scores; writes down which instances it was asked about and where the request went.
struct Witness;

/// The candidates, their tokens in flight, and the one that was chosen.
type Asked = (Vec<u64>, Vec<u64>, u64);

static ASKED: Mutex<Vec<Asked>> = Mutex::new(Vec::new());

impl Scorer for Witness {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "witness", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::TOTAL_KV_BLOCKS.required(),
        signal::INFLIGHT_TOKENS.required(),
    ];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
        scores.fill(1.0);
        Ok(())
    }

    fn routed(&mut self, _: &Request<'_>, instances: &Instances<'_>, chosen: usize) -> Result<(), String> {
        let numbers = instances.get(&signal::INSTANCE);
        let tokens = instances.get(&signal::INFLIGHT_TOKENS).to_vec();
        assert_eq!(instances.get(&signal::TOTAL_KV_BLOCKS).len(), numbers.len());
        ASKED.lock().unwrap().push((numbers.to_vec(), tokens, numbers[chosen]));
        Ok(())
    }
}

fn only(stay: &str) -> String {
    format!(r#"{{"stay": {stay}}}"#)
}

#[test]
fn one_filter_after_the_other_leaves_candidates_by_their_numbers() {
    let mut lab = Lab::new(cluster(4));
    let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
    let filters =
        vec![policies::filter::<Only>(&only("[1, 2, 3]")), policies::filter::<Only>(&only("[0, 2, 3]"))];
    lab.router = Some(Router::new(
        filters,
        vec![policies::scorer::<Witness>("{}")],
        weights,
        policies::picker::<baseline::MaxScore>(r#"{"tie_break": "round-robin"}"#),
    ));
    lab.add([at(0, 16, 1), at(0, 17, 1), at(0, 18, 1)]);
    let run = lab.run();
    assert_eq!(run.instances(), [Some(2), Some(3), Some(2)]);
    // Signals go with their instances: 16 tokens lie at instance 2 when the second comes, 17 at 3.
    let asked = std::mem::take(&mut *ASKED.lock().unwrap());
    let seen = [(vec![2, 3], vec![0, 0], 2), (vec![2, 3], vec![16, 0], 3), (vec![2, 3], vec![16, 17], 2)];
    assert_eq!(asked, seen);
}

#[test]
fn a_filter_that_would_leave_none_is_passed_over_and_counted() {
    let mut lab = Lab::new(cluster(2));
    let filters = vec![policies::filter::<Only>(&only("[7]")), policies::filter::<Only>(&only("[1]"))];
    let picker = policies::picker::<baseline::RoundRobin>("{}");
    lab.router = Some(Router::new(filters, Vec::new(), ClassWeights::default(), picker));
    lab.add([at(0, 16, 1), at(1, 16, 1)]);
    let run = lab.run();
    assert_eq!(run.instances(), [Some(1), Some(1)]);
    assert_eq!(run.emptied, 2);
}

#[test]
fn round_robin_passes_over_those_that_are_no_candidates() {
    let mut lab = Lab::new(cluster(4));
    let picker = policies::picker::<baseline::RoundRobin>("{}");
    let filters = vec![policies::filter::<Only>(&only("[0, 2, 3]"))];
    lab.router = Some(Router::new(filters, Vec::new(), ClassWeights::default(), picker));
    lab.add((0..5).map(|us| at(us, 16, 1)));
    assert_eq!(lab.run().instances(), [0, 2, 3, 0, 2].map(Some));
}

#[test]
fn a_filter_that_fails_may_be_skipped_or_replaced() {
    let failing = r#"{"stay": [1], "fails": true}"#;
    let run = |on_error| {
        let mut lab = Lab::new(cluster(3));
        let fallback = policies::load_filter::<Only>(&only("[2]"));
        let filter = Seat::new(policies::load_filter::<Only>(failing), on_error, Some(fallback));
        let scorers = vec![policies::scorer::<Steer>("{}")];
        let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
        let picker = policies::picker::<baseline::MaxScore>(r#"{"tie_break": "first"}"#);
        lab.router = Some(Router::new(vec![filter], scorers, weights, picker));
        lab.add([at(0, 16, 1), at(1, 16, 1)]);
        lab.try_run()
    };
    assert!(run(OnError::Fail).is_err());
    let skipped = run(OnError::Skip).unwrap();
    assert_eq!(skipped.instances(), [Some(0), Some(0)]);
    let replaced = run(OnError::Fallback).unwrap();
    assert_eq!(replaced.instances(), [Some(2), Some(2)]);
    let [count] = &replaced.failures[..] else { panic!("{:?}", replaced.failures) };
    assert_eq!((count.first_us, count.first_request), (0, Some(0)));
    assert_eq!((count.calls, count.decisions, count.fallback_decisions), (1, 2, 2));
}
