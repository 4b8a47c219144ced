//! GPU blocks (`model.md` section 5), kept in one of two ways: one at a time for the plain engine
//! (`individual`), by runs for the fast one (`runs`). Which is meant is seen here alone.

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

#[cfg(test)]
mod tests {
    use super::*;
    use pointsman_plugin_api::BlockRun;
    use proptest::prelude::*;

    /// Prompts that share beginnings, cross pages, and hold the same content twice.
    fn contents() -> Vec<Content> {
        let run = |first, len| BlockRun { first, len };
        vec![
            Content::new(vec![run(5, 20)], vec![run(25, 4)]),
            Content::new(vec![run(5, 12), run(100, 9)], vec![]),
            Content::new(vec![run(5, 12), run(17, 9)], vec![run(u64::MAX - 2, 8)]),
            Content::new(vec![run(31, 2), run(31, 2), run(40, 1)], vec![]),
            Content::new(vec![run(7, 3)], vec![]),
        ]
    }

    #[derive(Debug, Clone)]
    enum Act {
        /// A request comes and takes its hits and this many blocks more, as there are.
        Come(usize, u64),
        /// The request at this place goes.
        Go(usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0..5usize, 0..30u64).prop_map(|(content, more)| Act::Come(content, more)),
            any::<prop::sample::Index>().prop_map(|at| Act::Go(at.index(8))),
        ]
    }

    proptest! {
        /// Both ways are one memory: hits, counts, evictions and the order of the free queue.
        #[test]
        fn blocks_by_runs_are_blocks_one_at_a_time(
            total in 1u32..60,
            acts in prop::collection::vec(act(), 1..80),
        ) {
            let contents = contents();
            let mut pools = [BlockPool::individual(total), BlockPool::by_runs(total)];
            let mut requests: [Vec<Held>; 2] = [vec![], vec![]];
            for act in acts {
                for (pool, requests) in pools.iter_mut().zip(&mut requests) {
                    match act {
                        Act::Go(at) if at < requests.len() => { pool.release(&mut requests.remove(at)); }
                        Act::Go(_) => {}
                        Act::Come(of, more) => {
                            let content = &contents[of];
                            let hit = pool.hit(content, content.blocks() - 1);
                            let more = more.min(content.blocks() - hit);
                            if !pool.have_beside_hits(more, content, hit) {
                                continue;
                            }
                            let mut held = Held::default();
                            pool.take_hits(content, hit, &mut held);
                            pool.allocate(more, &mut held);
                            pool.register(&mut held, content, hit + more);
                            requests.push(held);
                        }
                    }
                    pool.check(requests.iter(), 0);
                }
                let [plain, fast] = &pools;
                prop_assert_eq!(plain.used(), fast.used());
                prop_assert_eq!(plain.peak_used(), fast.peak_used());
                let free = |pool: &BlockPool| {
                    let mut all = vec![];
                    pool.each_free_content(|first, len| {
                        all.extend((0..len).rev().map(|at| first + at));
                        Ok::<(), ()>(())
                    })
                    .unwrap();
                    all
                };
                prop_assert_eq!(free(plain), free(fast));
                let cached = |pool: &BlockPool| {
                    let mut all: Vec<u64> = pool.cached().collect();
                    all.sort_unstable();
                    all
                };
                prop_assert_eq!(cached(plain), cached(fast));
                for content in &contents {
                    let most = content.blocks();
                    prop_assert_eq!(plain.hit(content, most), fast.hit(content, most));
                }
            }
        }
    }
}
