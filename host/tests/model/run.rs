//! What a run left behind.

use std::collections::{BTreeMap, BTreeSet};

use pointsman::engine::{Gap, RequestRecord, RunError, Sink, State, Totals};
use pointsman::policy::{Ejection, FailureCount, PolicyFailure};

use crate::policies::Seen;

/// What a run left behind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Run {
    /// By id.
    pub(crate) records: Vec<RequestRecord>,
    /// Ids in the order in which requests ended.
    pub(crate) ended: Vec<u64>,
    pub(crate) totals: Totals,
    /// What the router saw at each decision.
    pub(crate) seen: Vec<Seen>,
    pub(crate) failures: Vec<FailureCount>,
    pub(crate) ejections: Vec<Ejection>,
    pub(crate) clamped: u64,
    pub(crate) emptied: u64,
    /// What each instance's GPU memory holds at the end.
    pub(crate) cached: BTreeMap<u32, BTreeSet<u64>>,
    gaps: BTreeMap<u64, Vec<Gap>>,
}

impl Sink for Run {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        self.ended.push(record.id);
        self.gaps.insert(record.id, gaps.to_vec());
        self.records.push(record);
    }

    fn cached(&mut self, instance: u32, identities: &mut dyn Iterator<Item = u64>) {
        self.cached.insert(instance, identities.collect());
    }
}

impl Run {
    pub(crate) fn of(&self, id: usize) -> &RequestRecord {
        &self.records[id]
    }

    /// Ticks at which the client saw its tokens.
    pub(crate) fn tokens(&self, id: usize) -> Vec<u64> {
        let record = self.of(id);
        let mut seen: Vec<u64> = record.ttft_us.iter().map(|us| record.arrival_us + us).collect();
        for gap in &self.gaps[&(id as u64)] {
            for _ in 0..gap.count {
                seen.push(seen.last().unwrap() + gap.gap_us);
            }
        }
        seen
    }

    /// Tick at which the client saw its first token.
    pub(crate) fn first(&self, id: usize) -> u64 {
        self.of(id).arrival_us + self.of(id).ttft_us.unwrap()
    }

    /// Tick at which the first step that computed something for it started.
    pub(crate) fn start(&self, id: usize) -> u64 {
        self.of(id).first_scheduled_us.unwrap()
    }

    /// Tokens hit in GPU memory and in the CPU tier.
    pub(crate) fn hits(&self, id: usize) -> (u64, u64) {
        (self.of(id).hit_tokens_gpu, self.of(id).hit_tokens_cpu)
    }

    /// What the router saw when it routed the request.
    pub(crate) fn seen(&self, id: u64) -> &Seen {
        self.seen.iter().find(|seen| seen.request == id).unwrap()
    }

    pub(crate) fn instances(&self) -> Vec<Option<u32>> {
        self.records.iter().map(|record| record.instance).collect()
    }

    pub(crate) fn states(&self) -> Vec<State> {
        self.records.iter().map(|record| record.state).collect()
    }
}

/// The policy failure that ended a run.
pub(crate) fn failure(outcome: Result<Run, RunError>) -> PolicyFailure {
    match outcome {
        Err(RunError::Policy(failure)) => failure,
        other => panic!("{other:?}"),
    }
}
