//! What is broken and what is right, for the schema and the reader alike.

use std::path::Path;

use pointsman::config::Config;
use pointsman::run;
use pointsman::schema::File;
use serde_json::Value;

use super::{assert_valid, objections, validator};
use crate::catalogue;

/// A configuration that is complete, to which something broken is added.
const GOOD: &str = "
workload: {requests: 5, arrivals: {process: poisson, rate_per_s: 9}, prompt_tokens: 5, output_tokens: 5}
";

/// What is added, and a part of what the reader says.
const BROKEN: &[(&str, &str)] = &[
    ("sede: 1", "unknown key `sede`"),
    ("seed: -1", "`seed` must be a whole number"),
    ("seed: many", "`seed` must be a whole number"),
    ("horizon_us: -5", "`horizon_us` must be"),
    ("cluster: 4", "`cluster` must be a map"),
    ("cluster: {instances: 0}", "from 1 to 65536"),
    ("cluster: {instances: 70000}", "from 1 to 65536"),
    ("cluster: {kv: {block: 1}}", "unknown key `block`"),
    ("cluster: {kv: {offload_threshold: 1.5}}", "a number from 0 to 1"),
    ("cluster: {kv: {reload: sync}}", "`blocking` or `async`"),
    ("cluster: {signals: {kv_event_delay: 1}}", "unknown key `kv_event_delay`"),
    ("cluster: {latency: {alpha: [1, 2, 3]}}", "`cluster.latency.beta` is missing"),
    ("cluster: {latency: {alpha: [1, 2], beta: [1, 2, 3]}}", "must have 3 numbers"),
    ("cluster: {latency: {alpha: [1, 2, -3], beta: [1, 2, 3]}}", "must be a number from 0"),
    (
        "cluster: {latency: {model: cubic, alpha: [1, 2, 3], beta: [1, 2, 3]}}",
        "must be `linear`, `affine-context`, `roofline` or `table`",
    ),
    ("cluster: {latency: {model: affine-context}}", "`cluster.latency.base_us` is missing"),
    ("cluster: {latency: {model: affine-context, base_us: 1, beta: [1, 2, 3]}}", "unknown key `beta`"),
    ("cluster: {latency: {model: table}}", "`cluster.latency.tokens` is missing"),
    ("cluster: {latency: {model: roofline, efficiency: {compute: 2}}}", "above 0, at most 1"),
    ("cluster: {kv: {blocks: automatic}}", "or `auto`"),
    ("plugins: own.so", "`plugins` must be a list"),
    ("plugins: [{label: own}]", "`plugins[0].file` is missing"),
    ("plugins: [{file: own.so, label: a b}]", "is no label"),
    ("policy: {scheduler: fcsf}", "there is no scheduler `fcsf`"),
    ("policy: {scheduler: queue-depth}", "there is a scorer of that name"),
    ("policy: {scheduler: {name: fcfs, params: {depth: 1}}}", "has no parameter `depth`"),
    ("policy: {scheduler: {name: fcfs, param: {}}}", "unknown key `param`"),
    ("policy: {scheduler: {params: {}}}", "`policy.scheduler.name` is missing"),
    (
        "policy: {priority: {name: slo-class, params: {critical: high}}}",
        "must be a number, found text `high`",
    ),
    ("policy: {priority: {name: slo-class, params: [1]}}", "must be a map of parameters"),
    (
        "policy: {admission: {name: token-bucket, params: {cost: tokens, burst: 5, rate_per_s: 5}}}",
        "`request` or `prompt-tokens`",
    ),
    ("policy: {routing: 'pa:0'}", "without a say"),
    ("policy: {routing: 'pa:-1'}", "above 0"),
    ("policy: {routing: 'pa:nan'}", "is not a number"),
    ("policy: {routing: 'pa:1,'}", "is missing between the commas"),
    ("policy: {routing: 'paa:1'}", "there is no scorer `paa`"),
    ("policy: {routing: round-robbin}", "there is no picker `round-robbin`"),
    ("policy: {routing: {scorers: []}}", "of 1 to 256 scorers"),
    ("policy: {routing: {scorers: [{name: pa}]}}", "`policy.routing.scorers[0].weight` is missing"),
    ("policy: {routing: {scorers: [{name: pa, wait: 1, weight: 1}]}}", "unknown key `wait`"),
    ("policy: {routing: {scorers: [{weight: 1}]}}", "`policy.routing.scorers[0].name` is missing"),
    (
        "policy: {routing: {scorers: [{name: pa, weight: 1, params: {capacity_blocks: few}}]}}",
        "must be a whole number, 0 or more, or null",
    ),
    ("policy: {routing: {scorers: 'pa:1', tie_break: last}}", "must be `first`, `random` or `round-robin`"),
    (
        "policy: {routing: {scorers: 'pa:1', picker: {name: max-score, params: {tie_break: last}}}}",
        "`random`, `first` or `round-robin`",
    ),
    ("policy: {routing: {scorers: 'pa:1', filters: [no-filter]}}", "there is no filter `no-filter`"),
    ("policy: {routing: {by_class: {critical: 'pa:1'}}}", "`policy.routing.by_class.default` is missing"),
    (
        "policy: {routing: {by_class: {default: 'pa:1'}, scorers: [{name: pa, weight: 1}]}}",
        "weights are given there alone",
    ),
    ("policy: {on_error: ignore}", "`fail` or `skip`"),
    ("policy: {on_error: {}}", "`fail`, `skip` or `{fallback: NAME}`"),
    ("policy: {on_error: {scorer: {fallback: fcfs}}}", "there is no scorer `fcfs`"),
    ("slo: {critical: {ttft: 5}}", "unknown key `ttft`"),
    ("slo: {critical: {}}", "`slo.critical` has no target"),
    ("slo: {critical: {ttft_ms: 0}}", "a number above 0"),
    ("workload: 5", "`workload` must be the path of a file or a map"),
    ("workload: {trace: t.jsonl, requests: 5}", "has no meaning beside `workload.trace`"),
    ("workload: {trace: t.jsonl, rate: 5, speedup: 2}", "both rescale the times"),
    ("workload: {trace: t.jsonl, format: moon}", "unknown value `moon`"),
    ("workload: {trace: t.csv, format: azure, columns: {}}", "has no meaning with `format: azure`"),
    ("workload: {trace: t.csv, columns: {arival: sent}}", "unknown key `arival`"),
    ("workload: {trace: t.csv, limit: 0}", "a workload has at least one request"),
    (
        "workload: {arrivals: {process: poisson, rate_per_s: 1}, prompt_tokens: 5, output_tokens: 5}",
        "`workload.requests`: is missing",
    ),
    ("workload: {requests: 5, prompt_tokens: 5, output_tokens: 5}", "`workload.arrivals`: is missing"),
    (
        "workload: {requests: 5, arrivals: {process: poisson, rate_per_s: 1}, output_tokens: 5}",
        "`workload.prompt_tokens`: is missing",
    ),
];

/// What is changed in the workload of [`GOOD`], and a part of what the reader says.
const BROKEN_WORKLOADS: &[(&str, &str)] = &[
    ("request: 5", "unknown key `request`"),
    ("requests: 0", "must be from 1"),
    ("requests: 1.5", "expected a whole number"),
    ("speedup: 2", "is for traces"),
    ("format: csv", "has no meaning without `workload.trace`"),
    ("rate: 0", "must be a finite number above 0"),
    ("prompt_tokens: 0", "must be a whole number of tokens from 1"),
    ("prompt_tokens: 1.5", "must be a whole number of tokens"),
    ("prompt_tokens: some", "a number, or a map"),
    ("prompt_tokens: {dist: uniform, min: 1}", "`workload.prompt_tokens.max`: is missing"),
    ("prompt_tokens: {dist: constant, value: 1, mean: 3}", "has no meaning with `dist: constant`"),
    ("prompt_tokens: {dist: lognormal, sigma: 1}", "exactly one of `mean` and `median`"),
    ("prompt_tokens: {dist: lognormal, sigma: 1, mean: 3, median: 3}", "exactly one of `mean` and `median`"),
    ("prompt_tokens: {dist: empirical}", "exactly one of `values` and `file`"),
    ("prompt_tokens: {dist: gamma, mean: 5}", "unknown value `gamma`"),
    ("prompt_tokens: {min: 5}", "`dist` is missing"),
    ("arrivals: {process: poison, rate_per_s: 1}", "unknown value `poison`"),
    ("arrivals: {process: poisson}", "`workload.arrivals.rate_per_s`: is missing"),
    ("arrivals: {rate_per_s: 1}", "`process` is missing"),
    ("arrivals: {process: gamma, rate_per_s: 1}", "`workload.arrivals.cv`: is missing"),
    ("arrivals: {process: gamma, rate_per_s: 1, cv: 200}", "from 0.01 to 100"),
    ("arrivals: {process: poisson, rate_per_s: 1, cv: 2}", "is for `process: gamma`"),
    ("arrivals: {process: poisson, rate_per_s: 1, phases: [{rate_per_s: 1}]}", "both say the rate"),
    ("arrivals: {process: poisson, phases: []}", "is empty"),
    (
        "arrivals: {process: poisson, rate_per_s: 1, swing: {period_s: 5, amplitude: 2}}",
        "must be from 0 to 1",
    ),
    ("classes: []", "is empty"),
    ("classes: [{name: a}]", "`share` is missing"),
    ("classes: [{name: a, share: 0}]", "must be a finite number above 0"),
    ("classes: [{name: '', share: 1}]", "is empty"),
    ("tenants: [{name: a, share: 1, size: 2}]", "unknown key `size`"),
    ("sessions: {think_time_s: 1}", "`rounds` is missing"),
    ("sessions: {rounds: 0}", "must be from 1 to 65536"),
    ("sessions: {rounds: 2, loop: half-open}", "unknown value `half-open`"),
    ("shared_prefixes: {groups: 1}", "`tokens` is missing"),
    ("shared_prefixes: {groups: 1, tokens: 5, exponent: 11, popularity: zipf}", "must be from 0 to 10"),
    (
        "shared_prefixes: {groups: 1, tokens: 5, exponent: 1, popularity: uniform}",
        "is for `popularity: zipf`",
    ),
    ("shared_prefixes: {groups: 1, tokens: 5, share: 2}", "must be from 0 to 1"),
];

/// What the reader says against a text, if anything: everything that a run finds before its first event.
fn refusal(text: &str) -> Option<String> {
    let resolved = Config::from_text(Path::new("broken.yaml"), text, &[]).and_then(|config| config.resolve());
    let resolved = match resolved {
        Ok(resolved) => resolved,
        Err(error) => return Some(error.to_string()),
    };
    run::prepare(resolved, &catalogue(&[]), None).err().map(|error| error.to_string())
}

/// [`GOOD`] with some of its keys replaced.
fn broken(text: &str, is_workload: bool) -> String {
    let mut good: Value = serde_yaml::from_str(GOOD).unwrap();
    let change: Value = serde_yaml::from_str(text).unwrap();
    let place = if is_workload { &mut good["workload"] } else { &mut good };
    for (key, value) in change.as_object().unwrap() {
        place[key] = value.clone();
    }
    serde_yaml::to_string(&good).unwrap()
}

#[test]
fn what_is_broken_is_refused_by_the_schema_and_by_the_reader() {
    let validator = validator(File::Run);
    assert_eq!(refusal(GOOD), None);
    assert_valid(&validator, GOOD, "what is good");
    let all = BROKEN.iter().map(|one| (one, false)).chain(BROKEN_WORKLOADS.iter().map(|one| (one, true)));
    for ((change, expected), is_workload) in all {
        let text = broken(change, is_workload);
        let said = refusal(&text).unwrap_or_else(|| panic!("the reader accepts {change}"));
        assert!(said.contains(expected), "{change}: {said}");
        assert!(!objections(&validator, &text).is_empty(), "the schema accepts {change}");
    }
}

/// What is added to [`GOOD`] and all right, in forms of its own.
const RIGHT: &[&str] = &[
    "{cluster: null, policy: null, plugins: null, slo: null}",
    "horizon_us: 60e6",
    "cluster: {latency: {alpha: [1, 2, 3], beta: [1, 2, 3, 4e-6]}}",
    "policy: {routing: ' pa : 1.5e0 , qd:.5 '}",
    "policy: {routing: {scorers: 'pa:1', picker: {name: max-score, params: {tie_break: first}}, filters: load-limit}}",
    "policy: {routing: {by_class: {critical: 'pa:2,qd:1', default: 'pa:1'}, tie_break: round-robin}}",
    "policy: {routing: {by_class: {default: 'pa:1'}, scorers: [{name: pa, params: {capacity_blocks: null}}]}}",
    "policy: {on_error: {fallback: qd}}",
    "policy: {on_error: {scorer: skip, scheduler: {fallback: {name: fcfs}}}}",
    "policy: {admission: {name: slo-gated, params: {classes: [batch], threshold: 3}}}",
    "slo: {batch: {ttft_ms: null, e2e_ms: 5}}",
    "workload: {requests: 5, arrivals: {process: gamma, cv: 2}, rate: 3, classes: [{name: a, share: 1, prompt_tokens: 1, output_tokens: {dist: uniform, min: 1, max: 2}}]}",
    "workload: {requests: 5, arrivals: {process: constant, phases: [{until_s: 5, rate_per_s: 0}, {rate_per_s: 9}]}, prompt_tokens: {dist: empirical, values: [[1, 2], [3, 4.5]]}, output_tokens: 1, max_tokens: 5}",
];

#[test]
fn what_is_right_is_accepted_by_both() {
    let validator = validator(File::Run);
    for change in RIGHT {
        let text = broken(change, false);
        assert_eq!(refusal(&text), None, "{change}");
        assert_valid(&validator, &text, change);
    }
}

/// A file that builds on another may leave out what that one has, and names may have labels and libraries
/// that only `plugins` explains.
#[test]
fn the_schema_does_not_ask_for_what_may_come_from_elsewhere() {
    let validator = validator(File::Run);
    for text in [
        "base: other.yaml",
        "{base: other.yaml, policy: {scheduler: {params: {}}, routing: {picker: {params: {}}}}}",
        "{base: other.yaml, workload: {requests: 3, arrivals: {rate_per_s: 2}, prompt_tokens: {max: 5}}}",
        "{base: other.yaml, cluster: {latency: {alpha: [1, 2, 3]}}}",
        "workload: other.yaml",
        "{workload: w.yaml, plugins: [{file: a.so, label: new}], policy: {routing: 'own@new:1,pa:2', scheduler: own@new}}",
        "{workload: w.yaml, policy: {routing: {scorers: [{name: own, library: a.so, weight: 1, params: {a: 1}}]}}}",
    ] {
        assert_valid(&validator, text, "partly");
    }
}
