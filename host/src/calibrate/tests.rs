//! A server whose parameters are known is found again from what its clients saw.

use super::*;
use crate::config::{Config, Override, Resolved};
use crate::engine::{LatencyModel, StepModel};
use crate::measured::{MeasuredRequest, MeasuredRun};
use crate::replay::{Client, Server};
use crate::run::builtin_catalogue;
use crate::validate::Thresholds;

const TRUE: &str = "{model: affine-context, alpha: [3000, 0, 2000], base_us: 9000, prefill_base_us: 800, \
    per_prefill_token_us: 40, per_prefill_pair_us: 0.002, per_decode_us: 60, per_context_token_us: 0.05}";

fn resolved(latency: &str) -> Resolved {
    let text = format!(
        "cluster: {{latency: {latency}, kv: {{blocks: 4000}}, engine: {{async_scheduling: true}}}}\nworkload: {{trace: none}}\n"
    );
    Config::from_text(std::path::Path::new("server.yaml"), &text, &[] as &[Override])
        .and_then(|config| config.resolve())
        .expect("good")
}

/// What clients of the true server see, of requests of two lengths at a rate.
fn run(name: &str, gap_us: u64, lengths: [u64; 2]) -> MeasuredRun {
    let sent = (0..120_u64).map(|at| MeasuredRequest {
        // Neither regular nor random.
        arrival_us: at * gap_us + (at * at * 7919) % gap_us,
        prompt_tokens: lengths[usize::from(at % 3 == 0)] + at % 13,
        output_tokens: 20 + at % 7,
        ttft_us: Some(1),
        e2e_us: Some(2),
    });
    let asked = MeasuredRun { name: name.to_owned(), requests: sent.collect(), content: None, warming: 0 };
    let (resolved, catalogue) = (resolved(TRUE), builtin_catalogue());
    let server = Server { resolved: &resolved, catalogue: &catalogue };
    let seen = server.replay(&asked, &Client::default()).expect("it runs");
    MeasuredRun { requests: seen.requests, ..asked }
}

fn base_us(model: &LatencyModel) -> (f64, f64) {
    match &model.step {
        StepModel::AffineContext(model) => (model.base_us, model.per_prefill_token_us),
        other => panic!("{other:?}"),
    }
}

#[test]
fn known_parameters_are_found_again() {
    let runs =
        [run("slow", 300_000, [400, 90]), run("fast", 60_000, [400, 90]), run("long", 150_000, [1500, 30])];
    let start = TRUE.replace("base_us: 9000", "base_us: 6000").replace("token_us: 40", "token_us: 70");
    let (resolved, catalogue) = (resolved(&start), builtin_catalogue());
    let server = Server { resolved: &resolved, catalogue: &catalogue };
    let all: Vec<&MeasuredRun> = runs.iter().collect();
    let fitting = Fitting {
        server: &server,
        runs: &all,
        client: &Client::default(),
        requests: 500,
        fixed: &[],
        most_replays: 200,
    };
    let found = fit(&fitting).expect("it is found");
    let (base, token) = base_us(&found.latency);
    assert!((base / 9000.0 - 1.0).abs() < 0.05 && (token / 40.0 - 1.0).abs() < 0.12, "{base} {token}");
    assert!(found.deviation < 0.5, "{}", found.deviation);
    let estimate = |name: &str| found.estimates.iter().find(|one| one.name == name).expect(name);
    assert!(estimate("base_us").is_identified && estimate("per_prefill_token_us").is_identified);
    let [low, high] = estimate("base_us").interval;
    // The search does not go to the last digit.
    assert!(low < 9050.0 && 8950.0 < high, "{low} {high}");
    // A client sees both ends of the way together.
    let alpha = estimate("alpha0_us");
    assert!(!alpha.is_identified || !alpha.together.is_empty(), "{alpha:?}");

    let predicted = hold_out(&fitting, &Thresholds::default(), |_| ()).expect("it runs");
    assert_eq!(predicted.len(), 3);
    assert!(predicted.iter().all(|one| one.validation.holds()), "{predicted:?}");
}

#[test]
fn what_is_fixed_stays() {
    let runs = [run("slow", 300_000, [400, 90])];
    let (resolved, catalogue) = (resolved(TRUE), builtin_catalogue());
    let server = Server { resolved: &resolved, catalogue: &catalogue };
    let all: Vec<&MeasuredRun> = runs.iter().collect();
    let names: Vec<String> =
        parameters_of(&resolved.settings.latency).iter().map(|parameter| parameter.name.to_owned()).collect();
    let with = |fixed: &[String]| {
        fit(&Fitting {
            server: &server,
            runs: &all,
            client: &Client::default(),
            requests: 50,
            fixed,
            most_replays: 10,
        })
    };
    let found = with(&names[1..]).expect("it is found");
    assert_eq!(found.estimates.len(), 1);
    assert_eq!(base_us(&found.latency), (9000.0, 40.0));
    assert!(matches!(with(&names), Err(FitError::Nothing)));
    let unknown = with(&["base".to_owned()]).expect_err("bad").to_string();
    assert!(unknown.contains("has no parameter `base`") && unknown.contains("base_us"), "{unknown}");
}
