//! The summary as a person sees it, from literal figures.

use super::*;
use crate::metrics::{Goodput, Percentiles, Saturation};
use crate::policy::{FailureCount, PolicyKind};
use crate::report::sample::{group, instance, outcome, with_ejections};

fn written(outcome: &Outcome, style: Style) -> String {
    let mut out = Vec::new();
    write(outcome, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What was found and has no say is named too, so that nobody wonders whether it was found.
#[test]
fn libraries_that_are_not_used() {
    let mut outcome = outcome();
    let library = |name: &str| crate::registry::LibraryRecord {
        path: format!("plugins/lib{name}.so"),
        sha256: "0123456789".to_owned(),
        name: name.to_owned(),
        version: "1.2.0".to_owned(),
        api_version: "1.0.0".to_owned(),
        rustc: "rustc 1.95.0".to_owned(),
    };
    let idle =
        |name: &str| crate::run::IdleLibrary { policies: vec![name.to_owned()], library: library(name) };
    let lines = |outcome: &Outcome, count| {
        let text = written(outcome, Style::PLAIN);
        text.lines().skip(8).take(count).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
    };
    outcome.idle = vec![idle("a")];
    let alone = "  not used   a                      plugins/liba.so (1.2.0, sha256 01234567…)";
    assert_eq!(lines(&outcome, 1), [alone]);
    outcome.idle =
        ["alphabetically-first", "b", "c", "d", "e", "f", "a-long-name-at-the-end"].map(idle).into();
    outcome.idle[2].library.path = "libc.so".to_owned();
    assert_eq!(
        lines(&outcome, 3),
        [
            "  not used   in .: libc.so",
            "             in plugins: libalphabetically-first.so, libb.so, libd.so, libe.so, libf.so,",
            "             liba-long-name-at-the-end.so",
        ]
    );
}

#[test]
fn a_run_at_a_glance() {
    let text = written(&outcome(), Style::PLAIN);
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    insta::assert_snapshot!(text, @r#"
    Policies
      scorer     prefix-affinity  x3    built in
                 queue-depth      x2.5  built in
                 kv-pressure-slo  x3    target/release/libkv_pressure_slo.so (0.1.0, sha256 ab12cd34…)
      picker     max-score              built in
      scheduler  fcfs                   built in
      priority   slo-class              built in; age_weight 0.1
      admission  always-admit           built in

    Workload  2,000 requests, poisson 25/s, 4 rounds (closed loop)
    Cluster   4 instances, llama-3.1-8b-h100-tp2, 2,000 KV blocks of 16 tokens, CPU tier of 3,000
    Seed      42

    Requests    total  completed  rejected  dropped  unfinished
      batch     1,400      1,400         0        0           0
      critical    600        600         0        0           0
      all       2,000      2,000         0        0           0

    Latency of completed requests [ms]
      TTFT         mean      p50      p90      p99      ITL          mean      p50      p90      p99
      batch       148.1    118.5    251.7    459.0      batch        8.52     6.82    14.48    26.41
      critical     61.7     49.4    104.9    191.3      critical     3.55     2.84     6.03    11.00
      all         123.4     98.7    209.8    382.5      all          7.10     5.68    12.07    22.01
      TPOT         mean      p50      p90      p99      E2E          mean      p50      p90      p99
      batch        8.76     7.01    14.89    27.16      batch       2,815    2,252    4,785    8,726
      critical     3.65     2.92     6.21    11.31      critical    1,173      938    1,994    3,636
      all          7.30     5.84    12.41    22.63      all         2,346    1,876    3,988    7,271
      queueing     mean      p50      p90      p99
      batch        48.2     38.6     82.0    149.5
      critical     20.1     16.1     34.2     62.3
      all          40.2     32.2     68.3    124.6

    Instances  routed    busy  hit rate  KV mean  KV peak  preemptions  offloaded  reloaded
      0           500  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      1           501  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      2           502  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      3           503  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789

    Totals
      simulated time   123 s, 40,000 steps
      throughput       16.2 requests/s, 4,147 output tokens/s
      prefix hit rate  45.7 % of admitted tokens (GPU 40.0 %, CPU 5.7 %)
      preemptions      48
      CPU tier         13,824 blocks offloaded, 3,156 reloaded in 50.0 ms
      thrashing rate   0.0 % (reloaded within 1,000 us; a step takes 10,753 us, so this window rarely
                       sees any)
    "#);
}

#[test]
fn narrow_and_with_one_class() {
    let mut outcome = outcome();
    outcome.summary.per_class.clear();
    outcome.summary.per_class.insert("standard".to_owned(), group(2000, 2000, 1.0));
    let text = written(&outcome, Style { width: 60, ..Style::PLAIN });
    let latency = text.split("\n\n").find(|part| part.starts_with("Latency")).unwrap();
    insta::assert_snapshot!(latency, @r#"
    Latency of completed requests [ms]
      TTFT         mean      p50      p90      p99
      all         123.4     98.7    209.8    382.5
      ITL          mean      p50      p90      p99
      all          7.10     5.68    12.07    22.01
      TPOT         mean      p50      p90      p99
      all          7.30     5.84    12.41    22.63
      E2E          mean      p50      p90      p99
      all         2,346    1,876    3,988    7,271
      queueing     mean      p50      p90      p99
      all          40.2     32.2     68.3    124.6
    "#);
}

#[test]
fn what_did_not_complete_and_what_went_wrong_is_said() {
    let mut outcome = outcome();
    let overall = &mut outcome.summary.overall;
    overall.states =
        [("completed", 1900), ("waiting", 60), ("running", 25), ("dropped", 12), ("rejected", 3)].into();
    overall.goodput = Some(Goodput { met: 512, offered: 600 });
    if let Some(critical) = outcome.summary.per_class.get_mut("critical") {
        critical.goodput = Some(Goodput { met: 512, offered: 600 });
    }
    outcome.summary.dropped_ids = (100..110).collect();
    outcome.summary.fairness_jain = Some(0.987_65);
    outcome.summary.saturation =
        Some(Saturation { waiting_third_quarter: 120.34, waiting_last_quarter: 187.0, still_growing: true });
    outcome.clamped_scores = 1234;
    outcome.failures = vec![FailureCount {
        kind: PolicyKind::Scorer,
        policy: "kv-pressure-slo".to_owned(),
        library: "target/release/libkv_pressure_slo.so".to_owned(),
        calls: 7,
        first_us: 1_234_567,
        first_request: Some(29),
        first_message: "score 2 is NaN".to_owned(),
        fallback: None,
        decisions: 2000,
        fallback_decisions: 0,
    }];
    insta::assert_snapshot!(written(&outcome, Style::PLAIN), @r#"
    Policies
      scorer     prefix-affinity  x3    built in
                 queue-depth      x2.5  built in
                 kv-pressure-slo  x3    target/release/libkv_pressure_slo.so (0.1.0, sha256 ab12cd34…)
      picker     max-score              built in
      scheduler  fcfs                   built in
      priority   slo-class              built in; age_weight 0.1
      admission  always-admit           built in

    Workload  2,000 requests, poisson 25/s, 4 rounds (closed loop)
    Cluster   4 instances, llama-3.1-8b-h100-tp2, 2,000 KV blocks of 16 tokens, CPU tier of 3,000
    Seed      42
    Load      past saturation, see the end

    Requests    total  completed  rejected  dropped  unfinished  goodput
      batch     1,400      1,400         0        0           0        -
      critical    600        600         0        0           0   85.3 %
      all       2,000      1,900         3       12          85   85.3 %
      unfinished at the end: 60 waiting, 25 running
      dropped, larger than the KV memory of an instance: requests 100, 101, 102, 103, 104, 105, 106,
        107, 108, 109 and 2 more
      goodput: of 600 requests offered, completed within critical TTFT 500 ms, E2E 10,000 ms

    Latency of completed requests [ms]
      TTFT         mean      p50      p90      p99      ITL          mean      p50      p90      p99
      batch       148.1    118.5    251.7    459.0      batch        8.52     6.82    14.48    26.41
      critical     61.7     49.4    104.9    191.3      critical     3.55     2.84     6.03    11.00
      all         123.4     98.7    209.8    382.5      all          7.10     5.68    12.07    22.01
      TPOT         mean      p50      p90      p99      E2E          mean      p50      p90      p99
      batch        8.76     7.01    14.89    27.16      batch       2,815    2,252    4,785    8,726
      critical     3.65     2.92     6.21    11.31      critical    1,173      938    1,994    3,636
      all          7.30     5.84    12.41    22.63      all         2,346    1,876    3,988    7,271
      queueing     mean      p50      p90      p99
      batch        48.2     38.6     82.0    149.5
      critical     20.1     16.1     34.2     62.3
      all          40.2     32.2     68.3    124.6

    Instances  routed    busy  hit rate  KV mean  KV peak  preemptions  offloaded  reloaded
      0           500  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      1           501  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      2           502  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      3           503  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789

    Totals
      simulated time   123 s, 40,000 steps
      throughput       16.2 requests/s, 4,147 output tokens/s
      prefix hit rate  45.7 % of admitted tokens (GPU 40.0 %, CPU 5.7 %)
      preemptions      48
      CPU tier         13,824 blocks offloaded, 3,156 reloaded in 50.0 ms
      thrashing rate   0.0 % (reloaded within 1,000 us; a step takes 10,753 us, so this window rarely
                       sees any)
      fairness         0.988 (Jain's index of output tokens over tenants; 1 is even)

    past saturation: the queue still grew at the last arrival (waiting requests, mean by quarter of the
      arrivals: third 120, last 187); latencies depend on how long the run is
    policy failed: scorer `kv-pressure-slo` (target/release/libkv_pressure_slo.so) in 7 calls, first at
      1.23 s, request 29: score 2 is NaN; it was left out of those decisions
    scores clamped: 1,234 lay outside 0..1
    "#);
}

#[test]
fn an_ejected_policy_is_named_with_the_share_of_what_took_its_place() {
    let text = written(&with_ejections(), Style::PLAIN);
    let notes = text.split("\n\n").last().unwrap();
    insta::assert_snapshot!(notes, @r#"
    policy ejected: scorer `kv-pressure-slo` (target/release/libkv_pressure_slo.so) at 1.23 s, request
      29: score 2 is NaN; `queue-depth` took its place and made 1,971 of 2,000 decisions (98.6 %)
    policy ejected: scheduler `priority-fcfs` (target/release/libpriority_fcfs.so) in 2 instances, first
      at 2.50 s, instance 1: no keys; `fcfs` took its place and made 30,000 of 40,000 decisions (75.0 %)
    "#);
}

#[test]
fn many_instances_are_summed_up() {
    let mut outcome = outcome();
    outcome.summary.instances = (0..64).map(instance).collect();
    let text = written(&outcome, Style::PLAIN);
    let instances = text.split("\n\n").find(|part| part.starts_with("Instances")).unwrap();
    insta::assert_snapshot!(instances, @r#"
    Instances  routed    busy  hit rate  KV mean  KV peak  preemptions  offloaded  reloaded
      lowest        0  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      mean         32  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      highest      63  87.1 %    45.7 %   61.0 %  100.0 %           12      3,456       789
      over 64 instances; --summary FILE has each
    "#);
}

/// Where it could be either, the summary says how percentiles were computed.
#[test]
fn a_long_run_says_how_its_percentiles_were_computed() {
    let mut outcome = outcome();
    let title = |outcome: &Outcome| {
        let text = written(outcome, Style::PLAIN);
        text.lines().find(|line| line.starts_with("Latency")).unwrap().to_owned()
    };
    assert_eq!(title(&outcome), "Latency of completed requests [ms]");
    outcome.summary.overall.requests = 1_000_001;
    assert_eq!(title(&outcome), "Latency of completed requests [ms], exact");
    outcome.summary.percentiles = Percentiles::sketched();
    assert_eq!(title(&outcome), "Latency of completed requests [ms], percentiles within 0.05 %");
}

#[test]
fn without_colour_the_words_are_the_same() {
    let coloured = written(&outcome(), Style { colour: true, ..Style::PLAIN });
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), written(&outcome(), Style::PLAIN));
}
