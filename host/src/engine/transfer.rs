//! Between GPU and CPU memory (`model.md` section 7).

use pointsman_plugin_api::KvEventKind;

use super::event::Event;
use super::observer::Transfer;
use super::outcome::State;
use super::simulation::{RunError, Simulation};

impl Simulation<'_> {
    /// Ticks that one block takes, in either direction.
    fn block_us(&self) -> u64 {
        let kv = &self.settings.kv;
        kv.transfer_base_latency_us.saturating_add(kv.block_size.div_ceil(kv.transfer_bandwidth))
    }

    /// Above the threshold, copies every cached free block whose content the CPU tier neither
    /// holds nor is receiving, head of the free queue first.
    pub(super) fn offload(&mut self, index: u32) -> Result<(), RunError> {
        let block_us = self.block_us();
        let instance = &mut self.instances[index as usize];
        if instance.cpu.is_off() || !instance.offload_worth_a_look {
            return Ok(());
        }
        let (used, total) = (instance.blocks.used(), instance.blocks.total());
        if f64::from(used) / f64::from(total) <= self.settings.kv.offload_threshold {
            return Ok(());
        }
        instance.offload_worth_a_look = false;
        let last_us = super::simulation::LAST_TICK_US;
        let start_us = instance.offload_link.next_start_us(self.now_us);
        let mut decided = Transfer { instance: index, start_us, end_us: start_us, blocks: 0 };
        let now_us = self.now_us;
        let mut missing = Vec::new();
        instance.blocks.each_free_content(|first, len| {
            missing.clear();
            instance.cpu.each_missing(first, len, |first, len| missing.push((first, len)));
            for &(first, len) in &missing {
                instance.cpu.expect(first, len, now_us);
                let first_end_us = instance.offload_link.transfer(now_us, block_us);
                let end_us = instance.offload_link.transfer(now_us, (len - 1).saturating_mul(block_us));
                if end_us > last_us {
                    return Err(RunError::Clock { now_us });
                }
                if self.lands_offloads {
                    instance.landings.push(first, len, first_end_us, block_us);
                } else {
                    for (after, identity) in (0..len).zip((first..=first + (len - 1)).rev()) {
                        self.events.push(first_end_us + after * block_us, Event::OffloadEnd(index, identity));
                    }
                }
                instance.totals.offloaded_blocks += len;
                decided.end_us = end_us;
                decided.blocks += len;
            }
            Ok(())
        })?;
        if let Some(observer) = self.observer.as_mut().filter(|_| decided.blocks > 0) {
            observer.offload(&decided);
        }
        Ok(())
    }

    /// Content reached the CPU tier.
    pub(super) fn end_offload(&mut self, index: u32, identity: u64) -> Result<(), RunError> {
        self.interrupt(index);
        let instance = &mut self.instances[index as usize];
        // What had to go for it may still be in GPU memory: worth a copy again.
        instance.offload_worth_a_look |= instance.cpu.arrive(identity, 1);
        self.note_kv_events(index);
        self.wake(index);
        Ok(())
    }

    /// Content that reached the CPU tier by a tick is there. Where reloads are blocking, an instance with
    /// work is never idle, so that the end of an offload wakes nobody: nothing but the tier changes, and
    /// that only when somebody looks.
    pub(super) fn land_offloads(&mut self, index: u32, until_us: u64) {
        let instance = &mut self.instances[index as usize];
        while let Some((first, len, last_us)) = instance.landings.pop_until(until_us) {
            instance.offload_worth_a_look |= instance.cpu.arrive(first, len);
            self.totals.events += len;
            self.totals.end_us = self.totals.end_us.max(last_us);
        }
    }

    /// The same for all instances.
    pub(super) fn land_all_offloads(&mut self, until_us: u64) {
        if self.lands_offloads {
            (0..self.settings.instances).for_each(|index| self.land_offloads(index, until_us));
        }
    }

    /// Counts `reloaded` blocks after the first `hit` and refreshes them in the CPU tier; returns
    /// the ticks of their transfers.
    fn count_reload(&mut self, index: u32, slot: u32, hit: u64, reloaded: u64) -> u64 {
        let ticks = reloaded.saturating_mul(self.block_us());
        let instance = &mut self.instances[index as usize];
        let content = &self.requests[slot].arrival.content;
        // Deepest first, so that a prefix outlives its continuations.
        let runs: Vec<_> = content.runs_of(hit, hit + reloaded).collect();
        for run in runs.iter().rev() {
            instance.cpu.each_decided(run.first, run.len, |blocks, decided_us| {
                if self.now_us - decided_us < self.settings.kv.thrash_window_us {
                    instance.totals.thrashed_blocks += blocks;
                }
            });
            instance.cpu.refresh(run.first, run.len);
        }
        if instance.cpu.log.is_on() {
            for at in hit..hit + reloaded {
                instance.cpu.log.push(KvEventKind::Reloaded, content.block(at));
            }
        }
        instance.totals.reloaded_blocks += reloaded;
        instance.totals.reload_us = instance.totals.reload_us.saturating_add(ticks);
        ticks
    }

    /// Reloads within the step: cached at once, paid for by the whole batch. Returns the ticks.
    pub(super) fn reload_blocking(&mut self, index: u32, slot: u32, hit: u64, reloaded: u64) -> u64 {
        let ticks = self.count_reload(index, slot, hit, reloaded);
        let instance = &mut self.instances[index as usize];
        instance.reload_link.transfer(self.now_us, ticks);
        instance.cache(&mut self.requests[slot], hit + reloaded);
        ticks
    }

    /// A waiting request leaves the queue to wait for the transfer of its last `reloaded` blocks.
    pub(super) fn start_load(&mut self, index: u32, slot: u32, reloaded: u64) -> Result<(), RunError> {
        let hit = self.requests[slot].blocks.len() - reloaded;
        let ticks = self.count_reload(index, slot, hit, reloaded);
        self.become_state(slot, State::Loading);
        let request = &mut self.requests[slot];
        let instance = &mut self.instances[index as usize];
        instance.waiting_tokens -= request.num_tokens();
        instance.loading.push(slot);
        let start_us = instance.reload_link.next_start_us(self.now_us);
        let end_us = instance.reload_link.transfer(self.now_us, ticks);
        if end_us > super::simulation::LAST_TICK_US {
            return Err(RunError::Clock { now_us: self.now_us });
        }
        self.events.push(end_us, Event::LoadEnd(slot));
        if let Some(observer) = &mut self.observer {
            let transfer = Transfer { instance: index, start_us, end_us, blocks: reloaded };
            observer.async_reload(&transfer, self.requests[slot].arrival.id);
        }
        Ok(())
    }

    /// All blocks of a loading request are there: they are cached, and it goes to the head of the
    /// queue.
    pub(super) fn end_load(&mut self, slot: u32) -> Result<(), RunError> {
        let request = &mut self.requests[slot];
        let index = request.instance.expect("L2: routed before it loads");
        self.interrupt(index);
        let request = &mut self.requests[slot];
        let instance = &mut self.instances[index as usize];
        instance.cache(request, request.blocks.len());
        request.loaded = true;
        instance.loading.retain(|&loading| loading != slot);
        instance.enqueue_first(slot, request);
        self.become_state(slot, State::Waiting);
        self.show_levels(index);
        self.note_kv_events(index);
        self.wake(index);
        Ok(())
    }
}
