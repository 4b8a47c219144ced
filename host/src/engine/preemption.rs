//! Who gives way when blocks run out (`model.md` section 4), and what ends a start that leads nowhere.

use super::observer::Observer;
use super::outcome::State;
use super::settings::Preemption;
use super::simulation::Simulation;

/// Repeated starts without a token after which an instance is taken to be in a livelock. The model
/// knows no such limit: it is far beyond what makes progress, so that runs which end by themselves,
/// or at a horizon before it, are those of the model.
const STARTS_IN_VAIN: u64 = 100_000;

impl Simulation<'_> {
    /// Place in `running` of the request that has to give way.
    pub(super) fn victim(&self, index: u32) -> usize {
        let running = &self.instances[index as usize].running;
        let last = running.len() - 1;
        if self.settings.engine.preemption == Preemption::Tail {
            return last;
        }
        let rank = |&at: &usize| {
            let request = &self.requests[running[at]];
            (request.priority, std::cmp::Reverse((request.arrival.arrival_us, request.arrival.id)))
        };
        (0..running.len())
            .min_by(|a, b| {
                let (a, b) = (rank(a), rank(b));
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
            })
            .unwrap_or(last)
    }

    /// Preempts a running request; returns the tokens that it had in this step.
    pub(super) fn preempt(&mut self, index: u32, at: usize) -> u64 {
        let instance = &mut self.instances[index as usize];
        let slot = instance.running.remove(at);
        let request = &mut self.requests[slot];
        let tokens = std::mem::take(&mut request.planned);
        if tokens > 0 {
            instance.plan.retain(|&planned| planned != slot);
        }
        instance.release_blocks(request);
        request.preemptions += 1;
        instance.totals.preemptions += 1;
        instance.enqueue_first(slot, request);
        self.become_state(slot, State::Waiting);
        self.show(Observer::preempted, index, slot);
        tokens
    }

    /// Nothing was planned and nothing loads: the last waiting request that holds blocks gives
    /// them back where it stands. Returns whether there was one.
    pub(super) fn release_stuck(&mut self, index: u32) -> bool {
        let instance = &mut self.instances[index as usize];
        let stuck = instance.waiting.slots().iter().rev().copied();
        let Some(slot) = stuck.into_iter().find(|&slot| !self.requests[slot].blocks.is_empty()) else {
            return false;
        };
        let request = &mut self.requests[slot];
        instance.release_blocks(request);
        request.preemptions += 1;
        instance.totals.preemptions += 1;
        instance.totals.stuck_releases += 1;
        self.show(Observer::preempted, index, slot);
        true
    }

    /// A request that is alone in the batch can preempt itself for ever: where chunks are smaller
    /// than a block and the rest of memory is held by loaded requests that wait, each attempt loses
    /// the partial block that it computed. After very many attempts without a token, the last
    /// waiting request that holds blocks gives them back, as if nothing had been planned.
    pub(super) fn break_livelock(&mut self, index: u32) {
        let instance = &mut self.instances[index as usize];
        instance.starts_in_vain += 1;
        if instance.starts_in_vain > STARTS_IN_VAIN {
            instance.starts_in_vain = 0;
            self.release_stuck(index);
        }
    }
}
