//! The start of a step: who computes what (`model.md` section 4).

use super::event::Event;
use super::instance::{Instance, remaining_prefill_tokens};
use super::latency::StepLoad;
use super::observer::{Observer, Step};
use super::outcome::State;
use super::request::{Request, Requests};
use super::settings::Reload;
use super::simulation::{RunError, Simulation};

/// What a start has put together so far.
#[derive(Default)]
struct Draft {
    /// Token budget left.
    budget: u64,
    /// Something was preempted in this start.
    preempted: bool,
    /// Ticks of reloads that lengthen this step.
    reload_us: u64,
    /// Blocks that those bring.
    reloaded_blocks: u64,
    /// A waiting request was refused that may fit at a later start, although nothing else happens.
    may_fit_later: bool,
}

impl Simulation<'_> {
    /// An idle instance with work starts a step, if it can plan one.
    pub(super) fn start_step(&mut self, index: u32) -> Result<(), RunError> {
        self.plan_step(index)?;
        self.show_levels(index);
        Ok(())
    }

    fn plan_step(&mut self, index: u32) -> Result<(), RunError> {
        self.instances[index as usize].start_due = false;
        self.land_offloads(index, self.now_us);
        self.instances[index as usize].account_use(self.now_us);
        loop {
            let ordering = &mut self.policies.orderings[index as usize];
            let Instance { waiting, blocks, cpu, .. } = &mut self.instances[index as usize];
            let block_size = self.settings.kv.block_size;
            let remaining = |request: &Request| remaining_prefill_tokens(blocks, cpu, request, block_size);
            waiting.arrange(self.now_us, &mut self.requests, ordering, &remaining)?;
            let preempted = self.keep_batch(index);
            let members = self.instances[index as usize].batch.len() as u64;
            let budget = self.settings.engine.max_num_batched_tokens - members;
            let mut draft = Draft { budget, preempted, ..Draft::default() };
            if members > 0 {
                self.instances[index as usize].start_batch();
            }
            self.plan_running(index, &mut draft);
            if !draft.preempted {
                self.plan_waiting(index, &mut draft)?;
            }
            self.offload(index)?;
            let instance = &mut self.instances[index as usize];
            if !instance.plan.is_empty() || members > 0 {
                return self.begin(index, &draft);
            }
            if draft.preempted {
                instance.totals.repeated_starts += 1;
                self.break_livelock(index);
            } else if !instance.loading.is_empty() || !self.release_stuck(index) {
                return Ok(());
            }
        }
    }

    /// Running requests, in the order in which they were admitted, get their tokens; those that
    /// need blocks where there are none preempt others.
    fn plan_running(&mut self, index: u32, draft: &mut Draft) {
        let block_size = self.settings.kv.block_size;
        let mut at = 0;
        while at < self.instances[index as usize].running.len() && draft.budget > 0 {
            let instance = &mut self.instances[index as usize];
            let slot = instance.running[at];
            let request = &self.requests[slot];
            let n = self.cap(request.num_tokens() - request.computed, draft.budget);
            let needed = (request.computed + n).div_ceil(block_size) - request.blocks.len();
            while needed > u64::from(self.instances[index as usize].blocks.free()) {
                let victim_at = self.victim(index);
                let victim = self.instances[index as usize].running[victim_at];
                draft.budget += self.preempt(index, victim_at);
                draft.preempted = true;
                if victim == slot {
                    return;
                }
                if victim_at < at {
                    at -= 1;
                }
            }
            let request = &mut self.requests[slot];
            let instance = &mut self.instances[index as usize];
            instance.extend(request, n, block_size);
            request.planned = n;
            instance.plan.push(slot);
            draft.budget -= n;
            at += 1;
        }
    }

    /// Waiting requests are admitted in queue order, while there is a seat and budget; the first
    /// that does not fit blocks the rest.
    fn plan_waiting(&mut self, index: u32, draft: &mut Draft) -> Result<(), RunError> {
        let cutoff_us = self.planned_before(index);
        let (mut admitted, mut passed) = (0, false);
        loop {
            let instance = &self.instances[index as usize];
            if instance.batch_size() >= self.settings.engine.max_num_seqs || draft.budget == 0 {
                break;
            }
            let Some(&slot) = instance.waiting.slots().get(admitted) else { break };
            if cutoff_us.is_some_and(|cutoff_us| self.requests[slot].queued_us > Some(cutoff_us)) {
                (admitted, passed) = (admitted + 1, true);
                continue;
            }
            if !self.admit_to_batch(index, slot, draft)? {
                break;
            }
            admitted += 1;
        }
        let waiting = &mut self.instances[index as usize].waiting;
        if passed {
            // They come with the next start, whatever else happens.
            draft.may_fit_later = true;
            waiting.keep(|slot| self.requests[slot].state == State::Waiting);
        } else {
            waiting.remove_first(admitted);
        }
        Ok(())
    }

    /// With asynchronous scheduling, a step that has something to do without them was planned before
    /// requests came that entered the queue after this tick.
    fn planned_before(&self, index: u32) -> Option<u64> {
        let instance = &self.instances[index as usize];
        let is_full = !instance.plan.is_empty() || !instance.batch.is_empty();
        instance
            .start_of_step_before(self.now_us)
            .filter(|_| self.settings.engine.async_scheduling && is_full)
    }

    /// Admits a waiting request to the batch, or lets it load. `false`: it does not fit.
    fn admit_to_batch(&mut self, index: u32, slot: u32, draft: &mut Draft) -> Result<bool, RunError> {
        let block_size = self.settings.kv.block_size;
        let instance = &self.instances[index as usize];
        let request = &self.requests[slot];
        let num_tokens = request.num_tokens();
        let free = u64::from(instance.blocks.free());
        if request.loaded {
            let n = self.cap(num_tokens - request.computed, draft.budget);
            let needed = (request.computed + n).div_ceil(block_size) - request.blocks.len();
            if needed > free {
                draft.may_fit_later = false;
                return Ok(false);
            }
            self.seat(index, slot, n, draft);
            return Ok(true);
        }
        let hit = instance.gpu_hit(request, block_size);
        let reloaded = instance.cpu_hit(request, hit, block_size);
        let loads = reloaded > 0 && self.settings.kv.reload == Reload::Async;
        let present = (hit + reloaded) * block_size;
        let n = if loads { 0 } else { self.cap(num_tokens - present, draft.budget) };
        let needed = (present + n).div_ceil(block_size) - hit;
        // Hits that are free now leave the free queue first.
        if !instance.blocks.have_beside_hits(needed, &request.arrival.content, hit) {
            // Without hits it needs the same next time, and there are no more blocks. With hits that may
            // be evicted it is harder to tell.
            draft.may_fit_later = present > 0;
            return Ok(false);
        }
        self.take_hits(index, slot, hit, reloaded);
        if loads {
            self.start_load(index, slot, reloaded)?;
        } else {
            if reloaded > 0 {
                draft.reloaded_blocks += reloaded;
                draft.reload_us =
                    draft.reload_us.saturating_add(self.reload_blocking(index, slot, hit, reloaded));
            }
            self.seat(index, slot, n, draft);
        }
        Ok(true)
    }

    /// Takes the blocks of a prefix hit and the empty ones that reloads will fill, and counts.
    fn take_hits(&mut self, index: u32, slot: u32, hit: u64, reloaded: u64) {
        let block_size = self.settings.kv.block_size;
        let instance = &mut self.instances[index as usize];
        let request = &mut self.requests[slot];
        instance.blocks.take_hits(&request.arrival.content, hit, &mut request.blocks);
        instance.blocks.allocate(reloaded, &mut request.blocks);
        request.hit_tokens_gpu += hit * block_size;
        request.hit_tokens_cpu += reloaded * block_size;
        request.admitted_tokens += request.num_tokens();
        instance.totals.hit_tokens_gpu += hit * block_size;
        instance.totals.hit_tokens_cpu += reloaded * block_size;
        instance.totals.admitted_tokens += request.num_tokens();
        request.computed = (hit + reloaded) * block_size;
    }

    /// Puts a waiting request into the batch with `n` tokens.
    fn seat(&mut self, index: u32, slot: u32, n: u64, draft: &mut Draft) {
        self.become_state(slot, State::Running);
        let instance = &mut self.instances[index as usize];
        let request = &mut self.requests[slot];
        instance.waiting_tokens -= request.num_tokens();
        instance.extend(request, n, self.settings.kv.block_size);
        request.loaded = false;
        request.planned = n;
        let is_first = request.first_scheduled_us.is_none();
        request.first_scheduled_us.get_or_insert(self.now_us);
        instance.seats += 1;
        request.seat = instance.seats;
        instance.running.push(slot);
        instance.plan.push(slot);
        draft.budget -= n;
        if is_first {
            self.show(Observer::first_scheduled, index, slot);
        }
    }

    /// Tokens that a request gets of those that it still needs.
    pub(super) fn cap(&self, tokens: u64, budget: u64) -> u64 {
        let threshold = self.settings.engine.long_prefill_token_threshold;
        let tokens = if threshold > 0 { tokens.min(threshold) } else { tokens };
        tokens.min(budget)
    }

    /// The step is planned: it ends after its transfers and its compute.
    fn begin(&mut self, index: u32, draft: &Draft) -> Result<(), RunError> {
        let mut load = step_load(&self.instances[index as usize], &self.requests);
        let members = self.instances[index as usize].batch.len() as u64;
        load.add_decodes(members, self.instances[index as usize].batch.context());
        let ticks = self.settings.latency.step_us(&load).saturating_add(draft.reload_us).max(1);
        let mut end_us = self.after(ticks)?;
        let instance = &mut self.instances[index as usize];
        instance.begin_step(self.now_us, draft.reload_us > 0);
        if let Some(observer) = &mut self.observer {
            observer.step(&Step {
                instance: index,
                start_us: self.now_us,
                end_us,
                prefill_tokens: load.prefill_tokens,
                prefills: load.prefill_requests,
                decodes: load.decode_requests,
                reload_us: draft.reload_us,
                reloaded_blocks: draft.reloaded_blocks,
            });
        }
        if members > 0 {
            let ordering = &self.policies.orderings[index as usize];
            let is_known = !draft.preempted && !draft.may_fit_later;
            let settled = is_known && self.instances[index as usize].waiting.is_settled(ordering);
            end_us = self.stretch(index, ticks, settled);
        }
        self.events.push(end_us, Event::StepEnd(index));
        Ok(())
    }
}

/// What the planned step computes.
fn step_load(instance: &Instance, requests: &Requests) -> StepLoad {
    let mut load = StepLoad::default();
    for &slot in &instance.plan {
        let request = &requests[slot];
        load.add(request.planned, request.computed, request.arrival.prompt_tokens);
    }
    load
}
