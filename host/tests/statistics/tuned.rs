//! Searches in which there is nothing to find, and one in which there is.

use std::collections::BTreeMap;

use pointsman::config::experiment::MetricRef;
use pointsman::experiment::ab::{Mode, Question, Verdict};
use pointsman::experiment::measurement::Measurement;
use pointsman::experiment::statistics::Looks;
use pointsman::experiment::tune::{Claims, Found, claim, plan, search};
use pointsman::metrics::Series;
use pointsman::random::stream;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

const REPETITIONS: u64 = 1000;
const POINTS: usize = 64;
const HELD_OUT: u32 = 10;

fn question(metrics: &[&str]) -> Question {
    Question {
        deciding: metrics.iter().map(|name| MetricRef::parse(name).unwrap()).collect(),
        guardrails: Vec::new(),
        min_effect: 0.0,
        looks: Looks::once(HELD_OUT),
        mode: Mode::Paired,
    }
}

/// Runs of some arms on one seed: what seeds have in common, and what each arm has of its own.
fn runs(
    question: &Question,
    which: &[usize],
    rng: &mut ChaCha8Rng,
    effect: &dyn Fn(usize) -> f64,
) -> Vec<Measurement> {
    let (common, own) = (Normal::new(0.0, 0.3).unwrap(), Normal::new(0.0, 0.05).unwrap());
    let shared: Vec<f64> = question.deciding.iter().map(|_| common.sample(rng)).collect();
    let run = |&arm: &usize| {
        let values = question.deciding.iter().zip(&shared).map(|(metric, shared)| {
            let value = 100.0 * effect(arm) * f64::exp(shared + own.sample(rng));
            (metric.metric().name.to_owned(), value)
        });
        Measurement {
            metrics: BTreeMap::from([(String::new(), values.collect())]),
            requests_sha256: arm.to_string(),
            arrivals_sha256: String::new(),
            workload_sha256: String::new(),
            still_growing: None,
            ttft_cdf_ms: BTreeMap::new(),
            series: Series { bin_us: 1, instances: Vec::new() },
            terms: Vec::new(),
            warnings: Vec::new(),
            parts: None,
        }
    };
    which.iter().map(run).collect()
}

/// By arm, then by seed.
fn table(
    question: &Question,
    which: &[usize],
    seeds: u32,
    rng: &mut ChaCha8Rng,
    effect: &dyn Fn(usize) -> f64,
) -> Vec<Vec<Measurement>> {
    let mut arms = vec![Vec::new(); which.len()];
    for _ in 0..seeds {
        for (arm, run) in arms.iter_mut().zip(runs(question, which, rng, effect)) {
            arm.push(run);
        }
    }
    arms
}

/// One search: what it chose, what is claimed on other seeds, and what would be on its own.
fn one(metrics: &[&str], repetition: u64, effect: &dyn Fn(usize) -> f64) -> (Found, Claims, Claims) {
    let question = question(metrics);
    let mut rng = stream(repetition, "tune");
    let front = if metrics.len() == 1 { 1 } else { 6 };
    let rungs = plan(POINTS, 2, 16, 2, front);
    let found = search(
        &question,
        POINTS,
        &rungs,
        front,
        &mut |_, which, from, to| {
            let arms = table(&question, which, to - from, &mut rng, effect);
            Ok(arms.into_iter().map(|runs| runs.into_iter().map(Ok).collect()).collect())
        },
        &mut |_, _| true,
    )
    .unwrap();
    let seeds = |count: usize| (0..count as u64).collect::<Vec<u64>>();
    let chosen: Vec<&[Measurement]> =
        found.front.iter().map(|(point, _)| &found.points[*point].runs[..]).collect();
    let naive = claim(&question, &seeds(found.baseline.len()), &found.baseline, &chosen).unwrap();
    let which: Vec<usize> =
        std::iter::once(0).chain(found.front.iter().map(|(point, _)| point + 1)).collect();
    let held_out = table(&question, &which, HELD_OUT, &mut rng, effect);
    let (baseline, points) = held_out.split_first().unwrap();
    let points: Vec<&[Measurement]> = points.iter().map(Vec::as_slice).collect();
    let fair = claim(&question, &seeds(baseline.len()), baseline, &points).unwrap();
    (found, fair, naive)
}

fn has(claims: &Claims, verdict: Verdict) -> bool {
    claims.rows.iter().flatten().any(|row| row.verdict == verdict)
}

/// All points are the baseline: on held-out seeds at most 5 % of the searches claim that one is better, on
/// their own seeds far more would.
#[test]
fn what_was_chosen_by_luck_is_rarely_called_better_on_seeds_held_out() {
    for metrics in [&["ttft_mean"][..], &["ttft_mean", "e2e_p99"]] {
        let (mut fair, mut wrong, mut naive) = (0, 0, 0);
        let (mut seen, mut held_out) = (0.0, 0.0);
        for repetition in 0..REPETITIONS {
            let (_, claims, on_its_own) = one(metrics, repetition, &|_| 1.0);
            fair += u32::from(has(&claims, Verdict::Better));
            wrong += u32::from(has(&claims, Verdict::Better) || has(&claims, Verdict::Worse));
            naive += u32::from(has(&on_its_own, Verdict::Better));
            seen += first(&on_its_own) / REPETITIONS as f64;
            held_out += first(&claims) / REPETITIONS as f64;
        }
        println!(
            "nothing to find, {} metrics, of {REPETITIONS} searches: better on held-out seeds {fair}, \
             better or worse {wrong}; better on the search's own seeds {naive}; the first metric of the \
             best looks {:.1} % better there, and is {:.1} % better on held-out seeds",
            metrics.len(),
            -100.0 * seen,
            -100.0 * held_out
        );
        // 5 % of 1,000 are 50; the chance of more than 65 at exactly 5 % is below 2 %.
        assert!(fair <= 65 && wrong <= 65, "{fair} {wrong}");
        assert!(naive >= 70 && naive >= 2 * fair, "{naive} {fair}");
        // What was chosen by luck has no luck again.
        assert!(held_out.abs() < 0.003 && (metrics.len() > 1 || seen < -0.005), "{seen} {held_out}");
    }
}

/// The relative difference of the first metric of the first point.
fn first(claims: &Claims) -> f64 {
    claims.rows[0][0].effect.relative.unwrap().estimate
}

/// One point is 10 % better: it is found, and called better, by as much as it is.
#[test]
fn what_is_better_is_found() {
    let effect = |arm: usize| if arm == 7 { 0.9 } else { 1.0 };
    let (mut found_it, mut better, mut held_out) = (0, 0, 0.0);
    for repetition in 0..200 {
        let (found, claims, _) = one(&["ttft_mean"], repetition, &effect);
        found_it += u32::from(found.front[0].0 == 6);
        better += u32::from(has(&claims, Verdict::Better));
        held_out += first(&claims) / 200.0;
    }
    println!(
        "10 % better, of 200 searches: found {found_it}, called better {better}; on held-out seeds {held_out:.4}"
    );
    assert!(found_it >= 190 && better >= 185, "{found_it} {better}");
    assert!((held_out + 0.1).abs() < 0.005, "{held_out}");
}
