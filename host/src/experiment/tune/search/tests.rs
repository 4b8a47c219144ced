//! Searches without noise: what is best is never lost.

use super::super::halving::plan;
use super::super::pareto::dominates;
use super::*;
use crate::experiment::ab::Mode;
use crate::metrics::Series;
use proptest::prelude::*;

const METRICS: [&str; 2] = ["ttft_mean", "hit_rate"];

fn question(width: usize, guardrails: &[&str]) -> Question {
    Question {
        deciding: METRICS[..width].iter().map(|name| MetricRef::parse(name).unwrap()).collect(),
        guardrails: guardrails.iter().map(|text| Guardrail::parse(text).unwrap()).collect(),
        min_effect: 0.0,
        looks: Looks::once(2),
        mode: Mode::Paired,
    }
}

fn run(digest: &str, values: &[f64]) -> Measurement {
    let values = METRICS.iter().zip(values).map(|(name, value)| ((*name).to_owned(), *value));
    Measurement {
        metrics: BTreeMap::from([(String::new(), values.collect())]),
        requests_sha256: digest.to_owned(),
        arrivals_sha256: String::new(),
        workload_sha256: String::new(),
        still_growing: None,
        ttft_cdf_ms: BTreeMap::new(),
        series: Series { bin_us: 1, instances: Vec::new() },
        terms: Vec::new(),
        warnings: Vec::new(),
        parts: None,
    }
}

/// Without noise: a point has the same values on all seeds; the baseline has those of the first.
fn searched(points: &[Vec<f64>], width: usize, guardrails: &[&str], budget: bool) -> Found {
    const MOST: usize = 6;
    let question = question(width, guardrails);
    let rungs = plan(points.len(), 1, 8, 2, if width == 1 { 1 } else { MOST });
    let mut measure = |_: usize, which: &[usize], from: u32, to: u32| {
        let one = |&arm: &usize| {
            let digest = if arm == 0 { "baseline".to_owned() } else { format!("{:?}", points[arm - 1]) };
            let run = run(&digest, &points[arm.max(1) - 1]);
            (from..to).map(|_| Ok(run.clone())).collect()
        };
        Ok(which.iter().map(one).collect())
    };
    search(&question, points.len(), &rungs, MOST, &mut measure, &mut |_, _| budget).unwrap()
}

fn table(width: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec((1i32..30).prop_map(f64::from), width..=width), 1..60)
}

proptest! {
    #[test]
    fn without_noise_the_best_is_never_lost(points in table(1)) {
        let found = searched(&points, 1, &[], true);
        let best = points.iter().map(|point| point[0]).fold(f64::INFINITY, f64::min);
        prop_assert_eq!(found.front.len(), 1);
        prop_assert_eq!(points[found.front[0].0][0], best);
    }

    #[test]
    fn without_noise_the_front_is_of_the_best_and_has_both_ends(points in table(2)) {
        let found = searched(&points, 2, &[], true);
        // Fewer of `ttft_mean` and more of `hit_rate` is better.
        let lower = |point: &Vec<f64>| vec![point[0], -point[1]];
        let all: Vec<Vec<f64>> = points.iter().map(lower).collect();
        for (chosen, same) in &found.front {
            prop_assert!(!all.iter().any(|other| dominates(other, &all[*chosen])));
            prop_assert!(same.iter().all(|other| points[*other] == points[*chosen]));
        }
        for value in 0..2 {
            let of = |index: usize| all[index][value];
            let best = (0..all.len()).map(of).fold(f64::INFINITY, f64::min);
            prop_assert!(found.front.iter().any(|(chosen, _)| of(*chosen) == best));
        }
    }
}

#[test]
fn a_bound_keeps_out_what_would_win() {
    let points = [vec![10.0, 0.5], vec![5.0, 0.1], vec![8.0, 0.48]];
    let chosen = |guardrails: &[&str]| searched(&points, 1, guardrails, true).front[0].0;
    assert_eq!(chosen(&[]), 1);
    assert_eq!(chosen(&["hit_rate>=-10%"]), 2);
    let beyond = searched(&points, 2, &["ttft_mean<=-90%"], true);
    assert!(beyond.is_beyond);
    assert_eq!(beyond.front, [(1, vec![])], "the nearest alone");
}

#[test]
fn without_time_the_first_rung_decides() {
    let points: Vec<Vec<f64>> = (1..9).map(|value| vec![f64::from(value)]).collect();
    let found = searched(&points, 1, &[], false);
    assert!(found.is_out_of_time);
    assert_eq!((found.rungs.len(), found.front[0].0), (1, 0));
}
