//! The requests of a case.

use std::collections::BTreeMap;

use pointsman::workload::{Arrival, Content, End, Source, WorkloadError};
use pointsman_plugin_api::BlockRun;

use crate::case::{Case, Session};

/// Sessions as a workload makes them: rounds accumulate what was said before.
pub(crate) struct Sessions {
    sessions: Vec<Session>,
    block_size: u64,
    /// Fixed arrivals to come, by tick, session and round.
    due: BTreeMap<(u64, usize, usize), ()>,
    next_id: u64,
}

impl Sessions {
    pub(crate) fn of(case: &Case) -> Self {
        let mut due = BTreeMap::new();
        for (at, session) in case.sessions.iter().enumerate() {
            let mut arrival_us = session.arrival_us;
            for (number, round) in session.rounds.iter().enumerate() {
                if number == 0 || session.open {
                    due.insert((arrival_us, at, number), ());
                }
                arrival_us += round.think_us;
            }
        }
        let block_size = case.settings.kv.block_size;
        Self { sessions: case.sessions.clone(), block_size, due, next_id: 0 }
    }

    fn arrival(&mut self, arrival_us: u64, at: usize, number: usize) -> Arrival {
        let (session, size) = (&self.sessions[at], self.block_size);
        let before = &session.rounds[..number];
        let round = &session.rounds[number];
        let prompt = before.iter().map(|round| round.prompt + round.output).sum::<u64>() + round.prompt;
        let (in_prompt, all) = (prompt / size, (prompt + round.output - 1) / size);
        let (group, shared) = session.prefix.map_or((0, 0), |(group, blocks)| (group, blocks.min(all)));
        // Beginnings differ in their last part, so that some share only some of it.
        let mut runs = vec![BlockRun { first: (group / 2) << 20, len: shared.min(3) }];
        runs.push(BlockRun { first: ((group + 5) << 20) | 3, len: shared.saturating_sub(3) });
        let own = ((at as u64 + 100) << 32) | shared;
        if session.repeats {
            runs.extend((shared..all).map(|_| BlockRun { first: own, len: 1 }));
        } else {
            runs.push(BlockRun { first: own, len: all - shared });
        }
        let (prompt_runs, output_runs) = split(runs, in_prompt);
        let later = session.open && number + 1 < session.rounds.len();
        let is_private = !later && shared <= in_prompt && !session.repeats && !session.silent;
        let id = self.next_id;
        self.next_id += 1;
        Arrival {
            id,
            arrival_us,
            prompt_tokens: prompt,
            output_tokens: round.output,
            max_tokens: None,
            slo_class: session.class.map(Into::into),
            tenant: Some(session.goal.to_string().into()),
            session: None,
            round: None,
            content: Content::new(prompt_runs, output_runs).with_private_output(is_private),
            ticket: Some(((at as u64) << 16) | number as u64),
        }
    }
}

/// The first `blocks` blocks of some runs, and the others.
fn split(runs: Vec<BlockRun>, blocks: u64) -> (Vec<BlockRun>, Vec<BlockRun>) {
    let (mut head, mut tail, mut left) = (vec![], vec![], blocks);
    for BlockRun { first, len } in runs {
        let here = len.min(left);
        left -= here;
        head.push(BlockRun { first, len: here });
        tail.push(BlockRun { first: first + here, len: len - here });
    }
    (head, tail)
}

impl Source for Sessions {
    fn total(&self) -> Option<u64> {
        None
    }

    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        Ok(self.due.first_key_value().map(|(due, ())| due.0))
    }

    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        let Some(((arrival_us, at, number), ())) = self.due.pop_first() else { return Ok(None) };
        Ok(Some(self.arrival(arrival_us, at, number)))
    }

    fn on_end(&mut self, ticket: u64, end: End) -> Result<Option<Arrival>, WorkloadError> {
        let (at, number) = ((ticket >> 16) as usize, (ticket & 0xffff) as usize);
        let session = &self.sessions[at];
        let End::Completed { seen_us } = end else {
            self.due.retain(|&(_, other, _), ()| other != at);
            return Ok(None);
        };
        if session.open || number + 1 == session.rounds.len() {
            return Ok(None);
        }
        let arrival_us = seen_us + session.rounds[number].think_us;
        Ok(Some(self.arrival(arrival_us, at, number + 1)))
    }
}
