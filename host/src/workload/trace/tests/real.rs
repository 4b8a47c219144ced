//! The real traces beside the repository; skipped, with a message, where they are absent.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::{SamePattern, gzip, open_trace, read, trace};
use crate::workload::Arrival;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is absent", path.display());
    None
}

fn totals(arrivals: &[Arrival]) -> (usize, u64, u64) {
    let sum = |of: fn(&Arrival) -> u64| arrivals.iter().map(of).sum();
    (arrivals.len(), sum(|arrival| arrival.prompt_tokens), sum(|arrival| arrival.output_tokens))
}

#[test]
fn the_mooncake_trace_has_its_totals_and_its_reuse() {
    let Some(path) = shared("data/mooncake/conversation_trace.jsonl") else { return };
    let arrivals = read(&path, "", 16).unwrap();
    assert_eq!(totals(&arrivals), (12_031, 144_793_823, 4_122_048));
    assert!(arrivals.iter().all(|arrival| arrival.arrival_us <= 3_600_000_000));

    // What one unbounded cache of prompts would hit, with at least one token always computed.
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    let mut hit_tokens = 0;
    for arrival in &arrivals {
        let most = (arrival.prompt_tokens - 1) / 16;
        let hit = (0..most).take_while(|&block| seen.contains(&arrival.content.block(block))).count() as u64;
        hit_tokens += 16 * hit;
        seen.extend((0..arrival.prompt_tokens / 16).map(|block| arrival.content.block(block)));
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    let percent = 100.0 * hit_tokens as f64 / 144_793_823.0;
    println!("hit rate of an unbounded shared cache: {percent:.3} %");
    assert!((37.3..=37.4).contains(&percent), "{percent}");
}

#[test]
fn the_mooncake_trace_is_the_same_from_gzip() {
    let Some(path) = shared("data/mooncake/conversation_trace.jsonl") else { return };
    let packed = trace("conversation.gz", gzip(&std::fs::read(&path).unwrap()));
    let plain = read(&path, "limit: 500", 16).unwrap();
    assert_eq!(format!("{plain:?}"), format!("{:?}", read(&packed.path, "limit: 500", 16).unwrap()));
}

#[test]
fn the_azure_trace_has_its_rows() {
    let Some(path) = shared("data/azure/AzureLLMInferenceTrace_code_2023.csv") else { return };
    let arrivals = read(&path, "", 16).unwrap();
    assert_eq!(arrivals.len(), 8_819);
    assert_eq!((arrivals[0].arrival_us, arrivals[0].prompt_tokens, arrivals[0].output_tokens), (0, 4808, 10));
    assert_eq!((arrivals[1].arrival_us, arrivals[1].prompt_tokens), (52_000, 3180));
    assert_eq!(open_trace(&path, "", 16).unwrap().identity().unwrap().kind, "azure");
}

#[test]
fn the_servegen_traces_are_read_by_their_columns() {
    for (file, rows) in [("m-small_20rps_900s_seed0", 17_995), ("deepseek-r1_5rps_1800s_seed0", 8_984)] {
        let Some(path) = shared(&format!("data/servegen/{file}.csv")) else { return };
        let columns =
            "columns: {arrival: arrival_s, input: input_tokens, output: output_tokens}, time_unit: s";
        let arrivals = read(&path, columns, 16).unwrap();
        assert_eq!(arrivals.len(), rows);
        assert_eq!(
            format!("{arrivals:?}"),
            format!("{:?}", read(&path, "", 16).unwrap()),
            "the names are the usual ones"
        );
        let fast = read(&path, "rate: 100", 16).unwrap();
        let span_us = fast[rows - 1].arrival_us - fast[0].arrival_us;
        assert!(span_us.abs_diff((rows as u64 - 1) * 10_000) <= 1, "{span_us}");
    }
}

#[test]
fn the_reference_streams_are_read_without_warnings() {
    let streams =
        [("burst", 400), ("chat", 400), ("mixed", 200), ("mooncake", 300), ("sessions", 360), ("ties", 200)];
    for (stream, requests) in streams {
        let Some(path) = shared(&format!("reference/streams/{stream}.jsonl.gz")) else { return };
        for size in [16, 32, 64] {
            assert_eq!(read(&path, "", size).unwrap().len(), requests, "{stream}");
        }
        assert_eq!(open_trace(&path, "", 16).unwrap().warnings(), [""; 0]);
    }
}

/// The reference's own conversion of the Mooncake trace to block hashes has the same equal blocks.
#[test]
fn mooncake_identities_agree_with_the_reference() {
    let Some(original) = shared("data/mooncake/conversation_trace.jsonl") else { return };
    let Some(converted) = shared("reference/streams/mooncake.jsonl.gz") else { return };
    let (ours, theirs) = (read(&original, "limit: 300", 16).unwrap(), read(&converted, "", 16).unwrap());
    assert_eq!(totals(&ours), totals(&theirs));
    let mut pattern = SamePattern::default();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!((ours.arrival_us, ours.prompt_tokens), (theirs.arrival_us, theirs.prompt_tokens));
        for block in 0..ours.content.blocks() {
            pattern.assert(ours.content.block(block), theirs.content.block(block));
        }
    }
}
