//! A run in literal figures, for the tests of reports.

use crate::metrics::{Collector, Distribution, Group, InstanceSummary, Latencies, Percentiles, Summary};
use crate::policy::{Ejection, FailureCount, PolicyFailure, PolicyKind};
use crate::registry::LibraryRecord;
use crate::run::{Outcome, Provenance, Used, WorkloadRecord};

fn distribution(mean: f64) -> Option<Distribution> {
    Some(Distribution { count: 100, mean, p50: mean * 0.8, p90: mean * 1.7, p99: mean * 3.1 })
}

pub(super) fn group(requests: u64, completed: u64, scale: f64) -> Group {
    Group {
        requests,
        states: [("completed", completed), ("waiting", requests - completed)].into(),
        latencies: Latencies {
            ttft_ms: distribution(123.4 * scale),
            itl_ms: distribution(7.1 * scale),
            tpot_ms: distribution(7.3 * scale),
            e2e_ms: distribution(2345.6 * scale),
            queueing_ms: distribution(40.2 * scale),
        },
        goodput: None,
        hit_tokens: 0,
        admitted_tokens: 0,
    }
}

pub(super) fn instance(routed: u64) -> InstanceSummary {
    InstanceSummary {
        routed,
        steps: 1000,
        reloading_steps: 0,
        step_ms_mean_reloading: None,
        step_ms_mean_plain: Some(7.5),
        busy: 0.871,
        hit_rate: 0.4567,
        kv_utilization_mean: 0.61,
        kv_utilization_peak: 1.0,
        preemptions: 12,
        offloaded_blocks: 3456,
        reloaded_blocks: 789,
        reload_ms: 12.5,
    }
}

fn used(role: &'static str, name: &str, weight: Option<f64>, library: Option<&LibraryRecord>) -> Used {
    Used { role, name: name.to_owned(), weight, note: None, library: library.cloned() }
}

pub(super) fn outcome() -> Outcome {
    let library = LibraryRecord {
        path: "target/release/libkv_pressure_slo.so".to_owned(),
        sha256: "ab12cd34ef567890".to_owned(),
        name: "kv-pressure-slo".to_owned(),
        version: "0.1.0".to_owned(),
        api_version: "1.0.0".to_owned(),
        rustc: "rustc 1.95.0".to_owned(),
    };
    let config = serde_json::json!({
        "cluster": {
            "profile": "llama-3.1-8b-h100-tp2",
            "kv": {"blocks": 2000, "block_size": 16, "cpu_blocks": 3000, "thrash_window_us": 1000},
        },
        "slo": {"critical": {"ttft_ms": 500, "e2e_ms": 10000}},
    });
    Outcome {
        events: 0,
        calls: Vec::new(),
        summary: Summary {
            overall: group(2000, 2000, 1.0),
            per_class: [
                ("batch".to_owned(), group(1400, 1400, 1.2)),
                ("critical".to_owned(), group(600, 600, 0.5)),
            ]
            .into(),
            instances: (0..4).map(|index| instance(500 + index)).collect(),
            end_ms: 123_456.7,
            throughput_rps: 16.2,
            output_tokens_per_s: 4147.3,
            hit_rate_gpu: 0.4,
            hit_rate_cpu: 0.0567,
            hit_rate: 0.4567,
            preemptions: 48,
            repeated_starts: 0,
            stuck_releases: 0,
            steps: 40_000,
            reloading_steps: 0,
            step_ms_mean_reloading: None,
            step_ms_mean_plain: Some(7.5),
            offloaded_blocks: 13_824,
            reloaded_blocks: 3156,
            thrashed_blocks: 0,
            kv_thrashing_rate: 0.0,
            fairness_jain: None,
            saturation: None,
            dropped_ids: vec![],
            percentiles: Percentiles::EXACT,
        },
        collector: Collector::default(),
        idle: vec![],
        policies: vec![
            used("scorer", "prefix-affinity", Some(3.0), None),
            used("scorer", "queue-depth", Some(2.5), None),
            used("scorer", "kv-pressure-slo", Some(3.0), Some(&library)),
            used("picker", "max-score", None, None),
            used("scheduler", "fcfs", None, None),
            Used { note: Some("age_weight 0.1".to_owned()), ..used("priority", "slo-class", None, None) },
            used("admission", "always-admit", None, None),
        ],
        failures: vec![],
        ejections: vec![],
        clamped_scores: 0,
        passed_over_filters: 0,
        provenance: Provenance {
            host_version: "0.1.0".to_owned(),
            api_version: "1.0.0".to_owned(),
            seed: 42,
            config,
            workload: WorkloadRecord {
                kind: "synthetic".to_owned(),
                description: "2,000 requests, poisson 25/s, 4 rounds (closed loop)".to_owned(),
                sha256: "00".to_owned(),
            },
            policies: vec![],
        },
        attribution: None,
        decisions: None,
        probes: None,
        trial: None,
        warnings: vec![],
    }
}

/// The same, where a scorer was ejected, and the scheduler of two instances.
pub(super) fn with_ejections() -> Outcome {
    let failed = |kind, policy: &str, message: &str| PolicyFailure {
        kind,
        policy: policy.to_owned(),
        library: format!("target/release/lib{}.so", policy.replace('-', "_")),
        request: None,
        instance: None,
        now_us: 1_234_567,
        message: message.to_owned(),
    };
    let scorer = failed(PolicyKind::Scorer, "kv-pressure-slo", "score 2 is NaN");
    let scheduler = failed(PolicyKind::Scheduler, "priority-fcfs", "no keys");
    let ejection = |failed, fallback: &str| Ejection { failed, fallback: fallback.to_owned() };
    let count = |failed: &PolicyFailure, calls, fallback: &str, decisions, fallback_decisions| FailureCount {
        kind: failed.kind,
        policy: failed.policy.clone(),
        library: failed.library.clone(),
        calls,
        first_us: failed.now_us,
        first_request: Some(29).filter(|_| failed.kind == PolicyKind::Scorer),
        first_message: failed.message.clone(),
        fallback: Some(fallback.to_owned()),
        decisions,
        fallback_decisions,
    };
    Outcome {
        failures: vec![
            count(&scorer, 1, "queue-depth", 2000, 1971),
            count(&scheduler, 2, "fcfs", 40_000, 30_000),
        ],
        ejections: vec![
            ejection(PolicyFailure { request: Some(29), ..scorer }, "queue-depth"),
            ejection(PolicyFailure { instance: Some(1), now_us: 2_500_000, ..scheduler.clone() }, "fcfs"),
            ejection(PolicyFailure { instance: Some(0), now_us: 3_000_000, ..scheduler }, "fcfs"),
        ],
        ..outcome()
    }
}
