//! An experiment in made-up figures, for the tests of reports: two factors, a verdict of each kind, a
//! failed run, a class of requests, an arm past saturation, a term that never mattered.

use std::collections::BTreeMap;

use crate::experiment::measurement::{Measurement, Term};
use crate::experiment::results::{
    Arm, ArmEstimate, Expectation, Factor, Hypothesis, Interval, Knee, Library, MetricInfo, Results, Run,
    RunOutcome, SCHEMA_VERSION, SeedUse, SeedValue, Verdict,
};
use crate::metrics::{InstanceSeries, Series};

/// Routing decisions of a run.
pub(super) const DECISIONS: u64 = 2000;
const BATCH: &str = "class=batch";
const CRITICAL: &str = "class=critical";
const TTFT: &str = "ttft_p99{class=critical}";

/// How large a sample is.
struct Shape {
    rates: &'static [u32],
    seeds: u64,
    bins: usize,
}

/// Four arms, three seeds.
pub(super) fn results() -> Results {
    sample(&Shape { rates: &[50, 200], seeds: 3, bins: 4 })
}

fn sample(shape: &Shape) -> Results {
    let arms: Vec<Arm> = ["default", "kv-heavy"]
        .into_iter()
        .flat_map(|routing| shape.rates.iter().map(move |&rate| (routing, rate)))
        .map(|(routing, rate)| arm(routing, rate, shape))
        .collect();
    let metrics = vec![
        info(TTFT, "ms", "lower"),
        info("hit_rate", "share", "higher"),
        info("preemptions", "", "lower"),
    ];
    let estimates =
        arms.iter().flat_map(|arm| metrics.iter().map(|metric| estimate(arm, &metric.metric))).collect();
    Results {
        schema_version: SCHEMA_VERSION,
        name: "kv-pressure".to_owned(),
        about: Some(
            "Whether routing by KV memory helps where memory is short, and costs nothing elsewhere."
                .to_owned(),
        ),
        file: "configs/experiments/kv-pressure.yaml".to_owned(),
        host_version: "0.1.0".to_owned(),
        command: "pointsman experiment configs/experiments/kv-pressure.yaml --out out".to_owned(),
        seeds: SeedUse { seeds: (1..=shape.seeds).collect(), looks: vec![], stopped: "fixed".to_owned() },
        factors: vec![
            Factor {
                name: "routing".to_owned(),
                levels: vec!["default".into(), "kv-heavy".into()],
                numbers: None,
            },
            Factor {
                name: "rate".to_owned(),
                levels: shape.rates.iter().map(u32::to_string).collect(),
                numbers: Some(shape.rates.iter().map(|&rate| f64::from(rate)).collect()),
            },
        ],
        hypotheses: hypotheses(&arms),
        metrics,
        units: [("ttft_p99", "ms"), ("hit_rate", "share"), ("preemptions", "")]
            .map(|(name, unit)| (name.to_owned(), unit.to_owned()))
            .into(),
        estimates,
        arms,
        knees: vec![
            Knee {
                line: "default".to_owned(),
                factor: "rate".to_owned(),
                holds_at: Some(50.0),
                saturated_at: Some(200.0),
                flips: 1,
            },
            Knee {
                line: "kv-heavy".to_owned(),
                factor: "rate".to_owned(),
                holds_at: Some(200.0),
                saturated_at: None,
                flips: 0,
            },
        ],
        notes: vec!["rates are of one workload; others may differ".to_owned()],
    }
}

fn info(metric: &str, unit: &str, better: &str) -> MetricInfo {
    MetricInfo { metric: metric.to_owned(), unit: unit.to_owned(), better: better.to_owned() }
}

fn arm(routing: &str, rate: u32, shape: &Shape) -> Arm {
    let weights = if routing == "default" { "pa:3,qd:2,kv:2" } else { "pa:2,qd:2,kv-pressure:5" };
    let measured = |seed| RunOutcome::Measured(Box::new(measurement(routing, rate, seed, shape)));
    let run = |seed| match (routing, rate, seed) {
        ("kv-heavy", 200, 3) => RunOutcome::Failed("scorer `kv-pressure`: score 2 is NaN".to_owned()),
        _ => measured(seed),
    };
    Arm {
        name: format!("{routing}.{rate}"),
        levels: [("routing".into(), routing.into()), ("rate".into(), rate.to_string())].into(),
        routing: weights.to_owned(),
        scheduler: "priority-fcfs".to_owned(),
        priority: "slo-class".to_owned(),
        libraries: vec![Library {
            policies: vec!["priority-fcfs".to_owned()],
            path: "target/release/libpriority_fcfs.so".to_owned(),
            sha256: "3f786850e387550fdab836ed7e6dc881de23001b9bf8a9a7c4e5f0a1d2c3b4a5".to_owned(),
        }],
        config: serde_json::json!({
            "cluster": {"instances": 4, "kv": {"blocks": 2000}},
            "policy": {"routing": weights},
            "workload": {"arrivals": {"rate": rate}},
        }),
        runs: (1..=shape.seeds).map(|seed| Run { seed, outcome: run(seed) }).collect(),
    }
}

/// A number between 0 and 1 that looks like chance and is always the same.
fn chance(seed: u64, salt: u64) -> f64 {
    let mixed = (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 40) as f64 / f64::from(1 << 24)
}

/// Rounded, so that snapshots are short.
fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

fn measurement(routing: &str, rate: u32, seed: u64, shape: &Shape) -> Measurement {
    let is_heavy = routing == "kv-heavy";
    let load = f64::from(rate) / if is_heavy { 260.0 } else { 180.0 };
    // Both arms meet the same requests of a seed: most of what varies is common to them.
    let common = 0.25 * chance(seed, 1) + 0.04 * chance(seed, 2 + u64::from(is_heavy));
    let ttft = (60.0 + 300.0 * load.powi(3)) * (1.0 + common);
    let hits = 0.52 - 0.15 * load + 0.03 * chance(seed, 7) + if is_heavy { 0.02 } else { 0.0 };
    let figures = |scale: f64| {
        let preemptions = (90.0 * (load - 0.5).max(0.0) * (1.0 + common) * scale).round();
        [("ttft_p99", rounded(ttft * scale, 3)), ("hit_rate", rounded(hits, 4)), ("preemptions", preemptions)]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    };
    let groups = [("", 1.0), (BATCH, 1.2), (CRITICAL, 0.5)];
    let cdf = |scale: f64| {
        (0..=100).map(move |percent| {
            rounded(ttft * scale * (f64::from(percent) / 99.0 - 1.0).mul_add(2.2, 0.0).exp(), 2)
        })
    };
    let hash = |what: &str| format!("{what}-{seed}");
    let term = |scorer: &str, signal: &str, non_zero, changed_choice| Term {
        scorer: scorer.to_owned(),
        signal: signal.to_owned(),
        decisions: DECISIONS,
        non_zero,
        changed_scores: non_zero / 2,
        changed_choice,
    };
    Measurement {
        metrics: groups.map(|(group, scale)| (group.to_owned(), figures(scale))).into(),
        requests_sha256: format!("{routing}-{rate}-{seed}"),
        arrivals_sha256: hash("arrivals"),
        workload_sha256: hash("workload"),
        still_growing: Some(load > 1.0),
        ttft_cdf_ms: groups.map(|(group, scale)| (group.to_owned(), cdf(scale).collect())).into(),
        series: series(load, seed, shape.bins),
        terms: vec![
            term("prefix-affinity", "cached_blocks", 1630, 811),
            term("queue-depth", "waiting_requests", 940, 202),
            term("kv-utilization", "pending_transfer_us", 0, 0),
        ],
        parts: None,
        warnings: if rate >= 200 {
            vec!["the thrash window is shorter than a step".to_owned()]
        } else {
            vec![]
        },
    }
}

fn series(load: f64, seed: u64, bins: usize) -> Series {
    let instance = |index: u64| {
        let at = |bin: usize, salt: u64| chance(seed * 31 + index, salt * 1000 + bin as u64);
        let fill = |bin: usize| 1.0 - (-4.0 * (bin as f64 + 1.0) / bins as f64).exp();
        let kv: Vec<f64> = (0..bins)
            .map(|bin| rounded((load * fill(bin) * (0.8 + 0.25 * at(bin, 3))).clamp(0.0, 1.0), 3))
            .collect();
        InstanceSeries {
            queue_depth: kv.iter().map(|&kv| rounded((kv - 0.8).max(0.0) * 40.0, 2)).collect(),
            reload_us: kv.iter().map(|&kv| (20_000.0 * (kv - 0.7).max(0.0)) as u64).collect(),
            routed: (0..bins)
                .map(|bin| (20.0 * load * (0.5 + at(bin, 4)) * (1.0 + 0.2 * index as f64)) as u64)
                .collect(),
            preemptions: kv.iter().map(|&kv| u64::from(kv > 0.97)).collect(),
            kv_utilization: kv,
        }
    };
    Series { bin_us: 1_000_000, instances: (0..4).map(instance).collect() }
}

fn value(run: &Run, metric: &str) -> Option<f64> {
    let (name, group) = super::lookup::name_and_group(metric);
    match &run.outcome {
        RunOutcome::Measured(measured) => measured.metrics.get(&group)?.get(name).copied(),
        RunOutcome::Failed(_) => None,
    }
}

/// Mean and interval; close enough to Student's for made-up figures.
fn interval(values: &[f64]) -> Option<Interval> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let half = (1.96 + 4.6 / (count - 1.0)) * spread / count.sqrt();
    let seeds = values.len() as u32;
    (seeds > 0).then_some(Interval { estimate: mean, low: Some(mean - half), high: Some(mean + half), seeds })
}

fn estimate(arm: &Arm, metric: &str) -> ArmEstimate {
    let values: Vec<f64> = arm.runs.iter().filter_map(|run| value(run, metric)).collect();
    ArmEstimate { arm: arm.name.clone(), metric: metric.to_owned(), mean: interval(&values) }
}

fn expectation(
    arms: &[Arm],
    metric: &str,
    [of, to]: [&str; 2],
    bounds: [Option<f64>; 2],
    verdict: Verdict,
) -> Expectation {
    let is_ratio = metric.starts_with("ttft");
    let runs = |name: &str| arms.iter().find(|arm| arm.name == name).map_or(&[][..], |arm| &arm.runs);
    let by_seed: Vec<SeedValue> = runs(of)
        .iter()
        .zip(runs(to))
        .filter_map(|(a, b)| {
            let (of, to) = (value(a, metric)?, value(b, metric)?);
            Some(SeedValue { seed: a.seed, value: if is_ratio { of / to } else { of - to } })
        })
        .collect();
    let values: Vec<f64> = by_seed.iter().map(|found| found.value).collect();
    let sign = if is_ratio { "/" } else { "-" };
    let [from, upto] = bounds;
    let range = [from.map(|from| format!(" >= {from}")), upto.map(|to| format!(" <= {to}"))];
    Expectation {
        text: format!("{metric}: {of} {sign} {to}{}", range.into_iter().flatten().collect::<String>()),
        metric: Some(metric.to_owned()),
        arms: vec![of.to_owned(), to.to_owned()],
        scale: if is_ratio { "ratio" } else { "difference" }.to_owned(),
        estimate: interval(&values),
        from,
        to: upto,
        is_open: false,
        by_seed,
        verdict,
        reason: None,
    }
}

fn hypotheses(arms: &[Arm]) -> Vec<Hypothesis> {
    let high = ["kv-heavy.200", "default.200"];
    let low = ["kv-heavy.50", "default.50"];
    let whole = Expectation {
        text: "identical(kv-heavy.50, default.50)".to_owned(),
        metric: None,
        arms: low.map(str::to_owned).into(),
        scale: "runs".to_owned(),
        estimate: None,
        from: None,
        to: None,
        is_open: false,
        by_seed: vec![],
        verdict: Verdict::Inconclusive,
        reason: Some(
            "`pending_transfer_us` was 0 in all decisions: the claim was never put to the test".to_owned(),
        ),
    };
    vec![
        Hypothesis {
            id: "H7-1".to_owned(),
            claim:
                "Where memory is short, the kv-heavy profile cuts the critical TTFT p99 by a fifth or more \
                    and loses no hits"
                    .to_owned(),
            expectations: vec![
                expectation(arms, TTFT, high, [None, Some(0.8)], Verdict::Confirmed),
                expectation(arms, "hit_rate", high, [Some(-0.01), None], Verdict::Confirmed),
            ],
            verdict: Verdict::Confirmed,
            reason: None,
        },
        Hypothesis {
            id: "H7-2".to_owned(),
            claim: "It does so at a low rate too".to_owned(),
            expectations: vec![expectation(arms, TTFT, low, [Some(0.6), Some(0.8)], Verdict::Refuted)],
            verdict: Verdict::Refuted,
            reason: Some(
                "memory is not short there: the terms that differ score all instances alike".to_owned(),
            ),
        },
        Hypothesis {
            id: "H7-3".to_owned(),
            claim: "At a low rate, both route every request alike".to_owned(),
            expectations: vec![whole],
            verdict: Verdict::Inconclusive,
            reason: None,
        },
    ]
}

/// Keys are unique, and every name that is used is there: what a reader may rely on.
#[test]
fn the_sample_is_sound() {
    let results = results();
    let names: BTreeMap<&str, ()> = results.arms.iter().map(|arm| (arm.name.as_str(), ())).collect();
    assert_eq!(names.len(), results.arms.len());
    let expectations = results.hypotheses.iter().flat_map(|hypothesis| &hypothesis.expectations);
    assert!(
        expectations.flat_map(|expectation| &expectation.arms).all(|arm| names.contains_key(arm.as_str()))
    );
}
