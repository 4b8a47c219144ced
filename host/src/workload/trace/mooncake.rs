//! Mooncake traces (kvcache-ai/Mooncake, FAST25-release): JSON lines with a hash id per 512 tokens.
//!
//! A hash id stands for a piece of 512 tokens and everything before it; the last piece of a prompt may
//! be shorter. For KV blocks of any size, a block's content is known from the chain of pieces up to the
//! one in which the block ends, and from which of the blocks that end there it is. So every chain of
//! ids gets a number `c` when it is first met, and the `i`-th block that ends in its last piece the
//! identity `c * k + i`, where `k` is more than the blocks that can end in one piece. Blocks beyond the
//! ids, if a line has fewer than its prompt needs, and blocks of the output are the request's own.
//!
//! The numbers of chains are kept for the whole run: about 40 bytes for each piece of 512 tokens that
//! was never seen before.

use pointsman_plugin_api::BlockRun;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::input::Lines;
use super::json;
use super::own::Counted;
use super::record::{self, Record, Records};
use crate::workload::{Content, WorkloadError};

/// Tokens that a hash id stands for.
const PIECE_TOKENS: u64 = 512;

/// Ticks in a millisecond.
const TICKS_PER_MS: u64 = 1000;

const KEYS: [&str; 4] = ["timestamp", "input_length", "output_length", "hash_ids"];

/// One line. Times are in milliseconds and are used as they are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    timestamp: u64,
    input_length: u64,
    output_length: u64,
    hash_ids: Vec<u64>,
}

/// Reads a Mooncake trace.
pub(super) struct Mooncake {
    lines: Lines,
    block_size: u64,
    hash_ids: Vec<u64>,
    /// The number of a chain, by the number of the chain before its last piece and that piece's id.
    chains: FxHashMap<(u64, u64), u64>,
    own: Counted,
}

impl Mooncake {
    pub(super) fn new(lines: Lines, block_size: u64) -> Self {
        Self { lines, block_size, hash_ids: Vec::new(), chains: FxHashMap::default(), own: Counted::new() }
    }
}

impl Records for Mooncake {
    fn next(&mut self) -> Result<Option<Record>, WorkloadError> {
        if !self.lines.advance()? {
            return Ok(None);
        }
        let line: Line = json::read(&self.lines, &KEYS)?;
        let Some(arrival_us) = line.timestamp.checked_mul(TICKS_PER_MS) else {
            return Err(self.lines.error(None, format!("the time stamp {} ms is too large", line.timestamp)));
        };
        let record = Record {
            line: self.lines.number(),
            arrival_us,
            prompt_tokens: line.input_length,
            output_tokens: line.output_length,
            ..Record::default()
        };
        record::check(&self.lines, &record)?;
        let most = record.prompt_tokens.div_ceil(PIECE_TOKENS);
        if line.hash_ids.len() as u64 > most {
            let problem = format!(
                "`hash_ids` has {} ids, but {} tokens are {most} pieces of 512",
                line.hash_ids.len(),
                line.input_length
            );
            return Err(self.lines.error(None, problem));
        }
        self.hash_ids = line.hash_ids;
        Ok(Some(record))
    }

    fn content(&mut self, record: &Record) -> Content {
        let size = self.block_size;
        let in_prompt = record.prompt_tokens / size;
        let all = (record.prompt_tokens + record.output_tokens - 1) / size;
        // Chains that are met one after the other are then one run, where no block lies in two pieces.
        let crossing = u64::from(!PIECE_TOKENS.is_multiple_of(size));
        let per_chain = PIECE_TOKENS.div_ceil(size) + crossing;
        let mut prompt = Vec::with_capacity(self.hash_ids.len() + 1);
        let mut chain = 0;
        let mut done = 0;
        for (piece, &id) in (0..).zip(&self.hash_ids) {
            // Number 0 is the empty chain.
            let fresh = self.chains.len() as u64 + 1;
            chain = *self.chains.entry((chain, id)).or_insert(fresh);
            let end = ((piece + 1) * PIECE_TOKENS / size).min(in_prompt);
            if end > done {
                // Blocks that end in this piece are counted from the first of them.
                prompt.push(BlockRun { first: chain * per_chain, len: end - done });
                done = end;
            }
        }
        if done < in_prompt {
            prompt.push(self.own.run(in_prompt - done));
        }
        Content::new(prompt, [self.own.run(all - in_prompt)]).with_private_output(true)
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}
