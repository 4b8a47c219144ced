//! What it learns, and what it keeps.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pointsman_plugin_api::prelude::*;
use pointsman_plugin_api::testkit::{Scorers, completion, instance, request};

use super::TtftPredictor;
use super::pending::{Decision, Pending};
use super::rls::{FEATURES, Rls};

/// Numbers from 0 to 1, the same every time (SplitMix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn it_finds_the_weights_of_a_linear_world_and_follows_when_they_change() {
    let mut noise = Noise(1);
    let mut rls = Rls::new(0.01);
    for weights in [[0.1, 0.4, 2.0, 0.3, 0.05, 1.0], [0.3, 0.1, 5.0, 0.0, 0.2, 0.0]] {
        for _ in 0..3_000 {
            let mut x = [1.0; FEATURES];
            x[1..].iter_mut().for_each(|value| *value = noise.next());
            let y: f64 = weights.iter().zip(&x).map(|(w, x)| w * x).sum();
            // Noise of 2 % of a second.
            rls.observe(&x, y + 0.04 * (noise.next() - 0.5), 0.99, 0.01);
        }
        let x = [1.0, 0.9, 0.1, 0.5, 0.7, 0.2];
        let y: f64 = weights.iter().zip(&x).map(|(w, x)| w * x).sum();
        let error = (rls.predict(&x) - y).abs();
        assert!(error < 0.01 * y, "{} for {y}", rls.predict(&x));
    }
}

#[test]
fn what_is_never_seen_does_not_wind_up() {
    let mut rls = Rls::new(0.01);
    // Two features that never vary, over more observations than 0.9^n has digits.
    for round in 0..100_000 {
        let x = [1.0, f64::from(round % 7), 0.0, 0.0, 0.5, 0.0];
        rls.observe(&x, 3.0 + x[1], 0.9, 0.01);
    }
    let prediction = rls.predict(&[1.0, 3.0, 0.0, 0.0, 0.5, 0.0]);
    assert!((prediction - 6.0).abs() < 0.01, "{prediction}");
    assert!(rls.predict(&[1.0, 3.0, 1.0, 1.0, 0.5, 1.0]).is_finite());
}

#[test]
fn decisions_without_an_outcome_take_no_more_than_their_places() {
    let mut pending = Pending::new(64);
    for request in 0..1_000_000 {
        pending.remember(Decision { request, instance: 0, features: [0.0; FEATURES] });
    }
    assert_eq!(pending.size(), 64);
    assert!(pending.take(1_000_000 - 65).is_none());
    assert_eq!(pending.take(1_000_000 - 64).unwrap().request, 1_000_000 - 64);
    assert!(pending.take(1_000_000 - 64).is_none(), "an outcome is learnt from once");
}

/// Two idle instances that look alike; the second takes twice as long for a prompt.
fn teach(scorer: &mut Scorers, from: u64, requests: u64) {
    for id in from..from + requests {
        let tokens = 200 + id * 37 % 1_500;
        let chosen = (id % 2) as usize;
        scorer.request = request().id(id).prompt_tokens(tokens);
        scorer.score().unwrap();
        scorer.routed(chosen).unwrap();
        let ttft_us = (8_000 + 20 * tokens) * (1 + chosen as u64);
        scorer.completed(completion().instance(chosen as u64).ttft_us(ttft_us)).unwrap();
    }
}

fn scorer(params: &str) -> Scorers {
    let mut scorer = Scorers::new::<TtftPredictor>(params).unwrap();
    scorer.instances.push(instance());
    scorer.instances.push(instance());
    scorer
}

#[test]
fn the_load_decides_until_every_candidate_is_known() {
    let mut scorer = scorer(r#"{"min_samples": 10}"#);
    // 19 requests: 10 of instance 0, 9 of instance 1.
    teach(&mut scorer, 0, 19);
    scorer.request = request().id(100).prompt_tokens(500);
    assert_eq!(scorer.score().unwrap(), [1.0, 1.0]);
    teach(&mut scorer, 19, 1);
    scorer.request = request().id(100).prompt_tokens(500);
    assert_eq!(scorer.score().unwrap(), [1.0, 0.0]);
}

#[test]
fn a_dropped_request_and_one_that_was_forgotten_teach_nothing() {
    let mut scorer = scorer(r#"{"min_samples": 1, "pending": 1}"#);
    for (id, chosen) in [(0, 0), (1, 1)] {
        scorer.request = request().id(id).prompt_tokens(100);
        scorer.routed(chosen).unwrap();
    }
    // 1 has taken the place of 0, and was dropped.
    scorer.completed(completion().dropped()).unwrap();
    scorer.request = request().id(0).prompt_tokens(100);
    scorer.completed(completion().ttft_us(5)).unwrap();
    assert_eq!(scorer.score().unwrap(), [1.0, 1.0]);
}

#[test]
fn the_same_lessons_make_the_same_scores() {
    let [one, other] = [0, 0].map(|_| {
        let mut scorer = scorer("{}");
        teach(&mut scorer, 0, 500);
        scorer.instances.set(&signal::WAITING_TOKENS, &[500, 0]);
        scorer.request = request().id(1_000).prompt_tokens(700);
        scorer.score().unwrap().iter().map(|score| score.to_bits()).collect::<Vec<_>>()
    });
    assert_eq!(one, other);
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    for (params, name) in [
        (r#"{"forgetting": 0.4}"#, "`forgetting`"),
        (r#"{"forgetting": 1.1}"#, "`forgetting`"),
        (r#"{"ridge": 0}"#, "`ridge`"),
        (r#"{"pending": 0}"#, "`pending`"),
        (r#"{"min_samples": 0}"#, "`min_samples`"),
    ] {
        let error = Scorers::new::<TtftPredictor>(params).err().unwrap();
        assert!(error.contains(name), "{error}");
    }
}
