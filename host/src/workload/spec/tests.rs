use super::*;

const GOOD: &str =
    "requests: 10\narrivals: {process: poisson, rate_per_s: 5}\nprompt_tokens: 512\noutput_tokens: 8\n";

fn parse(text: &str) -> WorkloadSpec {
    serde_yaml::from_str(text).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    parse(text).validate().iter().map(ToString::to_string).collect()
}

#[test]
fn short_and_long_forms_mean_the_same() {
    let short = parse(GOOD);
    let long = parse(&GOOD.replace("512", "{dist: constant, value: 512}"));
    assert_eq!(short, long);
    assert!(short.validate().is_empty());
}

#[test]
fn every_form_of_the_documentation_is_valid() {
    for dist in [
        "{dist: uniform, min: 100, max: 1000}",
        "{dist: normal, mean: 512, stddev: 100, min: 1, max: 4096}",
        "{dist: lognormal, median: 300, sigma: 0.9, max: 8192}",
        "{dist: lognormal, mean: 300, sigma: 0.9}",
        "{dist: empirical, values: [[128, 3], [512, 1]]}",
        "{dist: empirical, file: lengths.csv}",
        "{dist: exponential, mean: 5}",
    ] {
        assert_eq!(problems(&GOOD.replace("512", dist)), [""; 0], "{dist}");
    }
    for arrivals in [
        "{process: constant, rate_per_s: 20}",
        "{process: gamma, rate_per_s: 20, cv: 2.5}",
        "{process: poisson, rate_per_s: 20, swing: {period_s: 600, amplitude: 0.5}}",
        "{process: poisson, phases: [{until_s: 60, rate_per_s: 10}, {rate_per_s: 50}]}",
        "{process: poisson, repeat: true, phases: [{until_s: 60, rate_per_s: 10}, {until_s: 90, rate_per_s: 0}]}",
    ] {
        assert_eq!(
            problems(&GOOD.replace("{process: poisson, rate_per_s: 5}", arrivals)),
            [""; 0],
            "{arrivals}"
        );
    }
    let all = format!(
        "{GOOD}max_tokens: 100\nclasses: [{{name: critical, share: 3, prompt_tokens: 9, tenant: a}}, {{name: batch, share: 7}}]\n\
         tenants: [{{name: a, share: 1}}]\nshared_prefixes: {{groups: 10, tokens: 1024, popularity: zipf, share: 0.5}}\n\
         sessions: {{rounds: 4, think_time_s: {{dist: exponential, mean: 2}}, loop: open, accumulate: false}}\n"
    );
    assert_eq!(problems(&all), [""; 0]);
    assert_eq!(
        parse(&all).describe(),
        "10 requests, poisson 5/s, 4 rounds (open loop), 10 shared prefixes of 1,024 tokens, 30 % critical / 70 % batch"
    );
    let trace = "trace: a.csv\nformat: csv\ncolumns: {arrival: t, input: i, output: o, slo_class: c}\ntime_unit: ms\nlimit: 5\nspeedup: 2\n";
    assert_eq!(problems(trace), [""; 0]);
    assert_eq!(parse(trace).describe(), "a.csv, first 5 requests, 2 times as fast");
}

#[test]
fn unknown_keys_are_named_with_their_place() {
    let error =
        serde_yaml::from_str::<WorkloadSpec>(&GOOD.replace("512", "{dist: normal, meen: 5}")).unwrap_err();
    assert!(error.to_string().contains("unknown field `meen`"), "{error}");
    assert_eq!(error.location().unwrap().line(), 3, "{error}");
    let error = serde_yaml::from_str::<WorkloadSpec>(&format!("{GOOD}prompt_token: 3\n")).unwrap_err();
    assert!(error.to_string().contains("unknown field `prompt_token`"), "{error}");
    assert!(error.location().is_some());
}

#[test]
fn contradictions_are_named_with_their_path() {
    let with = |from: &str, to: &str| problems(&GOOD.replace(from, to)).join("\n");
    let arrivals = |to: &str| with("{process: poisson, rate_per_s: 5}", to);
    let cases = [
        (with("requests: 10\n", ""), "`workload.requests`: is missing"),
        (with("10", "0"), "`workload.requests`: is 0"),
        (with("512", "0"), "`workload.prompt_tokens.value`: is 0"),
        (with("512", "-3"), "`workload.prompt_tokens.value`: is -3"),
        (with("512", "1.5"), "whole number"),
        (with("512", ".nan"), "is NaN"),
        (with("512", "{dist: uniform, min: 5, max: 4}"), "`workload.prompt_tokens.min`: is 5, above `max`"),
        (with("512", "{dist: uniform, min: 5}"), "`workload.prompt_tokens.max`: is missing"),
        (
            with("512", "{dist: constant, value: 1, sigma: 2}"),
            "`workload.prompt_tokens.sigma`: has no meaning",
        ),
        (with("512", "{dist: lognormal, sigma: 2}"), "exactly one of `mean` and `median`"),
        (with("512", "{dist: empirical, values: []}"), "`workload.prompt_tokens.values`: is empty"),
        (with("512", "{dist: empirical, values: [[1, 0]]}"), "`workload.prompt_tokens.values[0][1]`: is 0"),
        (with("512", "{dist: empirical}"), "exactly one of `values` and `file`"),
        (arrivals("{process: gamma, rate_per_s: 5}"), "`workload.arrivals.cv`: is missing"),
        (arrivals("{process: poisson, rate_per_s: 5, cv: 1}"), "`workload.arrivals.cv`: is for"),
        (arrivals("{process: poisson, rate_per_s: .inf}"), "`workload.arrivals.rate_per_s`: is inf"),
        (arrivals("{process: poisson, rate_per_s: 0}"), "`workload.arrivals.rate_per_s`: is 0"),
        (arrivals("{process: poisson}"), "`workload.arrivals.rate_per_s`: is missing"),
        (arrivals("{process: poisson, phases: []}"), "`workload.arrivals.phases`: is empty"),
        (arrivals("{process: poisson, phases: [{until_s: 1, rate_per_s: 1}]}"), "ends the last phase"),
        (arrivals("{process: poisson, phases: [{rate_per_s: 0}]}"), "is 0 for ever"),
        (arrivals("{process: poisson, rate_per_s: 1, repeat: true}"), "`workload.arrivals.repeat`"),
        (with("10", "10\nspeedup: 2"), "`workload.speedup`: is for traces"),
        (with("10", "10\nlimit: 0"), "`workload.limit`: is 0"),
        (with("10", "10\nrate: -1"), "`workload.rate`: is -1"),
        (with("10", "10\nformat: csv"), "`workload.format`: has no meaning without"),
        (
            with("10", "10\nclasses: [{name: a, share: 1}, {name: a, share: 1}]"),
            "`workload.classes[1].name`: `a` is there twice",
        ),
        (with("10", "10\nclasses: [{name: a, share: 0}]"), "`workload.classes[0].share`: is 0"),
        (with("10", "10\ntenants: []"), "`workload.tenants`: is empty"),
        (with("10", "10\nsessions: {rounds: 0}"), "`workload.sessions.rounds`: is 0"),
        (
            with("10", "10\nshared_prefixes: {groups: 0, tokens: 1}"),
            "`workload.shared_prefixes.groups`: is 0",
        ),
        (
            problems("trace: a\nrequests: 3").join(""),
            "`workload.requests`: has no meaning beside `workload.trace`",
        ),
        (problems("trace: a\nrate: 3\nspeedup: 2").join(""), "both rescale the times"),
        (problems("trace: a\nspeedup: 0").join(""), "`workload.speedup`: is 0"),
        (problems("trace: a\nformat: native\ntime_unit: s").join(""), "`workload.time_unit`: has no meaning"),
    ];
    for (got, expected) in cases {
        assert!(got.contains(expected), "expected {expected:?} in {got:?}");
    }
}

#[test]
fn a_description_survives_being_written_and_read() {
    let spec = parse(&format!("{GOOD}sessions: {{rounds: 4, think_time_s: 1}}\n"));
    assert_eq!(parse(&serde_yaml::to_string(&spec).unwrap()), spec);
}

/// Every workload that the repository offers.
#[test]
fn the_workloads_of_the_repository_are_valid() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/workloads");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(problems(&std::fs::read_to_string(&path).unwrap()), [""; 0], "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 4);
}

#[test]
fn the_multi_turn_workload_is_the_documented_one() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../configs/workloads/multi-turn-mixed-slo.yaml");
    let spec = parse(&std::fs::read_to_string(path).unwrap());
    assert_eq!(
        spec.describe(),
        "2,000 requests, poisson 100/s, 4 rounds (closed loop), 30 % critical / 70 % batch"
    );
    let mut source = crate::workload::open(&spec, 42, 16).unwrap();
    let mut firsts = 0;
    while let Some(first) = source.take().unwrap() {
        assert_eq!((first.prompt_tokens, first.output_tokens), (512, 256));
        firsts += 1;
    }
    assert_eq!(firsts, 500);
}

/// Every example of `host/docs/workloads.md`.
#[test]
fn the_documented_examples_are_valid() {
    let page = include_str!("../../../docs/workloads.md");
    let examples: Vec<&str> =
        page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 5);
    for example in examples {
        assert_eq!(problems(example), [""; 0], "{example}");
    }
}
