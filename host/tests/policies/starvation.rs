//! The order of the waiting queue, and who waits for ever in it.

use crate::{records, starts, trace};

/// One instance that serves one request at a time: 1000 ticks and 10 per token of the prompt.
const ONE: &str = "
cluster:
  instances: 1
  latency: {model: linear, alpha: [0, 0, 0], beta: [1000, 10, 1]}
  kv: {blocks: 1000}
  engine: {max_num_seqs: 1}
";

fn request(arrival_us: u64, tokens: u64) -> String {
    format!(r#"{{"id": 0, "arrival_us": {arrival_us}, "input_len": {tokens}, "output_len": 1}}"#)
}

/// Runs a trace under a scheduler.
fn scheduled(scheduler: &str, lines: impl IntoIterator<Item = String>) -> Vec<u64> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let workload = trace(directory.path(), lines);
    starts(&records(&format!("{ONE}policy: {{scheduler: {scheduler}}}\nworkload: {workload}\n")))
}

/// Short prompts come faster than they can be served, for 300 of them, and a long one beside the first.
fn long_among_short(scheduler: &str) -> u64 {
    let first = [request(0, 16), request(1, 2000)];
    let starts = scheduled(scheduler, first.into_iter().chain((1..300).map(|k| request(k * 1000, 16))));
    starts[1]
}

#[test]
fn a_long_prompt_starves_among_short_ones_unless_it_ages() {
    let with = |gain: &str| {
        long_among_short(&format!(
            "{{name: shortest-remaining-prefill, params: {{age_tokens_per_ms: {gain}}}}}"
        ))
    };
    // A short one takes 1160, so the k-th starts at 1160 k; the long one when there is no other.
    assert_eq!(with("0"), 300 * 1160);
    assert_eq!(long_among_short("sjf"), 300 * 1160);
    // Its key is 2000 + 0.02 * 1, that of the k-th short one 16 + 0.02 * 1000 k: less from k = 100 on.
    assert_eq!(with("20"), 100 * 1160);
}

#[test]
fn what_is_cached_is_not_left_to_compute() {
    // 0 leaves 62 full blocks behind. While 1 runs, 2 and 3 come: 2 is 0 again with a word more and has
    // 1008 - 62 * 16 = 16 tokens left, 3 has its 200.
    let blocks: Vec<String> = (1..64).map(|block| block.to_string()).collect();
    let known = |arrival_us: u64, tokens: usize| {
        let hashes = blocks[..tokens / 16].join(", ");
        format!(
            r#"{{"id": 0, "arrival_us": {arrival_us}, "input_len": {tokens}, "output_len": 1, "block_hashes": [{hashes}]}}"#
        )
    };
    let lines = || [known(0, 1000), request(10_000, 500), known(12_000, 1008), request(12_000, 200)];
    let by_rest = scheduled("shortest-remaining-prefill", lines());
    assert!(by_rest[2] < by_rest[3], "{by_rest:?}");
    let by_length = scheduled("sjf", lines());
    assert!(by_length[3] < by_length[2], "{by_length:?}");
}
