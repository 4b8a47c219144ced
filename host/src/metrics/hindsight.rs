//! What a routing decision cost in waiting, as far as one run can tell.
//!
//! An estimate, no counterfactual: for each other candidate it takes the queueing delay of a request that
//! really went there at about that time. That request was another one, and it went there because the router
//! thought well of that instance: so the alternatives look better than they would have been. Only waiting is
//! compared: what a decision saved by a prefix hit does not count for it.

use crate::engine::RequestRecord;
use crate::policy::DecisionView;

/// How long after a decision the next request at a candidate still tells something about it. \[us\]
pub const WINDOW_US: u64 = 1_000_000;

/// Where requests went, in the order of the decisions.
#[derive(Debug, Default)]
pub struct Routings {
    instances: u32,
    routed: Vec<Routed>,
}

#[derive(Debug)]
struct Routed {
    id: u64,
    now_us: u64,
    instance: u32,
    /// `None`: all instances.
    candidates: Option<Box<[u32]>>,
}

/// How long requests waited in their queues: 16 bytes each.
#[derive(Debug, Default)]
pub struct Waits(Vec<(u64, u64)>);

impl Waits {
    /// A request that has ended, or met the end of the run. Nothing is kept of one that never got a step.
    pub fn add(&mut self, record: &RequestRecord) {
        if let (Some(start_us), Some(queued_us)) = (record.first_scheduled_us, record.queued_us) {
            self.0.push((record.id, start_us.saturating_sub(queued_us)));
        }
    }

    /// How long a request waited; they are in order of id.
    fn of(&self, id: u64) -> Option<u64> {
        let at = self.0.binary_search_by_key(&id, |&(id, _)| id).ok()?;
        Some(self.0[at].1)
    }
}

/// Of one instance, the decisions that sent a request there, and how long each waited.
type There = Vec<(usize, u64, u64)>;

impl Routings {
    /// None yet, of a cluster of so many instances.
    #[must_use]
    pub fn new(instances: u32) -> Self {
        Self { instances, routed: Vec::new() }
    }

    /// The next decision.
    pub fn add(&mut self, decision: &DecisionView<'_>) {
        let rows = decision.candidates.instances();
        let candidates = (rows.len() < self.instances as usize)
            .then(|| rows.iter().map(|&instance| instance as u32).collect());
        let instance = rows.get(decision.chosen).map_or(0, |&instance| instance as u32);
        self.routed.push(Routed { id: decision.request.id, now_us: decision.now_us, instance, candidates });
    }

    /// The regret of each decision, in their order: the queueing delay of the request (from its entry into
    /// the queue to the first step that computed something for it) - the least that a request met at any
    /// of its candidates, itself included. At another candidate that is the next request that was sent there
    /// within [`WINDOW_US`], else the last one before. \[us\]
    ///
    /// `None` where the request never got a step, or nothing is known of any other candidate.
    #[must_use]
    pub fn regrets_us(&self, mut waits: Waits) -> Vec<Option<u64>> {
        waits.0.sort_unstable();
        let waits: Vec<Option<u64>> = self.routed.iter().map(|one| waits.of(one.id)).collect();
        let mut there: Vec<There> = vec![Vec::new(); self.instances as usize];
        for (order, (one, wait)) in self.routed.iter().zip(&waits).enumerate() {
            if let (Some(list), Some(wait_us)) = (there.get_mut(one.instance as usize), wait) {
                list.push((order, one.now_us, *wait_us));
            }
        }
        let regret = |(order, one): (usize, &Routed)| {
            let own_us = waits[order]?;
            let all = 0..self.instances;
            let others = match &one.candidates {
                Some(some) => all.filter(|instance| some.contains(instance)).collect::<Vec<_>>(),
                None => all.collect(),
            };
            let others = others.into_iter().filter(|&instance| instance != one.instance);
            let met = others.filter_map(|instance| met_us(there.get(instance as usize)?, order, one.now_us));
            met.min().map(|least_us| own_us.saturating_sub(least_us))
        };
        self.routed.iter().enumerate().map(regret).collect()
    }
}

/// How long a request waited that was sent to an instance at about the time of a decision.
fn met_us(waits: &There, order: usize, now_us: u64) -> Option<u64> {
    let next = waits.partition_point(|(other, ..)| *other <= order);
    let soon = waits.get(next).filter(|(_, other_us, _)| other_us - now_us <= WINDOW_US);
    let before = || waits[..next].last();
    soon.or_else(before).map(|(.., wait_us)| *wait_us)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::State;

    fn record(id: u64, instance: u32, wait_us: Option<u64>) -> RequestRecord {
        RequestRecord {
            id,
            instance: Some(instance),
            tenant: None,
            slo_class: None,
            session: None,
            round: None,
            arrival_us: 0,
            queued_us: Some(100),
            first_scheduled_us: wait_us.map(|wait_us| 100 + wait_us),
            ttft_us: None,
            e2e_us: None,
            max_itl_us: None,
            prompt_tokens: 1,
            output_tokens: 0,
            hit_tokens_gpu: 0,
            hit_tokens_cpu: 0,
            admitted_tokens: 0,
            pending_transfer_at_routing_us: None,
            preemptions: 0,
            state: State::Running,
        }
    }

    /// Decisions at these ticks for these instances, with these waits.
    /// When, where to, what it waited, and the candidates.
    type Routing<'a> = (u64, u32, Option<u64>, Option<&'a [u32]>);

    fn regrets(instances: u32, routed: &[Routing<'_>]) -> Vec<Option<u64>> {
        let records =
            routed.iter().zip(0..).map(|(&(_, instance, wait_us, _), id)| record(id, instance, wait_us));
        let mut waits = Waits::default();
        records.for_each(|record| waits.add(&record));
        let routed = routed.iter().zip(0..).map(|(&(now_us, instance, _, candidates), id)| Routed {
            id,
            now_us,
            instance,
            candidates: candidates.map(Into::into),
        });
        Routings { instances, routed: routed.collect() }.regrets_us(waits)
    }

    #[test]
    fn the_next_at_another_candidate_says_how_long_it_would_have_been() {
        // The first waits 50, the next at 1 waits 20. The second, with the next at 0 beyond the window,
        // looks back to the first.
        let found =
            regrets(2, &[(0, 0, Some(50), None), (10, 1, Some(20), None), (2_000_000, 0, Some(5), None)]);
        assert_eq!(found, [Some(30), Some(0), Some(0)]);
        let found =
            regrets(2, &[(0, 0, Some(50), None), (10, 1, Some(70), None), (1_000_010, 0, Some(5), None)]);
        assert_eq!(found, [Some(0), Some(65), Some(0)], "the window includes its end");
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let found = regrets(2, &[(0, 0, Some(50), None), (10, 0, None, None)]);
        assert_eq!(found, [None, None], "nothing went to 1, and the second never got a step");
        let found = regrets(2, &[(0, 0, Some(50), None), (1, 1, None, None), (2, 1, Some(10), None)]);
        assert_eq!(found, [Some(40), None, Some(0)], "one that never got a step tells nothing");
    }

    #[test]
    fn what_filters_left_out_is_no_alternative() {
        let all = [(0, 0, Some(50), None), (1, 1, Some(10), None), (2, 2, Some(30), None)];
        assert_eq!(regrets(3, &all)[0], Some(40));
        let narrowed = [(0, 0, Some(50), Some(&[0, 2][..])), all[1], all[2]];
        assert_eq!(regrets(3, &narrowed)[0], Some(20));
    }
}
