//! What a case expects, against what a run gave.

use pointsman::engine::RequestRecord;

use crate::case::{Case, Run, gunzip};

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

/// Every cell of every request, and the totals.
pub(crate) fn compare(case: &Case, run: &Run) {
    let gz = case.folder.join("expected.csv.gz");
    let text = if gz.exists() {
        gunzip(&gz)
    } else {
        std::fs::read_to_string(case.folder.join("expected.csv")).unwrap()
    };
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<&str> = lines.collect();
    let mut wrong = vec![];
    for (row, record) in rows.iter().zip(&run.records) {
        for (column, expected) in columns.iter().zip(row.split(',')) {
            if ours(record, column) != expected {
                wrong.push(format!(
                    "request {}: {column} is {}, expected {expected}",
                    record.id,
                    ours(record, column)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}: {} differences\n{}",
        case.folder.display(),
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert_eq!(rows.len(), run.records.len());
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(case.folder.join("summary.json")).unwrap()).unwrap();
    let sum = |of: fn(&pointsman::engine::InstanceTotals) -> u64| -> u64 {
        run.totals.instances.iter().map(of).sum()
    };
    for (key, value) in [
        ("steps", sum(|i| i.steps)),
        ("preemptions", sum(|i| i.preemptions)),
        ("repeated_starts", sum(|i| i.repeated_starts)),
        ("stuck_releases", sum(|i| i.stuck_releases)),
        ("offloads", sum(|i| i.offloaded_blocks)),
        ("reloads", sum(|i| i.reloaded_blocks)),
        ("thrashed", sum(|i| i.thrashed_blocks)),
        ("hit_tokens_gpu", sum(|i| i.hit_tokens_gpu)),
        ("hit_tokens_cpu", sum(|i| i.hit_tokens_cpu)),
        ("end_us", run.totals.end_us),
    ] {
        assert_eq!(summary[key].as_u64(), Some(value), "{key} of {}", case.folder.display());
    }
}
