//! GPU blocks (`model.md` section 5), kept in one of two ways: one at a time for the plain engine
//! (`individual`), by runs for the fast one (`runs`). Which is meant is seen here alone.

#[cfg(test)]
mod tests;

use pointsman_plugin_api::KvEventKind;

use super::held::Held;
use super::individual::IndividualBlocks;
use super::log::KvLog;
use super::runs::RunBlocks;
use crate::workload::Content;

/// "Nothing" in the linked lists.
pub(super) const NONE: u32 = u32::MAX;

enum Kept {
    Individual(IndividualBlocks),
    Runs(RunBlocks),
}

/// The KV blocks of an instance.
pub(crate) struct BlockPool {
    kept: Kept,
    /// What was cached and evicted, where somebody wants to know.
    pub(crate) log: KvLog,
}

/// Does the same in either way.
macro_rules! either {
    ($pool:expr, $blocks:ident => $what:expr) => {
        match $pool {
            Kept::Individual($blocks) => $what,
            Kept::Runs($blocks) => $what,
        }
    };
}

impl BlockPool {
    /// Blocks that are kept one at a time.
    pub(crate) fn individual(total: u32) -> Self {
        Self { kept: Kept::Individual(IndividualBlocks::new(total)), log: KvLog::default() }
    }

    /// Blocks that are kept by runs.
    pub(crate) fn by_runs(total: u32) -> Self {
        Self { kept: Kept::Runs(RunBlocks::new(total)), log: KvLog::default() }
    }

    pub(crate) fn total(&self) -> u32 {
        either!(&self.kept, blocks => blocks.total())
    }

    pub(crate) fn free(&self) -> u32 {
        either!(&self.kept, blocks => blocks.free())
    }

    pub(crate) fn used(&self) -> u32 {
        either!(&self.kept, blocks => blocks.used())
    }

    /// The most blocks that were in use at once.
    pub(crate) fn peak_used(&self) -> u32 {
        either!(&self.kept, blocks => blocks.peak_used())
    }

    /// All blocks were in use at once.
    pub(crate) fn note_full(&mut self) {
        either!(&mut self.kept, blocks => blocks.note_full());
    }

    /// How many of the first `most` blocks of a content are cached, without a gap.
    pub(crate) fn hit(&self, content: &Content, most: u64) -> u64 {
        self.each_hit(content, most, |_, _, _| {})
    }

    /// Whether there are `needed` free blocks beside the first `hit` of a content, which are all cached, and
    /// which may be free themselves.
    pub(crate) fn have_beside_hits(&self, needed: u64, content: &Content, hit: u64) -> bool {
        let free = u64::from(self.free());
        // Most often it does not matter which of the hits are free.
        if needed > free || needed + hit <= free {
            return needed <= free;
        }
        let mut hits = 0;
        self.each_hit(content, hit, |_, len, is_free| hits += if is_free { len } else { 0 });
        if needed + hits <= free || hits == 0 {
            return needed + hits <= free;
        }
        // A trace may say that a prompt holds one content twice: then it is one block, which counts once.
        let mut once = Vec::new();
        self.each_hit(content, hit, |first, len, is_free| {
            if is_free {
                once.extend((0..len).map(|at| first.wrapping_add(at)));
            }
        });
        once.sort_unstable();
        once.dedup();
        needed + once.len() as u64 <= free
    }

    /// Calls `each` with the parts of the first `most` blocks of a content, as long as they are cached: first
    /// identity, blocks, and whether they are free. Returns how many blocks there were.
    fn each_hit(&self, content: &Content, most: u64, mut each: impl FnMut(u64, u64, bool)) -> u64 {
        match &self.kept {
            Kept::Individual(blocks) => {
                for index in 0..most {
                    let identity = content.block(index);
                    let Some(block) = blocks.lookup(identity) else { return index };
                    each(identity, 1, blocks.is_free(block));
                }
                most
            }
            Kept::Runs(blocks) => {
                let mut done = 0;
                for run in content.runs_of(0, most) {
                    let found = blocks.prefix(run.first, run.len, &mut each);
                    done += found;
                    if found < run.len {
                        break;
                    }
                }
                done
            }
        }
    }

    /// Takes one more reference on each of the first `hit` blocks of a content, which are all cached, for a
    /// request that holds none so far; free ones leave the free queue.
    pub(crate) fn take_hits(&mut self, content: &Content, hit: u64, held: &mut Held) {
        match &mut self.kept {
            Kept::Individual(blocks) => {
                for index in 0..hit {
                    let block = blocks.lookup(content.block(index)).expect("L4: a hit just seen");
                    blocks.take(block);
                    held.numbers.push(block);
                }
                (held.count, held.cached) = (hit, hit);
            }
            Kept::Runs(blocks) => {
                content.runs_of(0, hit).for_each(|run| blocks.take(run.first, run.len, held));
            }
        }
    }

    /// Hands out the head of the free queue, `count` times; content cached in it is evicted. The caller has
    /// counted before: there are so many free blocks.
    pub(crate) fn allocate(&mut self, count: u64, held: &mut Held) {
        if let Kept::Individual(blocks) = &mut self.kept {
            for _ in 0..count {
                let (block, gone) = blocks.allocate();
                if let Some(gone) = gone {
                    self.log.push(KvEventKind::Evicted, gone);
                }
                held.numbers.push(block);
            }
        } else {
            self.allocate_loose(count);
        }
        held.count += count;
    }

    /// The same for nobody in particular, where blocks are kept by runs.
    pub(crate) fn allocate_loose(&mut self, count: u64) {
        let Kept::Runs(blocks) = &mut self.kept else { unreachable!("the plain engine has no batches") };
        let log = &mut self.log;
        blocks.allocate(count, |first, len| {
            if log.is_on() {
                (0..u64::from(len)).rev().for_each(|at| log.push(KvEventKind::Evicted, first + at));
            }
        });
    }

    /// Gives one reference back on each, the last first. Whether one became free that holds content.
    pub(crate) fn release(&mut self, held: &mut Held) -> bool {
        match &mut self.kept {
            Kept::Individual(blocks) => {
                let mut holds = false;
                while let Some(block) = held.numbers.pop() {
                    holds |= blocks.release(block);
                }
                (held.count, held.cached) = (0, 0);
                holds
            }
            Kept::Runs(blocks) => blocks.release(held),
        }
    }

    /// The next blocks of a request, those before number `to`, now hold their content, each as the newest of
    /// those that do.
    pub(crate) fn register(&mut self, held: &mut Held, content: &Content, to: u64) {
        let log = &mut self.log;
        match &mut self.kept {
            Kept::Individual(blocks) => {
                for index in held.cached..to {
                    let identity = content.block(index);
                    if blocks.register(held.numbers[index as usize], identity) {
                        log.push(KvEventKind::Cached, identity);
                    }
                }
                held.cached = held.cached.max(to);
            }
            Kept::Runs(blocks) => {
                for run in content.runs_of(held.cached, to) {
                    blocks.register_run(held, run, |first, len| {
                        if log.is_on() {
                            (0..u64::from(len)).for_each(|at| log.push(KvEventKind::Cached, first + at));
                        }
                    });
                }
            }
        }
        assert!(held.cached <= held.count, "L4: content without a block");
    }

    /// Calls `each` with the content of the free blocks that hold any, head of the free queue first: first
    /// identity and length of runs of which the last block comes first.
    pub(crate) fn each_free_content<E>(
        &self,
        mut each: impl FnMut(u64, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.kept {
            Kept::Individual(blocks) => blocks.free_contents().try_for_each(|identity| each(identity, 1)),
            Kept::Runs(blocks) => {
                blocks.free_contents().try_for_each(|(first, len)| each(first, u64::from(len)))
            }
        }
    }

    /// Every identity that is cached now, in no order.
    pub(crate) fn cached(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        either!(&self.kept, blocks => Box::new(blocks.cached()))
    }

    /// Law L4 in full: the free queue holds exactly the unreferenced blocks, and references are
    /// what the owners hold. `held`: what every owner holds; `loose`: what nobody in particular does.
    pub(crate) fn check<'a>(&self, held: impl Iterator<Item = &'a Held>, loose: u64) {
        match &self.kept {
            Kept::Individual(blocks) => blocks.check(held.flat_map(|held| held.numbers.iter().copied())),
            Kept::Runs(blocks) => blocks.check(held, loose),
        }
        assert_eq!(self.used() + self.free(), self.total(), "L4: used + free = total");
    }
}
