//! The end of a step: progress, tokens, completions (`model.md` section 4).

use super::observer::Observer;
use super::outcome::State;
use super::simulation::{RunError, Simulation};
use crate::workload::End;

impl Simulation<'_> {
    /// Everything that the step computed happens now, in the order in which tokens were given.
    pub(super) fn end_step(&mut self, index: u32) -> Result<(), RunError> {
        self.instances[index as usize].account_use(self.now_us);
        let seen_us = self.after(self.settings.latency.delivery_us())?;
        let mut plan = std::mem::take(&mut self.instances[index as usize].plan);
        let mut completed = false;
        for &slot in &plan {
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
                self.show(Observer::completed, index, slot);
                let request = &mut self.requests[slot];
                self.instances[index as usize].release_blocks(request);
                self.become_state(slot, State::Completed);
                self.end_request(slot, End::Completed { seen_us })?;
                completed = true;
            }
        }
        plan.clear();
        let instance = &mut self.instances[index as usize];
        instance.plan = plan;
        instance.account_step(self.now_us);
        if completed {
            // `Completed` leaves the batch in one pass; the others keep their order.
            let requests = &self.requests;
            instance.running.retain(|&slot| requests.is_running(slot, index));
        }
        self.show_levels(index);
        self.offload(index)?;
        self.wake(index);
        Ok(())
    }
}
