//! The end of a step: progress, tokens, completions (`model.md` section 4).

use super::observer::Observer;
use super::outcome::State;
use super::quiet::Due;
use super::simulation::{RunError, Simulation};
use crate::workload::End;

impl Simulation<'_> {
    /// Everything that the step computed happens now, in the order in which tokens were given.
    pub(super) fn end_step(&mut self, index: u32) -> Result<(), RunError> {
        self.catch_up(index, Due::Before(self.now_us));
        // What reaches the CPU tier at this very tick comes after the step's end.
        self.land_offloads(index, self.now_us.saturating_sub(1));
        self.instances[index as usize].account_use(self.now_us);
        let seen_us = self.after(self.settings.latency.delivery_us())?;
        let instance = &mut self.instances[index as usize];
        instance.end_batch(self.now_us);
        let mut plan = std::mem::take(&mut instance.plan);
        // Members of the batch come in their turn, among the others.
        let mut member = instance.batch.pop_done();
        let mut left = false;
        for &slot in &plan {
            let seat = self.requests[slot].seat;
            while let Some(done) = member.filter(|done| done.seat < seat) {
                self.complete_member(index, done.slot, seen_us)?;
                member = self.instances[index as usize].batch.pop_done();
            }
            let request = &mut self.requests[slot];
            request.computed += std::mem::take(&mut request.planned);
            if request.computed < request.num_tokens() {
                continue;
            }
            request.emit(seen_us);
            let (is_first, is_last) =
                (request.emitted == 1, request.emitted == request.arrival.output_tokens);
            self.instances[index as usize].starts_in_vain = 0;
            if is_first {
                self.show(Observer::first_token, index, slot);
            }
            if is_last {
                self.complete(index, slot, seen_us)?;
                left = true;
            }
        }
        while let Some(done) = member {
            self.complete_member(index, done.slot, seen_us)?;
            member = self.instances[index as usize].batch.pop_done();
        }
        if left {
            // `Completed` leaves the batch in one pass; the others keep their order.
            let requests = &self.requests;
            self.instances[index as usize].running.retain(|&slot| requests.is_running(slot, index));
        }
        if self.has_batches {
            self.join_batch(index, seen_us);
        }
        plan.clear();
        let instance = &mut self.instances[index as usize];
        instance.plan = plan;
        instance.account_step(self.now_us);
        self.show_levels(index);
        self.offload(index)?;
        self.wake(index);
        Ok(())
    }

    /// A member of the batch has its last token.
    fn complete_member(&mut self, index: u32, slot: u32, seen_us: u64) -> Result<(), RunError> {
        self.instances[index as usize].complete_member(&mut self.requests[slot], seen_us);
        self.complete(index, slot, seen_us)
    }

    /// A request has its last token.
    fn complete(&mut self, index: u32, slot: u32, seen_us: u64) -> Result<(), RunError> {
        self.show(Observer::completed, index, slot);
        self.instances[index as usize].release_blocks(&mut self.requests[slot]);
        self.become_state(slot, State::Completed);
        self.end_request(slot, End::Completed { seen_us })
    }
}
