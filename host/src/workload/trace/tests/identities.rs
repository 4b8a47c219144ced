use proptest::prelude::*;

use super::{Naive, SamePattern, read, trace};

/// One request of a made-up Mooncake trace: ids of its pieces, prompt and output length, ids left out.
type Moon = (Vec<u64>, u64, u64, usize);

fn moon() -> impl Strategy<Value = Moon> {
    (
        prop::collection::vec(0_u64..3, 1..5),
        1_u64..=512,
        1_u64..600,
        prop_oneof![4 => Just(0), 1 => 1_usize..3],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Mooncake: tokens written out from the pieces, blocks of every size compared.
    #[test]
    fn mooncake_blocks_are_equal_when_their_tokens_are(requests in prop::collection::vec(moon(), 1..12)) {
        let mut fresh = 1_u64 << 32;
        let mut text = String::new();
        let mut sequences = vec![];
        for (ids, last, output, missing) in &requests {
            let input = (ids.len() as u64 - 1) * 512 + last;
            let known = ids.len().saturating_sub(*missing);
            let mut tokens: Vec<u64> = ids[..known].iter().flat_map(|id| (0..512).map(move |i| id * 512 + i)).collect();
            tokens.truncate(usize::try_from(input).unwrap());
            while (tokens.len() as u64) < input + output - 1 {
                fresh += 1;
                tokens.push(fresh);
            }
            sequences.push(tokens);
            text += &format!(
                "{{\"timestamp\": 0, \"input_length\": {input}, \"output_length\": {output}, \"hash_ids\": {:?}}}\n",
                &ids[..known]
            );
        }
        let trace = trace("t.jsonl", text);
        for size in [16, 32, 48, 512, 1024] {
            compare(&read(&trace.path, "", size).unwrap(), &sequences, size);
        }
    }

    /// Native: requests that begin like an earlier one (its output included where that has hashes).
    #[test]
    fn native_blocks_are_equal_when_their_tokens_are(
        requests in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..300, 1_usize..200, 1_usize..150, any::<bool>(), 0_usize..2), 1..14),
    ) {
        let mut fresh = 0_u64;
        let mut text = String::new();
        let mut hashes = Naive::default();
        let mut quotable: Vec<Vec<u64>> = vec![vec![]];
        let mut sequences = vec![];
        for (id, (like, shared, new, output, with_output, extra)) in requests.into_iter().enumerate() {
            let earlier = &quotable[like.index(quotable.len())];
            let mut tokens = earlier[..shared.min(earlier.len())].to_vec();
            let mut grow = |tokens: &mut Vec<u64>, by| for _ in 0..by {
                fresh += 1;
                tokens.push(fresh);
            };
            grow(&mut tokens, new);
            let input = tokens.len();
            let prompt = hashes.blocks(&tokens, 16);
            let prompt_only = tokens.clone();
            grow(&mut tokens, output - 1);
            text += &format!(
                "{{\"id\":{id},\"arrival_us\":0,\"input_len\":{input},\"output_len\":{output},\"block_hashes\":{prompt:?}"
            );
            if with_output {
                let mut filled = hashes.blocks(&tokens, 16)[prompt.len()..].to_vec();
                filled.extend(std::iter::repeat_n(12_345_678, extra));
                text += &format!(",\"output_block_hashes\":{filled:?}");
            }
            text += "}\n";
            quotable.push(if with_output { tokens.clone() } else { prompt_only });
            sequences.push(tokens);
        }
        let trace = trace("t.jsonl", text);
        for size in [16, 32, 64] {
            compare(&read(&trace.path, "", size).unwrap(), &sequences, size);
        }
    }
}

/// The pattern of equal blocks over all requests, and the split into prompt and output.
fn compare(arrivals: &[crate::workload::Arrival], sequences: &[Vec<u64>], size: u64) {
    assert_eq!(arrivals.len(), sequences.len());
    let mut naive = Naive::default();
    let mut pattern = SamePattern::default();
    for (arrival, tokens) in arrivals.iter().zip(sequences) {
        let blocks = naive.blocks(tokens, size);
        assert_eq!(arrival.content.blocks(), blocks.len() as u64);
        let in_prompt: u64 = arrival.content.prompt().iter().map(|run| run.len).sum();
        assert_eq!(in_prompt, arrival.prompt_tokens / size);
        for (index, block) in (0..).zip(blocks) {
            pattern.assert(block, arrival.content.block(index));
        }
    }
}

/// A request sees its own private blocks again after a preemption, and nobody else's.
#[test]
fn private_blocks_are_stable_and_private() {
    let line = "{\"id\":0,\"arrival_us\":0,\"input_len\":100,\"output_len\":100}\n";
    let trace = trace("t.jsonl", line.repeat(50));
    let read = || {
        let arrivals = read(&trace.path, "", 16).unwrap();
        arrivals
            .iter()
            .flat_map(|a| (0..a.content.blocks()).map(|j| a.content.block(j)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let blocks = read();
    assert_eq!(blocks, read());
    let mut distinct = blocks.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((distinct.len(), blocks.len()), (600, 600));
}
