//! The native format: JSON lines with a hash for every block of 16 tokens.
//!
//! Hashes are chained over the prefix, so the hash of the last 16-token block inside a KV block stands
//! for the whole KV block; its size must be a multiple of 16. Where a line has no hashes, its blocks
//! match those of no other request.

use std::borrow::Cow;

use pointsman_plugin_api::BlockRun;
use serde::Deserialize;

use super::input::Lines;
use super::json;
use super::own::Scattered;
use super::record::{self, Label, Labels, Record, Records};
use crate::workload::{Content, WorkloadError};

/// Tokens that a hash stands for, beside what comes before them.
const HASH_TOKENS: u64 = 16;

const KEYS: [&str; 11] = [
    "id",
    "arrival_us",
    "input_len",
    "output_len",
    "block_hashes",
    "output_block_hashes",
    "slo_class",
    "tenant",
    "session_id",
    "round",
    "max_tokens",
];

/// One line; all but the first four fields may be absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    id: u64,
    arrival_us: u64,
    input_len: u64,
    output_len: u64,
    block_hashes: Option<Vec<u64>>,
    output_block_hashes: Option<Vec<u64>>,
    #[serde(borrow)]
    slo_class: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tenant: Option<Label<'a>>,
    #[serde(borrow)]
    session_id: Option<Label<'a>>,
    round: Option<u32>,
    max_tokens: Option<u64>,
}

/// Reads a native trace.
pub(super) struct Native {
    lines: Lines,
    /// 16-token blocks in a KV block.
    stride: u64,
    prompt_hashes: Option<Vec<u64>>,
    output_hashes: Option<Vec<u64>>,
    labels: Labels,
    own: Scattered,
    position: u64,
    misplaced: Option<String>,
}

impl Native {
    /// Refuses a block size of which the hashes cannot tell.
    pub(super) fn new(lines: Lines, block_size: u64) -> Result<Self, WorkloadError> {
        if !block_size.is_multiple_of(HASH_TOKENS) {
            let problem = format!(
                "is {block_size}, but {} is a native trace, whose hashes stand for 16 tokens each: use a \
                 multiple of 16",
                lines.name()
            );
            return Err(WorkloadError::config("cluster.kv.block_size", problem));
        }
        Ok(Self {
            lines,
            stride: block_size / HASH_TOKENS,
            prompt_hashes: None,
            output_hashes: None,
            labels: Labels::default(),
            own: Scattered::default(),
            position: 0,
            misplaced: None,
        })
    }
}

impl Records for Native {
    fn next(&mut self) -> Result<Option<Record>, WorkloadError> {
        if !self.lines.advance()? {
            return Ok(None);
        }
        let line: Line<'_> = json::read(&self.lines, &KEYS)?;
        let record = Record {
            line: self.lines.number(),
            arrival_us: line.arrival_us,
            prompt_tokens: line.input_len,
            output_tokens: line.output_len,
            max_tokens: line.max_tokens,
            slo_class: line.slo_class.and_then(|class| self.labels.get(&class)),
            tenant: line.tenant.and_then(|label| self.labels.get(&label.0)),
            session: line.session_id.filter(|label| !label.0.is_empty()).map(|label| label.0.into()),
            round: line.round,
        };
        record::check(&self.lines, &record)?;
        if line.id != self.position && self.misplaced.is_none() {
            let place = format!("{}:{}", self.lines.name(), record.line);
            self.misplaced = Some(format!(
                "{place}: `id` is {}, but the request is number {} of the trace; requests are \
                 numbered by position",
                line.id, self.position
            ));
        }
        self.position += 1;
        (self.prompt_hashes, self.output_hashes) = (line.block_hashes, line.output_block_hashes);
        self.check_hashes(&record)?;
        Ok(Some(record))
    }

    fn content(&mut self, record: &Record) -> Content {
        let size = self.stride * HASH_TOKENS;
        let in_prompt = record.prompt_tokens / size;
        let all = (record.prompt_tokens + record.output_tokens - 1) / size;
        let inputs = self.prompt_hashes.as_deref();
        let outputs = self.output_hashes.as_deref();
        let prompt = match inputs {
            Some(hashes) => runs((0..in_prompt).map(|block| hashes[self.last_hash(block)])),
            None => vec![self.own.run(in_prompt)],
        };
        let output = match outputs {
            // A block that the output completes ends behind the prompt's last hash.
            Some(hashes) => {
                let before = usize::try_from(record.prompt_tokens / HASH_TOKENS).unwrap_or(usize::MAX);
                runs((in_prompt..all).map(|block| hashes[self.last_hash(block) - before]))
            }
            None => vec![self.own.run(all - in_prompt)],
        };
        // Blocks of its own are nobody else's, as surely as equal hashes are equal prefixes.
        Content::new(prompt, output).with_private_output(outputs.is_none())
    }

    fn warnings(&self) -> Vec<String> {
        self.misplaced.iter().cloned().collect()
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}

impl Native {
    /// Position of the 16-token block with which a KV block ends. It fits, since there are as many
    /// hashes in memory.
    #[expect(clippy::cast_possible_truncation, reason = "below the length of a list in memory")]
    fn last_hash(&self, block: u64) -> usize {
        ((block + 1) * self.stride - 1) as usize
    }

    fn check_hashes(&self, record: &Record) -> Result<(), WorkloadError> {
        let (n, m) = (record.prompt_tokens, record.output_tokens);
        let inputs = n / HASH_TOKENS;
        let outputs = (n + m - 1) / HASH_TOKENS - inputs;
        match (&self.prompt_hashes, &self.output_hashes) {
            (Some(hashes), _) if hashes.len() as u64 != inputs => {
                let problem = format!(
                    "`block_hashes` has {} hashes, but {n} tokens fill {inputs} blocks of 16",
                    hashes.len()
                );
                return Err(self.lines.error(None, problem));
            }
            (None, Some(_)) if inputs > 0 => {
                return Err(self
                    .lines
                    .error(None, "`output_block_hashes` without `block_hashes`: give both or neither"));
            }
            _ => {}
        }
        // One more is accepted: the block that the last token would fill, whose KV is never stored.
        if let Some(hashes) = &self.output_hashes
            && !(outputs..=outputs + 1).contains(&(hashes.len() as u64))
        {
            let problem = format!(
                "`output_block_hashes` has {} hashes, but {outputs} blocks of 16 fill after the prompt's last",
                hashes.len()
            );
            return Err(self.lines.error(None, problem));
        }
        Ok(())
    }
}

/// The identities as runs of consecutive numbers.
fn runs(identities: impl Iterator<Item = u64>) -> Vec<BlockRun> {
    let mut runs: Vec<BlockRun> = Vec::new();
    for identity in identities {
        match runs.last_mut() {
            Some(run) if run.first.wrapping_add(run.len) == identity => run.len += 1,
            _ => runs.push(BlockRun { first: identity, len: 1 }),
        }
    }
    runs
}
