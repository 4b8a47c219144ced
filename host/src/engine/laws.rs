//! The laws that every run obeys, asserted where they would break.
//!
//! | law | statement | where |
//! |---|---|---|
//! | L1 conservation | generated requests = the sum over all states | every event in debug, the end always |
//! | L2 lifecycle | only the edges of `State::may_become` | every change of state in debug |
//! | L3 clock | simulated time never decreases; equal times go by kind and sequence | every event |
//! | L4 KV memory | used + free = total; references are what the owners hold; CPU tier within capacity | every event in debug for small memories, the end always (in sums, in release builds of large ones) |
//! | L5 causality | arrival <= queued <= scheduled <= first token <= last token | every end of a request |
//! | L7 work conserving | an idle instance with work has a start among the events, or waits for a transfer or an entry | by `wake` |
//! | L8 no oracle | `Request::facts` and `Request::row` hold nothing that depends on the output length | by type |
//!
//! L6 (determinism), L9 (scores) and L11 (Little) are checked by the policy seam and by tests.

use super::outcome::State;
use super::request::Request;
use super::simulation::Simulation;

/// Memories up to this size are checked in full at every event of a debug build.
const CHECKED_BLOCKS: u32 = 256;

/// Memories up to this size are checked in full at the end of every run.
const WALKED_BLOCKS: u32 = 1 << 14;

impl Simulation<'_> {
    /// Laws L1 and, for small memories, L4.
    pub(super) fn check_counts(&self) {
        let states = &self.totals.states;
        let sum = |count: fn(&super::instance::Instance) -> usize| -> u64 {
            self.instances.iter().map(|instance| count(instance) as u64).sum()
        };
        assert_eq!(states.get(State::Waiting), sum(|i| i.waiting.len()), "L1: waiting");
        assert_eq!(states.get(State::Running), sum(|i| i.batch_size() as usize), "L1: running");
        assert_eq!(states.get(State::Loading), sum(|i| i.loading.len()), "L1: loading");
        for instance in &self.instances {
            let (used, free) = (instance.blocks.used(), instance.blocks.free());
            assert_eq!(used + free, instance.blocks.total(), "L4: used + free = total");
        }
        if self.settings.kv.blocks <= CHECKED_BLOCKS {
            self.check_all_memory();
        }
    }

    /// Law L4 at the end of a run. Where blocks are kept by runs and there are very many, a release build
    /// is content with their sums: a walk over all would take as long as many thousand requests.
    pub(super) fn check_memory_at_the_end(&self) {
        if cfg!(debug_assertions) || !self.has_batches || self.settings.kv.blocks <= WALKED_BLOCKS {
            return self.check_all_memory();
        }
        let mut held = vec![0; self.instances.len()];
        for request in self.requests.iter() {
            if let Some(instance) = request.instance {
                held[instance as usize] += request.blocks.len() as usize;
            }
        }
        for (instance, held) in self.instances.iter().zip(held) {
            assert!(instance.blocks.used() as usize <= held, "L4: used blocks that nobody holds");
            assert!(held == 0 || instance.blocks.used() > 0, "L4: held blocks that are not used");
            instance.cpu.check();
        }
    }

    /// Law L4 for every instance.
    pub(super) fn check_all_memory(&self) {
        let mut owners: Vec<Vec<&Request>> = vec![Vec::new(); self.instances.len()];
        for request in self.requests.iter().filter(|request| !request.blocks.is_empty()) {
            owners[request.instance.expect("L4: blocks belong to an instance") as usize].push(request);
        }
        for (instance, owners) in self.instances.iter().zip(owners) {
            let held = owners.iter().map(|request| &request.blocks);
            instance.blocks.check(held, instance.batch.loose());
            instance.cpu.check();
        }
    }

    /// Law L5.
    pub(super) fn check_causality(&self, request: &Request) {
        if request.state != State::Completed {
            return;
        }
        let times = [
            Some(request.arrival.arrival_us),
            request.queued_us,
            request.first_scheduled_us,
            request.first_token_us,
            Some(request.last_token_us),
        ];
        assert!(
            times.iter().all(Option::is_some) && times.is_sorted(),
            "L5: causality of {}",
            request.arrival.id
        );
    }
}
