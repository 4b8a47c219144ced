//! The KV caches of the instances, as far as events of them have to make sense: what is evicted was
//! cached, what is cached was not, and no instance holds more than it can.

use std::collections::{BTreeMap, VecDeque};

use pointsman_plugin_api::abi::{KvCall, NamedColumn, RSlice, RStr};
use pointsman_plugin_api::{BlockRun, Column, KvEventKind};

/// The caches of all instances, by instance.
#[derive(Debug, Default)]
pub(super) struct Caches {
    instances: BTreeMap<u64, Cache>,
}

/// Runs of blocks by their first one, oldest first.
#[derive(Debug, Default)]
struct Tier {
    runs: BTreeMap<u64, u64>,
    order: VecDeque<u64>,
    blocks: u64,
}

/// Memory of the GPU, and of the CPU behind it.
#[derive(Debug, Default)]
struct Cache {
    gpu: Tier,
    cpu: Tier,
}

/// What happened at an instance, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Events {
    kinds: Vec<u64>,
    firsts: Vec<u64>,
    lens: Vec<u64>,
}

impl Tier {
    /// Holds a run, as long as given, and says which part of it is new.
    fn hold(&mut self, run: BlockRun) -> Option<BlockRun> {
        let known = self.runs.get(&run.first).copied().unwrap_or(0);
        let new = run.len.checked_sub(known).filter(|new| *new > 0)?;
        if known == 0 {
            self.order.push_back(run.first);
        }
        self.runs.insert(run.first, run.len);
        self.blocks += new;
        Some(BlockRun { first: run.first.wrapping_add(known), len: new })
    }

    /// Gives up the oldest run.
    fn give_up(&mut self) -> Option<BlockRun> {
        let first = self.order.pop_front()?;
        let len = self.runs.remove(&first).unwrap_or(0);
        self.blocks -= len;
        Some(BlockRun { first, len })
    }
}

impl Caches {
    /// A prompt is computed at an instance of so many blocks.
    pub(super) fn admit(&mut self, instance: u64, prompt: &[BlockRun], capacity: u64) -> Events {
        let cache = self.instances.entry(instance).or_default();
        let mut events = Events::default();
        for run in prompt {
            let run = BlockRun { first: run.first, len: run.len.min(capacity) };
            if run.len == 0 {
                continue;
            }
            let loaded = cache.cpu.runs.get(&run.first).copied().unwrap_or(0).min(run.len);
            if let Some(new) = cache.gpu.hold(run) {
                if loaded > 0 && new.first == run.first {
                    events.push(KvEventKind::Reloaded, BlockRun { first: run.first, len: loaded });
                }
                events.push(KvEventKind::Cached, new);
            }
            while cache.gpu.blocks > capacity {
                let Some(old) = cache.gpu.give_up() else { break };
                if let Some(new) = cache.cpu.hold(old) {
                    events.push(KvEventKind::Offloaded, new);
                }
                events.push(KvEventKind::Evicted, old);
            }
            while cache.cpu.blocks > 2 * capacity {
                let Some(old) = cache.cpu.give_up() else { break };
                events.push(KvEventKind::CpuEvicted, old);
            }
        }
        events
    }
}

impl Events {
    fn push(&mut self, kind: KvEventKind, run: BlockRun) {
        self.kinds.push(kind.code());
        self.firsts.push(run.first);
        self.lens.push(run.len);
    }

    /// Whether nothing happened.
    pub(super) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Lends them in the form in which they cross the ABI.
    pub(super) fn lend<R>(&self, now_us: u64, instance: u64, work: impl FnOnce(KvCall<'_>) -> R) -> R {
        let named =
            |id: &'static str, cells| NamedColumn { id: RStr::from_str(id), column: Column::of(cells) };
        let columns = [
            named(KvCall::KIND, &self.kinds[..]),
            named(KvCall::FIRST, &self.firsts),
            named(KvCall::LEN, &self.lens),
        ];
        let (rows, columns) = (self.kinds.len(), RSlice::from_slice(&columns));
        work(KvCall { now_us, happened_us: now_us, instance, rows, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Replayed, every event makes sense, and the caches stay within their bounds.
    #[test]
    fn events_tell_a_consistent_story() {
        let mut caches = Caches::default();
        let (mut gpu, mut cpu) = (BTreeSet::new(), BTreeSet::new());
        for step in 0..500_u64 {
            let prompt = [BlockRun { first: (step * 7 % 23) << 32, len: 1 + step * 5 % 40 }];
            let events = caches.admit(0, &prompt, 100);
            for at in 0..events.kinds.len() {
                for block in (0..events.lens[at]).map(|offset| events.firsts[at] + offset) {
                    let makes_sense = match KvEventKind::from_code(events.kinds[at]).unwrap() {
                        KvEventKind::Cached => gpu.insert(block),
                        KvEventKind::Evicted => gpu.remove(&block),
                        KvEventKind::Offloaded => cpu.insert(block),
                        KvEventKind::CpuEvicted => cpu.remove(&block),
                        KvEventKind::Reloaded => cpu.contains(&block) && !gpu.contains(&block),
                        _ => false,
                    };
                    assert!(makes_sense, "step {step}: event {at} of {events:?}");
                }
            }
            assert!(gpu.len() <= 100 && cpu.len() <= 200);
        }
        assert!(!cpu.is_empty());
    }
}
