//! The source of synthetic requests.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::arrivals::StartClock;
use super::content::{Identities, Layout};
use super::plan::{Plan, Planner};
use crate::workload::spec::{Loop, WorkloadSpec};
use crate::workload::{Arrival, End, MAX_ARRIVAL_US, Source, WorkloadError, WorkloadIdentity};

/// Makes requests up, one at a time: memory grows with the sessions in flight, not with their number.
///
/// In the closed loop the first rounds are fixed beforehand; a later round is created when the one
/// before it completes. In the open loop every arrival is fixed: the rounds of all sessions are merged
/// in the order of (arrival, session, round).
#[derive(Debug)]
pub(crate) struct SyntheticSource {
    identity: WorkloadIdentity,
    planner: Planner,
    identities: Identities,
    clock: StartClock,
    mode: Loop,
    /// Requests in all, and per session.
    requests: u64,
    rounds: u64,
    sessions: u64,
    /// Sessions whose first round has been handed out, and the start of the next one if known.
    started: u64,
    next_start_us: Option<u64>,
    /// Sessions with rounds to come.
    live: FxHashMap<u64, Session>,
    /// Open loop: the next round of every live session.
    due: BinaryHeap<Reverse<(u64, u64, usize)>>,
    /// The next id: of a fixed arrival in the open loop, of a later round in the closed one.
    next_id: u64,
}

#[derive(Debug)]
struct Session {
    plan: Plan,
    layout: Layout,
    label: Option<Arc<str>>,
    /// The round that is to come next.
    next_round: usize,
    /// A request of it was rejected or dropped.
    ended: bool,
}

impl SyntheticSource {
    /// A source for a validated description whose files have been loaded.
    pub(crate) fn new(spec: &WorkloadSpec, seed: u64, block_size: u64) -> Result<Self, WorkloadError> {
        let missing = |name: &str| WorkloadError::config(format!("workload.{name}"), "is missing");
        let arrivals = spec.arrivals.as_ref().ok_or_else(|| missing("arrivals"))?;
        let requests = spec.total_requests();
        let sessions = spec.sessions.as_ref();
        let rounds = sessions.map_or(1, |sessions| sessions.rounds);
        let mode = sessions.map_or(Loop::Closed, |sessions| sessions.mode);
        let (groups, tokens) = spec.shared_prefixes.as_ref().map_or((0, 0), |p| (p.groups, p.tokens));
        let session_count = requests.div_ceil(rounds);
        Ok(Self {
            identity: WorkloadIdentity::synthetic(spec, seed, requests),
            planner: Planner::new(spec, seed)?,
            identities: Identities::new(block_size, groups, tokens, sessions.is_none_or(|s| s.accumulate))
                .in_turn(mode == Loop::Closed),
            clock: StartClock::new(arrivals, spec.rate, rounds, seed)?,
            mode,
            requests,
            rounds,
            sessions: session_count,
            started: 0,
            next_start_us: None,
            live: FxHashMap::default(),
            due: BinaryHeap::new(),
            next_id: if mode == Loop::Closed { session_count } else { 0 },
        })
    }

    /// Start of the next session, drawn once.
    fn start_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        if self.next_start_us.is_none() && self.started < self.sessions {
            self.next_start_us = Some(self.clock.next_us()?);
        }
        Ok(self.next_start_us)
    }

    /// Drops due rounds of sessions that have ended. Their ids are passed over.
    fn settle(&mut self) -> Result<(), WorkloadError> {
        while let Some(&Reverse((due_us, session, round))) = self.due.peek() {
            let start_us = self.start_us()?;
            if start_us.is_some_and(|start_us| (start_us, self.started) < (due_us, session)) {
                break;
            }
            if self.live.get(&session).is_some_and(|live| !live.ended) {
                break;
            }
            self.due.pop();
            self.next_id += 1;
            self.schedule(session, round, due_us)?;
        }
        Ok(())
    }

    /// Open loop: makes the round after `round` due, or forgets the session if that was its last.
    fn schedule(&mut self, session: u64, round: usize, arrival_us: u64) -> Result<(), WorkloadError> {
        let Some(live) = self.live.get_mut(&session) else { return Ok(()) };
        if round + 1 == live.plan.rounds.len() {
            self.live.remove(&session);
            return Ok(());
        }
        live.next_round = round + 1;
        let due_us = later(arrival_us, live.plan.rounds[round].think_us)?;
        self.due.push(Reverse((due_us, session, round + 1)));
        Ok(())
    }

    /// Draws the next session: its number, and what it will send.
    fn begin(&mut self) -> Result<(u64, Session), WorkloadError> {
        let number = self.started;
        let rounds = self.rounds.min(self.requests - number * self.rounds);
        let plan = self.planner.plan(rounds)?;
        let layout = self.identities.layout(number, &plan)?;
        let label = (self.rounds > 1).then(|| Arc::from(number.to_string()));
        self.started += 1;
        self.next_start_us = None;
        Ok((number, Session { plan, layout, label, next_round: 0, ended: false }))
    }

    /// The arrival of a live session's round.
    fn arrival(&self, id: u64, arrival_us: u64, number: u64, round: usize) -> Option<Arrival> {
        let session = self.live.get(&number)?;
        Some(self.arrival_of(session, id, arrival_us, number, round))
    }

    /// The arrival of a session's round.
    fn arrival_of(&self, session: &Session, id: u64, arrival_us: u64, number: u64, round: usize) -> Arrival {
        let made = self.identities.round(&session.layout, &session.plan, round);
        let more = round + 1 < session.plan.rounds.len();
        Arrival {
            id,
            arrival_us,
            prompt_tokens: made.prompt_tokens,
            output_tokens: made.output_tokens,
            max_tokens: self.planner.max_tokens(session.plan.class),
            slo_class: session.plan.class.and_then(|class| self.planner.class_name(class)),
            tenant: session.plan.tenant.clone(),
            session: session.label.clone(),
            round: session.label.as_ref().and(u32::try_from(round).ok()),
            content: made.content,
            ticket: more.then_some(number),
        }
    }
}

impl Source for SyntheticSource {
    fn total(&self) -> Option<u64> {
        Some(self.requests)
    }

    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        self.settle()?;
        let start_us = self.start_us()?;
        let due_us = self.due.peek().map(|&Reverse((due_us, ..))| due_us);
        Ok(match (start_us, due_us) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        })
    }

    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        self.settle()?;
        let start_us = self.start_us()?;
        let due = self.due.peek().map(|&Reverse(due)| due);
        let from_due = match (start_us, due) {
            (None, None) => return Ok(None),
            (Some(start_us), Some((due_us, session, _))) => (due_us, session) < (start_us, self.started),
            (start, _) => start.is_none(),
        };
        let (arrival_us, number, round) = match (from_due, due, start_us) {
            (true, Some(due), _) => {
                self.due.pop();
                due
            }
            (_, _, start_us) => {
                let arrival_us = start_us.unwrap_or(0);
                let (number, mut session) = self.begin()?;
                if self.mode == Loop::Closed {
                    let arrival = self.arrival_of(&session, number, arrival_us, number, 0);
                    // A session of one round is never asked for again.
                    if session.plan.rounds.len() > 1 {
                        session.next_round = 1;
                        self.live.insert(number, session);
                    }
                    return Ok(Some(arrival));
                }
                self.live.insert(number, session);
                (arrival_us, number, 0)
            }
        };
        let arrival = self.arrival(self.next_id, arrival_us, number, round);
        self.next_id += 1;
        self.schedule(number, round, arrival_us)?;
        Ok(arrival)
    }

    fn on_end(&mut self, ticket: u64, end: End) -> Result<Option<Arrival>, WorkloadError> {
        let Some(session) = self.live.get_mut(&ticket) else { return Ok(None) };
        let End::Completed { seen_us } = end else {
            session.ended = true;
            // In the open loop its rounds must still be counted as they fall due.
            if self.mode == Loop::Closed {
                self.live.remove(&ticket);
            }
            return Ok(None);
        };
        if self.mode == Loop::Open {
            return Ok(None);
        }
        let round = session.next_round;
        session.next_round += 1;
        let last = round + 1 == session.plan.rounds.len();
        let arrival_us = later(seen_us, session.plan.rounds[round - 1].think_us)?;
        let arrival = self.arrival(self.next_id, arrival_us, ticket, round);
        self.next_id += 1;
        if last {
            self.live.remove(&ticket);
        }
        Ok(arrival)
    }

    fn identity(&self) -> Option<&WorkloadIdentity> {
        Some(&self.identity)
    }
}

/// `after_us` after `at_us`, unless that is beyond the latest arrival.
fn later(at_us: u64, after_us: u64) -> Result<u64, WorkloadError> {
    at_us.checked_add(after_us).filter(|&at_us| at_us <= MAX_ARRIVAL_US).ok_or_else(|| {
        WorkloadError::Range(format!(
            "a round would arrive {after_us} us after {at_us} us, later than 2^62 us"
        ))
    })
}
