//! From values of arms to the verdict on a claim: ranges, ratios, sums, equivalence, identity, terms.

use std::fs;

use pointsman::config::experiment::ExperimentSpec;
use pointsman::experiment::judge::{Look, judge};
use pointsman::experiment::measurement::Term;
use pointsman::experiment::results::{Arm, Hypothesis, Run, RunOutcome, Verdict};
use pointsman::experiment::statistics::Looks;

use crate::verdicts::run;

const SEEDS: u32 = 8;

/// An arm whose TTFT is `ttft` times what a seed brings, up to a little noise of its own.
fn arm(name: &str, ttft: f64, noise: f64) -> Arm {
    let one = |seed: u32| {
        let own = if seed.is_multiple_of(2) { noise } else { -noise };
        let value = 100.0 * (1.0 + f64::from(seed)) * ttft * (1.0 + own);
        let mut measurement = run(&format!("{name}{seed}"), &[("ttft_mean", value), ("hit_rate", 0.5)]);
        measurement.terms = vec![Term {
            scorer: "kv-pressure".to_owned(),
            signal: "kv_thrashing_rate".to_owned(),
            decisions: 10,
            non_zero: 0,
            changed_scores: 0,
            changed_choice: 0,
        }];
        Run { seed: seed.into(), outcome: RunOutcome::Measured(Box::new(measurement)) }
    };
    Arm {
        name: name.to_owned(),
        levels: Default::default(),
        routing: String::new(),
        scheduler: String::new(),
        priority: String::new(),
        libraries: Vec::new(),
        config: serde_json::Value::Null,
        runs: (0..SEEDS).map(one).collect(),
    }
}

/// b takes half of a, c a fifth more, d is a but for noise; `both` is what b and c would give together.
fn arms() -> Vec<Arm> {
    let mut twin = arm("a", 1.0, 0.0);
    twin.name = "twin".to_owned();
    let effects =
        [("a", 1.0, 0.0), ("b", 0.5, 0.01), ("c", 1.2, 0.01), ("d", 1.0, 0.002), ("both", 0.6, 0.0)];
    let mut arms: Vec<Arm> = effects.into_iter().map(|(name, ttft, noise)| arm(name, ttft, noise)).collect();
    arms.push(twin);
    arms
}

fn judged(expect: &[&str], more: &str, arms: &[Arm]) -> Hypothesis {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("e.yaml");
    let names: Vec<String> = arms.iter().map(|arm| format!("{}: {{}}", arm.name)).collect();
    let text = format!(
        "base: base.yaml\narms: {{{}}}\n\
         hypotheses: [{{id: H, claim: c, expect: {expect:?}{more}}}]\n",
        names.join(", ")
    );
    fs::write(&path, text).unwrap();
    fs::write(directory.path().join("base.yaml"), "policy: {routing: 'kv-pressure:1'}\n").unwrap();
    let spec = ExperimentSpec::load(&path, &[]).unwrap_or_else(|error| panic!("{expect:?}: {error}"));
    judge(&spec.hypotheses[0], arms, Look { looks: &Looks::once(SEEDS), index: 0 })
}

#[test]
fn a_range_holds_all_of_an_interval_or_none_or_the_data_do_not_say() {
    use Verdict::{Confirmed, Inconclusive, Refuted};
    let arms = arms();
    for (expect, verdict) in [
        ("ttft_mean: b / a <= 0.55", Confirmed),
        ("ttft_mean: b / a <= 0.45", Refuted),
        ("ttft_mean: b / a <= 0.5", Inconclusive),
        ("ttft_mean: b / a in 0.4..0.6", Confirmed),
        ("ttft_mean: a / b > 1.5", Confirmed),
        // No effect is shown by an interval inside a margin.
        ("ttft_mean: d ~ a within 1%", Confirmed),
        ("ttft_mean: c ~ a within 1%", Refuted),
        ("ttft_mean: d ~ a within 0.01%", Inconclusive),
        // On the log scale the effects of b and c multiply to that of both; on the additive one they do not.
        ("ttft_mean: (both * a) / (b * c) in 0.98..1.02", Confirmed),
        ("ttft_mean: (both * a) / (b * c) < 0.9", Refuted),
        ("ttft_mean: (a - both) - (a - b) - (a - c) > 0", Confirmed),
        ("identical(a, twin)", Confirmed),
        ("identical(a, d)", Refuted),
        // All eight equal values: chance explains them with 2^-7.
        ("hit_rate: b - a >= 0", Confirmed),
        ("hit_rate: b - a > 0", Refuted),
    ] {
        let found = judged(&[expect], "", &arms);
        assert_eq!(found.verdict, verdict, "{expect} {:?}", found.expectations);
    }
}

#[test]
fn estimates_are_geometric_means_of_ratios_by_seed() {
    let found = judged(&["ttft_mean: b / a <= 1"], "", &arms());
    let one = &found.expectations[0];
    let values: Vec<f64> = one.by_seed.iter().map(|one| one.value).collect();
    assert!(values.iter().all(|value| (value - 0.505).abs() < 1e-9 || (value - 0.495).abs() < 1e-9));
    let geometric = (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp();
    let estimate = one.estimate.unwrap();
    assert!((estimate.estimate - geometric).abs() < 1e-12 && estimate.seeds == SEEDS);
    assert!(estimate.low.unwrap() < geometric && geometric < estimate.high.unwrap());
}

#[test]
fn a_claim_about_an_idle_term_or_a_failed_arm_is_open() {
    let idle = judged(&["ttft_mean: b / a <= 1"], ", active: kv-pressure.kv_thrashing_rate", &arms());
    assert_eq!(idle.verdict, Verdict::Inconclusive);
    assert!(idle.reason.unwrap().contains("was 0 in all 160 decisions"));
    let mut arms = arms();
    arms[1].runs[3].outcome = RunOutcome::Failed("the library fell over".to_owned());
    let failed = judged(&["ttft_mean: b / a <= 1"], "", &arms);
    assert_eq!(failed.verdict, Verdict::Inconclusive);
    assert_eq!(failed.reason.unwrap(), "1 of 8 runs of `b` failed: the library fell over");
    assert_eq!(
        judged(&["ttft_mean: c / a > 1"], "", &arms).verdict,
        Verdict::Confirmed,
        "others are as they were"
    );
}

#[test]
fn one_expectation_that_fails_refutes_the_claim() {
    let arms = arms();
    let several = |second: &str| judged(&["ttft_mean: b / a < 1", second], "", &arms).verdict;
    assert_eq!(several("ttft_mean: c / a > 1"), Verdict::Confirmed);
    assert_eq!(several("ttft_mean: c / a < 1"), Verdict::Refuted);
    assert_eq!(several("ttft_mean: d / a > 1"), Verdict::Inconclusive);
}
