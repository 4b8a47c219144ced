//! Steps of a batch that are all alike: when they are counted, and when they end.

use super::Batch;
use crate::engine::event::Event;
use crate::engine::instance::Instance;
use crate::engine::settings::KvSettings;
use crate::engine::simulation::{LAST_TICK_US, Simulation};

/// Steps under way of which only the last is an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Start of the step under way.
    start_us: u64,
    /// Length of each step.
    step_us: u64,
    /// End of the last step.
    last_end_us: u64,
}

/// How far an instance is to catch up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    /// To what has happened before an event of this tick that is neither the end nor the start of a step: all
    /// ends at the tick, no start.
    Before(u64),
    /// To the end of this tick.
    Through(u64),
}

impl Batch {
    /// The steps of the stretch that are over, ends at `last_end_us` aside, are counted as such.
    fn count_steps(&mut self, steps: u64, step_us: u64) {
        if steps > 0 {
            self.ends += steps;
            self.gaps.push(step_us, steps, self.ends);
        }
    }
}

impl Instance {
    /// The next crossings get their blocks, and the step of the batch begins.
    pub(crate) fn start_batch(&mut self) {
        let count = self.batch.next_crossings();
        if count > 0 {
            self.blocks.allocate_loose(count);
            self.batch.loose += count;
        }
        self.batch.start();
    }

    /// The step of the batch under way is over, the last of its stretch if there is one.
    pub(crate) fn end_batch(&mut self, now_us: u64) {
        if !self.batch.is_empty() {
            self.starts_in_vain = 0;
            self.batch.stretch = None;
            let began_us = self.busy_since_us().unwrap_or(now_us);
            self.batch.count_steps(1, now_us - began_us);
        }
    }

    /// Counts the steps of a stretch that are over, and tells when blocks were taken. Returns the events
    /// that this were, and the tick of the last; after `Due::Before`, the next start may be due.
    fn catch_up(&mut self, due: Due, mut changed: impl FnMut(&Self, u64)) -> Option<(u64, u64)> {
        let Stretch { mut start_us, step_us, last_end_us } = self.batch.stretch?;
        let (until_us, starts_then) = match due {
            Due::Before(us) => (us, false),
            Due::Through(us) => (us, true),
        };
        let (mut ends, mut starts) = (0, 0);
        loop {
            let end_us = start_us + step_us;
            if end_us > until_us || end_us == last_end_us {
                break;
            }
            self.account_use(end_us);
            ends += 1;
            start_us = end_us;
            if end_us == until_us && !starts_then {
                break;
            }
            starts += 1;
            let takes = self.batch.next_crossings() > 0;
            self.start_batch();
            if takes {
                changed(self, end_us);
            }
        }
        if ends == 0 {
            return None;
        }
        self.starts_in_vain = 0;
        self.batch.count_steps(ends, step_us);
        self.totals.busy_us += ends * step_us;
        self.totals.steps += starts;
        if starts == ends {
            self.move_step(Some(start_us));
            self.batch.stretch = Some(Stretch { start_us, step_us, last_end_us });
        } else {
            self.move_step(None);
            self.note_last_step(start_us - step_us, start_us);
            self.batch.stretch = None;
        }
        Some((ends + starts, start_us))
    }

    /// Blocks that the batch may take before something must be decided: there are none left, or so
    /// many are used that blocks are offloaded.
    fn undecided_blocks(&self, kv: &KvSettings) -> u64 {
        let free = u64::from(self.blocks.free());
        if self.cpu.is_off() || !self.offload_worth_a_look {
            return free;
        }
        let total = f64::from(self.blocks.total());
        let offloads = |used: u32| f64::from(used) / total > kv.offload_threshold;
        let used = self.blocks.used();
        let (mut below, mut above) = (used, self.blocks.total() + 1);
        if offloads(used) {
            return 0;
        }
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if offloads(middle) { above = middle } else { below = middle }
        }
        free.min(u64::from(below - used))
    }
}

impl Simulation<'_> {
    /// How many steps, that under way included, are alike, up to the first whose end is an event.
    /// `settled`: no waiting request could be admitted before that.
    fn steps_alike(&self, index: u32, step_us: u64, settled: bool) -> u64 {
        let instance = &self.instances[index as usize];
        let batch = &instance.batch;
        if !instance.plan.is_empty() || !instance.running.is_empty() || !settled || self.watches_steps() {
            return 1;
        }
        if !self.settings.latency.step.ignores_decode_context() {
            return 1;
        }
        // The clock must have room for all.
        let latest_us = LAST_TICK_US.saturating_sub(self.settings.latency.delivery_us());
        let room = latest_us.saturating_sub(self.now_us) / step_us;
        let most =
            batch.steps_to_last().unwrap_or(1).min(room).min(self.steps_to_eviction(instance, step_us));
        let blocks = instance.undecided_blocks(&self.settings.kv);
        if most.div_ceil(batch.block_size()).saturating_mul(batch.len() as u64) <= blocks {
            return most.max(1);
        }
        let (mut steps, mut left) = (1, blocks);
        while steps < most {
            let Some(rest) = left.checked_sub(batch.crossings_after(steps - 1)) else { break };
            (steps, left) = (steps + 1, rest);
        }
        steps
    }

    /// Steps up to the first whose end is not before content has to leave the CPU tier for other content:
    /// what left may be worth a copy again.
    fn steps_to_eviction(&self, instance: &Instance, step_us: u64) -> u64 {
        let full_us = instance.landings.end_us_after(instance.cpu.room());
        full_us.map_or(u64::MAX, |full_us| full_us.saturating_sub(self.now_us).div_ceil(step_us).max(1))
    }

    /// Whether somebody sees every step, or must be told something in between.
    fn watches_steps(&self) -> bool {
        self.observer.as_ref().is_some_and(|observer| observer.sees_every_step()) || self.feed.tells_late()
    }

    /// The step under way of a batch takes `step_us`: the tick of the next end that is an event.
    pub(in crate::engine) fn stretch(&mut self, index: u32, step_us: u64, settled: bool) -> u64 {
        let steps = self.steps_alike(index, step_us, settled);
        let last_end_us = self.now_us + steps * step_us;
        if steps > 1 {
            let stretch = Stretch { start_us: self.now_us, step_us, last_end_us };
            self.instances[index as usize].batch.stretch = Some(stretch);
        }
        last_end_us
    }

    /// An instance is as it would be in the plain engine, but for what members are.
    pub(in crate::engine) fn catch_up(&mut self, index: u32, due: Due) {
        let instance = &mut self.instances[index as usize];
        let observer = &mut self.observer;
        let caught_up = instance.catch_up(due, |instance, now_us| {
            if let Some(observer) = observer {
                observer.levels(&instance.levels(index, now_us));
            }
        });
        let Some((events, last_us)) = caught_up else { return };
        self.totals.events += events;
        self.totals.end_us = self.totals.end_us.max(last_us);
        if !instance.is_busy() {
            instance.start_due = true;
            self.events.push(last_us, Event::StepStart(index));
        }
    }

    /// All instances catch up.
    pub(in crate::engine) fn catch_up_all(&mut self, due: Due) {
        for index in 0..self.settings.instances {
            self.catch_up(index, due);
        }
    }

    /// Something changes about an instance: it catches up, and its stretch ends with the step under way.
    pub(in crate::engine) fn interrupt(&mut self, index: u32) {
        self.catch_up(index, Due::Before(self.now_us));
        if let Some(stretch) = self.instances[index as usize].batch.stretch.take() {
            self.events.push(stretch.start_us + stretch.step_us, Event::StepEnd(index));
        }
    }
}
