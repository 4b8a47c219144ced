//! What a case expects, against what a run gave.

use std::fs;
use std::io::Read;
use std::path::Path;

use pointsman::engine::RequestRecord;
use pointsman::metrics::{Distribution, Group};
use pointsman::run::Outcome;
use serde_json::Value;

use crate::case::Case;

/// The text of a file, or of the same file compressed.
fn read(path: &Path) -> String {
    if let Ok(text) = fs::read_to_string(path) {
        return text;
    }
    let mut text = String::new();
    let file = fs::File::open(format!("{}.gz", path.display())).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn cell(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn ours(record: &RequestRecord, column: &str) -> String {
    match column {
        "id" => record.id.to_string(),
        "instance" => cell(record.instance.map(u64::from)),
        "arrival_us" => record.arrival_us.to_string(),
        "ttft_us" => cell(record.ttft_us),
        "e2e_us" => cell(record.e2e_us),
        "prompt_tokens" => record.prompt_tokens.to_string(),
        "output_tokens" => record.output_tokens.to_string(),
        "preemptions" => record.preemptions.to_string(),
        "hit_tokens_gpu" => record.hit_tokens_gpu.to_string(),
        "hit_tokens_cpu" => record.hit_tokens_cpu.to_string(),
        "state" => record.state.name().to_owned(),
        other => panic!("column {other}"),
    }
}

/// Every cell of every request, and the summary.
pub(crate) fn compare(case: &Case, outcome: &Outcome) {
    let text = read(&case.folder.join("expected.csv"));
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<&str> = lines.collect();
    let records = outcome.collector.records();
    let name = case.folder.display();
    let mut wrong = vec![];
    for (row, record) in rows.iter().zip(records) {
        for (column, expected) in columns.iter().zip(row.split(',')) {
            let ours = ours(record, column);
            if ours != expected {
                wrong.push(format!("request {}: {column} is {ours}, expected {expected}", record.id));
            }
        }
    }
    let count = wrong.len();
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{name}: {count} differences\n{}", wrong.join("\n"));
    assert_eq!(rows.len(), records.len(), "{name}: requests");
    let expected: Value = serde_json::from_str(&read(&case.folder.join("summary.json"))).unwrap();
    compare_summary(&format!("{name}"), &expected, outcome);
}

fn compare_summary(name: &str, expected: &Value, outcome: &Outcome) {
    let summary = &outcome.summary;
    let admitted = |rate: f64| (rate * 1e9).round();
    for (key, ours) in [
        ("steps", summary.steps),
        ("preemptions", summary.preemptions),
        ("repeated_starts", summary.repeated_starts),
        ("stuck_releases", summary.stuck_releases),
        ("offloads", summary.offloaded_blocks),
        ("reloads", summary.reloaded_blocks),
        ("thrashed", summary.thrashed_blocks),
        ("clamped_scores", outcome.clamped_scores),
        ("end_us", (summary.end_ms * 1e3).round() as u64),
    ] {
        if let Some(expected) = expected[key].as_u64() {
            assert_eq!(expected, ours, "{name}: {key}");
        }
    }
    for (key, ours) in [
        ("hit_rate", summary.hit_rate),
        ("hit_rate_gpu", summary.hit_rate_gpu),
        ("hit_rate_cpu", summary.hit_rate_cpu),
    ] {
        if let Some(expected) = expected[key].as_f64() {
            assert_eq!(admitted(expected), admitted(ours), "{name}: {key}");
        }
    }
    compare_group(name, expected, &summary.overall);
    for (class, expected) in expected["per_class"].as_object().into_iter().flatten() {
        compare_group(&format!("{name}: {class}"), expected, &summary.per_class[class]);
    }
}

/// States, and every mean and percentile.
fn compare_group(name: &str, expected: &Value, ours: &Group) {
    for (state, count) in expected["states"].as_object().into_iter().flatten() {
        assert_eq!(count.as_u64(), ours.states.get(state.as_str()).copied().or(Some(0)), "{name}: {state}");
    }
    let latencies = &ours.latencies;
    let distributions: [(&str, Option<Distribution>); 5] = [
        ("ttft_ms", latencies.ttft_ms),
        ("itl_ms", latencies.itl_ms),
        ("tpot_ms", latencies.tpot_ms),
        ("e2e_ms", latencies.e2e_ms),
        ("queueing_ms", latencies.queueing_ms),
    ];
    for (key, ours) in distributions {
        let expected = &expected[key];
        let (Some(count), Some(ours)) = (expected["count"].as_u64().filter(|&count| count > 0), ours) else {
            assert!(ours.is_none() || expected.is_null(), "{name}: {key}");
            continue;
        };
        assert_eq!(count, ours.count, "{name}: count of {key}");
        for (figure, ours) in [("mean", ours.mean), ("p50", ours.p50), ("p90", ours.p90), ("p99", ours.p99)] {
            let expected = expected[figure].as_f64().unwrap();
            assert!(
                (expected - ours).abs() <= 1e-9 * expected.abs(),
                "{name}: {key} {figure}: {ours}, expected {expected}"
            );
        }
    }
}
