//! The requests of a measured run, as its client sends them.

use pointsman_plugin_api::BlockRun;

use super::Client;
use crate::measured::{CONTENT_BLOCK, MeasuredRequest, MeasuredRun};
use crate::workload::{Arrival, Content, End, Source, WorkloadError};

/// Sends each request when it was sent, or, while the client holds as many as it may, when one of those is
/// over.
pub(super) struct ReplaySource<'a> {
    requests: &'a [MeasuredRequest],
    content: Option<&'a [Vec<u64>]>,
    max_in_flight: u64,
    shared_blocks: u64,
    block_size: u64,
    /// Identities of the content per block of the server.
    ids_per_block: usize,
    next: usize,
    in_flight: u64,
    /// When the last one was sent: nobody is sent before it.
    sent_us: u64,
    /// The first identity that no block has yet.
    fresh: u64,
}

impl<'a> ReplaySource<'a> {
    pub(super) fn new(run: &'a MeasuredRun, client: &Client, block_size: u64) -> Self {
        let shared_blocks = client.shared_prefix_tokens / block_size;
        let known = run.content.iter().flatten().flatten().copied().max();
        Self {
            requests: &run.requests,
            content: run.content.as_deref(),
            max_in_flight: client.max_in_flight.unwrap_or(u64::MAX),
            shared_blocks,
            block_size,
            ids_per_block: (block_size / CONTENT_BLOCK).max(1) as usize,
            next: 0,
            in_flight: 0,
            sent_us: 0,
            fresh: shared_blocks.max(1 + known.unwrap_or(0)),
        }
    }

    fn send(&mut self, now_us: u64) -> Option<Arrival> {
        let request = self.requests.get(self.next)?;
        let id = self.next as u64;
        self.next += 1;
        self.in_flight += 1;
        self.sent_us = self.sent_us.max(now_us).max(request.arrival_us);
        let full = request.prompt_tokens / self.block_size;
        let known = self.content.and_then(|content| content.get(id as usize));
        let mut prompt = match known {
            Some(ids) => {
                let each = ids.iter().skip(self.ids_per_block - 1).step_by(self.ids_per_block);
                each.take(full as usize).map(|&first| BlockRun { first, len: 1 }).collect()
            }
            None => vec![BlockRun { first: 0, len: full.min(self.shared_blocks) }],
        };
        let shared: u64 = prompt.iter().map(|run| run.len).sum();
        let stored = (request.prompt_tokens + request.output_tokens - 1) / self.block_size;
        let own = BlockRun { first: self.fresh, len: full - shared };
        let output = BlockRun { first: self.fresh + own.len, len: stored - full };
        self.fresh += own.len + output.len;
        prompt.push(own);
        Some(Arrival {
            id,
            arrival_us: self.sent_us,
            prompt_tokens: request.prompt_tokens,
            output_tokens: request.output_tokens,
            max_tokens: None,
            slo_class: None,
            tenant: None,
            session: None,
            round: None,
            content: Content::new(prompt, vec![output]).with_private_output(true),
            ticket: Some(id),
        })
    }
}

impl Source for ReplaySource<'_> {
    fn total(&self) -> Option<u64> {
        Some(self.requests.len() as u64)
    }

    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        let next = self.requests.get(self.next).filter(|_| self.in_flight < self.max_in_flight);
        Ok(next.map(|request| request.arrival_us.max(self.sent_us)))
    }

    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        Ok(self.send(0))
    }

    fn on_end(&mut self, _: u64, end: End) -> Result<Option<Arrival>, WorkloadError> {
        self.in_flight -= 1;
        let End::Completed { seen_us } = end else {
            self.in_flight = self.in_flight.min(self.max_in_flight - 1);
            return Ok(None);
        };
        // One that is due later is sent in its turn.
        let is_overdue = |request: &MeasuredRequest| {
            self.in_flight + 1 == self.max_in_flight && request.arrival_us <= seen_us
        };
        match self.requests.get(self.next).filter(|request| is_overdue(request)) {
            Some(_) => Ok(self.send(seen_us)),
            None => Ok(None),
        }
    }
}
