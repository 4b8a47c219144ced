//! Closed loops: how requests that ended make new ones.

use std::collections::VecDeque;

use pointsman::engine::State;
use pointsman::policy::baseline;
use pointsman::workload::{Arrival, End, Source, WorkloadError};

use crate::policies;
use crate::support::{Lab, at, cluster};

/// Fixed arrivals; each that ends well is followed by one of a single token, until there are
/// `rounds` more. Writes down what it was told.
struct Sessions {
    fixed: VecDeque<Arrival>,
    think_us: u64,
    rounds: u64,
    next_id: u64,
    told: Vec<(u64, End)>,
}

impl Sessions {
    fn new(requests: &[crate::support::Req], think_us: u64, rounds: u64) -> Self {
        let ticket = |(request, id): (&crate::support::Req, u64)| Arrival {
            ticket: Some(id),
            ..request.arrival(id, 16)
        };
        let fixed: VecDeque<_> = requests.iter().zip(0..).map(ticket).collect();
        Self { next_id: fixed.len() as u64, fixed, think_us, rounds, told: vec![] }
    }
}

impl Source for Sessions {
    fn total(&self) -> Option<u64> {
        None
    }
    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        Ok(self.fixed.front().map(|arrival| arrival.arrival_us))
    }
    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        Ok(self.fixed.pop_front())
    }
    fn on_end(&mut self, ticket: u64, end: End) -> Result<Option<Arrival>, WorkloadError> {
        self.told.push((ticket, end));
        let End::Completed { seen_us } = end else { return Ok(None) };
        if self.rounds == 0 {
            return Ok(None);
        }
        self.rounds -= 1;
        let id = self.next_id;
        self.next_id += 1;
        let arrival = at(seen_us + self.think_us, 1, 1).arrival(id, 16);
        Ok(Some(Arrival { ticket: Some(id), ..arrival }))
    }
}

#[test]
fn the_next_round_arrives_after_the_client_saw_the_last_token() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.latency.alpha[2] = 50.0;
    let mut source = Sessions::new(&[at(0, 16, 1)], 1000, 1);
    let run = lab.run_source(&mut source).unwrap();
    // Computed at 1160, seen at 1210; then 1010 and 50.
    assert_eq!(run.of(1).arrival_us, 2210);
    assert_eq!(run.of(1).e2e_us, Some(1060));
    let told = [(0, End::Completed { seen_us: 1210 }), (1, End::Completed { seen_us: 3270 })];
    assert_eq!(source.told, told);
}

#[test]
fn fixed_arrivals_go_before_created_ones_of_the_same_tick() {
    let mut source = Sessions::new(&[at(0, 16, 1), at(2160, 16, 1)], 1000, 1);
    let run = Lab::new(cluster(1)).run_source(&mut source).unwrap();
    // 0 ends at 1160; its successor, id 2, arrives at 2160.
    assert_eq!(
        run.seen.iter().map(|seen| (seen.now_us, seen.request)).collect::<Vec<_>>(),
        [(0, 0), (2160, 1), (2160, 2)]
    );
}

#[test]
fn without_think_time_it_joins_the_step_that_starts_at_once() {
    let mut source = Sessions::new(&[at(0, 16, 1), at(0, 16, 3)], 0, 1);
    let run = Lab::new(cluster(1)).run_source(&mut source).unwrap();
    // 32 tokens: 1320. Then 2, of one token, beside 1's decode: 1011. Then 1 alone.
    assert_eq!((run.of(2).arrival_us, run.start(2)), (1320, 1320));
    assert_eq!(run.tokens(2), [2331]);
    assert_eq!(run.tokens(1), [1320, 2331, 3332]);
}

#[test]
fn requests_that_are_dropped_or_rejected_end_their_session() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.kv.blocks = 1;
    lab.admission = policies::admission::<baseline::SloGated>(r#"{"classes": ["batch"], "threshold": 0}"#);
    let mut source = Sessions::new(&[at(0, 100, 1), at(5, 1, 1).class("batch")], 0, 9);
    let run = lab.run_source(&mut source).unwrap();
    assert_eq!(run.states(), [State::Dropped, State::Rejected]);
    assert_eq!(source.told, [(0, End::Dropped), (1, End::Rejected)]);
}
