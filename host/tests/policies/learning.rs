//! A policy that learns from its completions.

use super::run;

/// Memory is plentiful; sessions come back to what they said before.
fn p90_ttft_ms(routing: &str, more: &str) -> f64 {
    let config = format!(
        "
seed: 7
cluster: {{instances: 4, signals: {{{more}}}}}
policy: {{routing: '{routing}'}}
workload:
  requests: 1200
  arrivals: {{process: poisson, rate_per_s: 80}}
  prompt_tokens: {{dist: uniform, min: 100, max: 900}}
  output_tokens: {{dist: uniform, min: 20, max: 200}}
  sessions: {{rounds: 4, think_time_s: 0.2, loop: closed, accumulate: true}}
"
    );
    let outcome = run(&config);
    assert_eq!(outcome.summary.overall.completed(), 1200);
    outcome.summary.overall.latencies.ttft_ms.unwrap().p90
}

#[test]
fn ttft_predictor_beats_round_robin_once_it_has_learnt() {
    let blind = p90_ttft_ms("round-robin", "");
    let learnt = p90_ttft_ms("ttft-predictor:1", "");
    assert!(learnt < 0.9 * blind, "{learnt} ms after {blind} ms");
    // Completions that come a tenth of a second late are late lessons, not wrong ones.
    let late = p90_ttft_ms("ttft-predictor:1", "completion_delay_us: 100000");
    assert!(late < 0.9 * blind, "{late} ms after {blind} ms");
}

#[test]
fn before_it_has_learnt_it_goes_by_the_load() {
    let config = |scorers: &str| {
        format!(
            "
seed: 3
cluster: {{instances: 3}}
policy: {{routing: {{scorers: {scorers}, tie_break: first}}}}
workload:
  requests: 300
  arrivals: {{process: poisson, rate_per_s: 40}}
  prompt_tokens: {{dist: uniform, min: 100, max: 900}}
  output_tokens: {{dist: uniform, min: 20, max: 200}}
"
        )
    };
    let cold = "[{name: ttft-predictor, weight: 1, params: {min_samples: 100000}}]";
    let [cold, load] = [cold, "'qd:1'"].map(|scorers| run(&config(scorers)).collector.records().to_vec());
    assert_eq!(cold, load);
}
