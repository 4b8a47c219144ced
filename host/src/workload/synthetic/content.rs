//! Content identities of synthetic sessions, handed out from one counter.
//!
//! An identity is a plain number; no hashing is needed, since it is known from the start what is
//! shared. Group g of the shared prefixes owns a range, one identity for each block that lies wholly
//! inside the prefix. Every session owns a range for its other blocks. Where rounds accumulate, they
//! all extend one sequence of tokens, so block j of the session is the same content in every round in
//! which it is full. Without accumulation every round has a part of the range to itself.

use pointsman_plugin_api::BlockRun;

use super::plan::Plan;
use crate::workload::{Content, MAX_TOKENS, WorkloadError};

/// Hands out ranges of identities.
#[derive(Debug)]
pub(super) struct Identities {
    block_size: u64,
    prefix_tokens: u64,
    accumulate: bool,
    /// A round arrives only when the one before it has ended, or shares nothing with it.
    private_output: bool,
    next: u64,
}

/// A session's lengths and identities.
#[derive(Debug)]
pub(super) struct Layout {
    /// First identity of the group's prefix, and the length of that prefix.
    prefix: Option<(u64, u64)>,
    /// First identity of the session's own blocks.
    base: u64,
}

/// Lengths and identities of one round.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) prompt_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) content: Content,
}

impl Identities {
    /// `groups` prefixes of `prefix_tokens` each, and sessions whose rounds accumulate or do not.
    pub(super) fn new(block_size: u64, groups: u64, prefix_tokens: u64, accumulate: bool) -> Self {
        // Validation bounds both so that the product stays below 2^62.
        let next = groups * (prefix_tokens / block_size);
        Self { block_size, prefix_tokens, accumulate, private_output: !accumulate, next }
    }

    /// The same for sessions whose rounds arrive one after the other, each when the one before has ended.
    pub(super) fn in_turn(self, in_turn: bool) -> Self {
        Self { private_output: in_turn || !self.accumulate, ..self }
    }

    /// Gives a session its range.
    pub(super) fn layout(&mut self, session: u64, plan: &Plan) -> Result<Layout, WorkloadError> {
        let shared_blocks = self.prefix_tokens / self.block_size;
        let prefix = plan.group.map(|group| (group * shared_blocks, self.prefix_tokens));
        let layout = Layout { prefix, base: self.next };
        let blocks = match plan.rounds.len().checked_sub(1) {
            None => 0,
            Some(last) if self.accumulate => {
                let (prompt, output) = self.lengths(&layout, plan, last);
                if prompt > MAX_TOKENS {
                    let problem = format!(
                        "session {session} would grow to a prompt of {prompt} tokens, more than 2^40"
                    );
                    return Err(WorkloadError::Range(problem));
                }
                self.own_blocks(&layout, prompt, output)
            }
            Some(last) => {
                (0..=last).map(|round| self.own_blocks_of(&layout, plan, round)).fold(0, u64::saturating_add)
            }
        };
        self.next = self.next.checked_add(blocks).ok_or_else(|| {
            WorkloadError::Range(format!(
                "the workload needs more than 2^64 block identities by session {session}"
            ))
        })?;
        Ok(layout)
    }

    /// Lengths and content of a round.
    pub(super) fn round(&self, layout: &Layout, plan: &Plan, round: usize) -> Round {
        let (prompt_tokens, output_tokens) = self.lengths(layout, plan, round);
        let before: u64 = if self.accumulate {
            0
        } else {
            (0..round).map(|earlier| self.own_blocks_of(layout, plan, earlier)).sum()
        };
        let base = layout.base + before;
        let prefix = layout.prefix.map(|(first, tokens)| BlockRun { first, len: tokens / self.block_size });
        let shared = prefix.map_or(0, |run| run.len);
        let in_prompt = prompt_tokens / self.block_size - shared;
        let own = self.own_blocks(layout, prompt_tokens, output_tokens);
        let prompt = prefix.into_iter().chain([BlockRun { first: base, len: in_prompt }]);
        let output = [BlockRun { first: base + in_prompt, len: own - in_prompt }];
        Round {
            prompt_tokens,
            output_tokens,
            content: Content::new(prompt, output).with_private_output(self.private_output),
        }
    }

    /// Prompt and output length of a round; sums saturate, to be refused where it matters.
    fn lengths(&self, layout: &Layout, plan: &Plan, round: usize) -> (u64, u64) {
        let this = plan.rounds[round];
        let mut prompt = layout.prefix.map_or(0, |(_, tokens)| tokens).saturating_add(this.new_tokens);
        if self.accumulate {
            for earlier in &plan.rounds[..round] {
                prompt = prompt.saturating_add(earlier.new_tokens).saturating_add(earlier.output_tokens);
            }
        }
        (prompt, this.output_tokens)
    }

    fn own_blocks_of(&self, layout: &Layout, plan: &Plan, round: usize) -> u64 {
        let (prompt, output) = self.lengths(layout, plan, round);
        self.own_blocks(layout, prompt, output)
    }

    /// Full blocks of a request that are not wholly inside its shared prefix. The last token's KV is
    /// never stored, so `prompt + output - 1` tokens fill blocks.
    fn own_blocks(&self, layout: &Layout, prompt: u64, output: u64) -> u64 {
        let shared = layout.prefix.map_or(0, |(_, tokens)| tokens / self.block_size);
        (prompt + output - 1) / self.block_size - shared
    }
}
