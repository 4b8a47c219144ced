//! From values to verdicts: what an interval, a margin and a guardrail decide.

use std::collections::BTreeMap;

use pointsman::config::experiment::MetricRef;
use pointsman::experiment::ab::{Guardrail, GuardrailState, Mode, Pair, Question, Verdict, Weighed, weigh};
use pointsman::experiment::measurement::Measurement;
use pointsman::experiment::statistics::Looks;
use pointsman::metrics::Series;

pub(crate) fn run(requests: &str, values: &[(&str, f64)]) -> Measurement {
    let all: BTreeMap<String, f64> =
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    Measurement {
        metrics: BTreeMap::from([(String::new(), all)]),
        requests_sha256: requests.to_owned(),
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

/// B over A of `ttft_mean`, `hit_rate` and `e2e_p99` by seed, with a little noise that both sides share.
fn ask(ttft: f64, hits: f64, e2e: f64, spread: f64, guardrails: &[&str]) -> Weighed {
    let deciding = ["ttft_mean", "hit_rate"].map(|name| MetricRef::parse(name).unwrap()).to_vec();
    let guardrails = guardrails.iter().map(|text| Guardrail::parse(text).unwrap()).collect();
    let question =
        Question { deciding, guardrails, min_effect: 0.02, looks: Looks::once(10), mode: Mode::Paired };
    let runs: Vec<(Measurement, Measurement)> = (0..10)
        .map(|seed| {
            // Deviations that add up to nothing.
            let noise = spread * (f64::from(seed) - 4.5) / 4.5;
            let base = 100.0 * (1.0 + f64::from(seed) / 10.0);
            let a = [("ttft_mean", base), ("hit_rate", 0.4), ("e2e_p99", base)];
            let b = [
                ("ttft_mean", base * ttft * noise.exp()),
                ("hit_rate", 0.4 * hits * (1.0 + noise)),
                ("e2e_p99", base * e2e * noise.exp()),
            ];
            (run("a", &a), run("b", &b))
        })
        .collect();
    let pairs: Vec<Pair<'_>> = (0..).zip(&runs).map(|(seed, (a, b))| Pair { seed, a, b }).collect();
    weigh(&question, &pairs, 0)
}

fn verdicts(weighed: &Weighed) -> Vec<Verdict> {
    weighed.rows.iter().map(|row| row.verdict).collect()
}

#[test]
fn the_direction_of_a_metric_says_what_is_better() {
    let both = ask(0.9, 1.1, 1.0, 0.01, &[]);
    assert_eq!((verdicts(&both), both.verdict), (vec![Verdict::Better; 2], Verdict::Better));
    let fewer_hits = ask(0.9, 0.9, 1.0, 0.01, &[]);
    assert_eq!(verdicts(&fewer_hits), [Verdict::Better, Verdict::Worse]);
    assert_eq!(fewer_hits.verdict, Verdict::Worse, "one metric that is worse is enough");
    let effect = both.rows[0].effect.relative.unwrap();
    assert!((effect.estimate + 0.1).abs() < 1e-12, "{effect:?}");
}

#[test]
fn inside_the_margin_is_equivalence_and_a_wide_interval_is_open() {
    let close = ask(1.005, 1.0, 1.0, 0.005, &[]);
    assert_eq!((verdicts(&close), close.verdict), (vec![Verdict::Equivalent; 2], Verdict::Equivalent));
    let wide = ask(1.005, 1.0, 1.0, 0.2, &[]);
    assert_eq!((wide.verdict, wide.is_settled), (Verdict::Undecided, false));
}

#[test]
fn a_guardrail_needs_the_whole_interval() {
    let state = |e2e: f64, spread: f64, text: &str| {
        let weighed = ask(0.8, 1.2, e2e, spread, &[text]);
        (weighed.guardrails[0].state, weighed.verdict)
    };
    assert_eq!(state(1.0, 0.001, "e2e_p99<=+1%"), (GuardrailState::Holds, Verdict::Better));
    assert_eq!(state(1.05, 0.01, "e2e_p99<=+1%"), (GuardrailState::Broken, Verdict::GuardrailBroken));
    assert_eq!(state(1.01, 0.01, "e2e_p99<=+1%"), (GuardrailState::Undecided, Verdict::Undecided));
    assert_eq!(state(1.0, 0.001, "hit_rate>=-5%"), (GuardrailState::Holds, Verdict::Better));
}

#[test]
fn equal_runs_are_identical_whatever_the_values() {
    let question = Question {
        deciding: vec![MetricRef::parse("ttft_mean").unwrap()],
        guardrails: Vec::new(),
        min_effect: 0.0,
        looks: Looks::once(2),
        mode: Mode::Paired,
    };
    let runs = [run("same", &[("ttft_mean", 1.0)]), run("same", &[("ttft_mean", 1.0)])];
    let pairs = [Pair { seed: 1, a: &runs[0], b: &runs[1] }];
    assert_eq!(weigh(&question, &pairs, 0).verdict, Verdict::Identical);
}
