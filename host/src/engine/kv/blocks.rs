//! GPU blocks (`model.md` section 5), kept in one of two ways: one at a time for the plain engine
//! (`individual`), by runs for the fast one (`paged`). Which is meant is seen here alone.

use pointsman_plugin_api::KvEventKind;

use super::individual::IndividualBlocks;
use super::log::KvLog;
use super::paged::PagedBlocks;
use crate::workload::Content;

/// "No block" in the linked lists.
pub(super) const NONE: u32 = u32::MAX;

enum Kept {
    Individual(IndividualBlocks),
    Paged(PagedBlocks),
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
            Kept::Paged($blocks) => $what,
        }
    };
}

impl BlockPool {
    /// Blocks that are kept one at a time.
    pub(crate) fn individual(total: u32) -> Self {
        Self { kept: Kept::Individual(IndividualBlocks::new(total)), log: KvLog::default() }
    }

    /// Blocks that are kept by runs; more than fit their numbers of pages are kept one at a time.
    pub(crate) fn paged(total: u32) -> Self {
        if total >= PagedBlocks::MOST {
            return Self::individual(total);
        }
        Self { kept: Kept::Paged(PagedBlocks::new(total)), log: KvLog::default() }
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

    /// How many of the first `most` blocks of a content are cached, without a gap.
    pub(crate) fn hit(&self, content: &Content, most: u64) -> u64 {
        self.each_hit(content, most, |_| {})
    }

    /// Whether there are `needed` free blocks beside the first `hit` of a content, which are all cached, and
    /// which may be free themselves.
    pub(crate) fn have_beside_hits(&self, needed: u64, content: &Content, hit: u64) -> bool {
        let free = u64::from(self.free());
        let mut hits = 0;
        either!(&self.kept, blocks => {
            self.each_hit(content, hit, |block| hits += u64::from(blocks.is_free(block)));
        });
        if needed + hits <= free || hits == 0 {
            return needed + hits <= free;
        }
        // A trace may say that a prompt holds one content twice: then it is one block, which counts once.
        let mut once = Vec::new();
        self.each_hit(content, hit, |block| once.push(block));
        once.sort_unstable();
        once.dedup();
        either!(&self.kept, blocks => once.retain(|&block| blocks.is_free(block)));
        needed + once.len() as u64 <= free
    }

    fn each_hit(&self, content: &Content, most: u64, mut each: impl FnMut(u32)) -> u64 {
        match &self.kept {
            Kept::Individual(blocks) => {
                for index in 0..most {
                    let Some(block) = blocks.lookup(content.block(index)) else { return index };
                    each(block);
                }
                most
            }
            Kept::Paged(blocks) => {
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

    /// Takes one more reference on each of the first `hit` blocks of a content, which are all cached;
    /// free ones leave the free queue. They go to the end of `into`.
    pub(crate) fn take_hits(&mut self, content: &Content, hit: u64, into: &mut Vec<u32>) {
        let from = into.len();
        self.each_hit(content, hit, |block| into.push(block));
        assert_eq!((into.len() - from) as u64, hit, "L4: a hit just seen");
        for &block in &into[from..] {
            either!(&mut self.kept, blocks => blocks.take(block));
        }
    }

    /// Hands out the head of the free queue, `count` times, to the end of `into`; content cached in it
    /// is evicted. The caller has counted before: there are so many free blocks.
    pub(crate) fn allocate(&mut self, count: u64, into: &mut Vec<u32>) {
        match &mut self.kept {
            Kept::Paged(blocks) if !self.log.is_on() => blocks.allocate_many(count, into),
            kept => {
                for _ in 0..count {
                    let (block, gone) = either!(kept, blocks => blocks.allocate());
                    if let Some(gone) = gone {
                        self.log.push(KvEventKind::Evicted, gone);
                    }
                    into.push(block);
                }
            }
        }
    }

    /// Gives one reference back on each, the last first. Whether one became free that holds content.
    pub(crate) fn release(&mut self, all: &mut Vec<u32>) -> bool {
        let mut holds = false;
        either!(&mut self.kept, blocks => {
            while let Some(block) = all.pop() {
                holds |= blocks.release(block);
            }
        });
        holds
    }

    /// The blocks `from..to` of a request, which are in `held`, now hold their content, each as the
    /// newest of those that do.
    pub(crate) fn register(&mut self, held: &[u32], content: &Content, from: u64, to: u64) {
        match &mut self.kept {
            Kept::Paged(blocks) if !self.log.is_on() => {
                let mut at = from as usize;
                for run in content.runs_of(from, to) {
                    blocks.register_run(&held[at..at + run.len as usize], run.first);
                    at += run.len as usize;
                }
            }
            kept => {
                for index in from..to {
                    let (block, identity) = (held[index as usize], content.block(index));
                    if either!(kept, blocks => blocks.register(block, identity)) {
                        self.log.push(KvEventKind::Cached, identity);
                    }
                }
            }
        }
    }

    /// Calls `each` with the content of the free blocks that hold any, head of the free queue first.
    pub(crate) fn each_free_content<E>(&self, mut each: impl FnMut(u64) -> Result<(), E>) -> Result<(), E> {
        either!(&self.kept, blocks => blocks.free_contents().try_for_each(&mut each))
    }

    /// Every identity that is cached now, in no order.
    pub(crate) fn cached(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        either!(&self.kept, blocks => Box::new(blocks.cached()))
    }

    /// Law L4 in full: the free queue holds exactly the unreferenced blocks, and references are
    /// what the owners hold. `held` yields every block of every owner.
    pub(crate) fn check(&self, held: impl Iterator<Item = u32>) {
        either!(&self.kept, blocks => blocks.check(held));
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
            let mut pools = [BlockPool::individual(total), BlockPool::paged(total)];
            let mut requests: [Vec<Vec<u32>>; 2] = [vec![], vec![]];
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
                            let mut held = vec![];
                            pool.take_hits(content, hit, &mut held);
                            pool.allocate(more, &mut held);
                            pool.register(&held, content, hit, hit + more);
                            requests.push(held);
                        }
                    }
                    pool.check(requests.iter().flatten().copied());
                }
                let [plain, fast] = &pools;
                prop_assert_eq!(plain.used(), fast.used());
                prop_assert_eq!(plain.peak_used(), fast.peak_used());
                let free = |pool: &BlockPool| {
                    let mut all = vec![];
                    pool.each_free_content(|identity| { all.push(identity); Ok::<(), ()>(()) }).unwrap();
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
