//! What an instance has cached of a request: asked of the instance, or known from its KV events.

use pointsman_plugin_api::prelude::*;
use rustc_hash::FxHashSet;

/// The prefix of a request that an instance holds. \[blocks\]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hit {
    /// Full blocks in GPU memory, from the first on.
    pub gpu: u64,
    /// Full blocks that follow and are in the CPU tier; always 0 where the source is the signal.
    pub cpu: u64,
}

/// Finds the hits of a request on each instance.
pub struct PrefixHits {
    block_size: u64,
    /// Known from KV events, by instance; `None`: the signal says it.
    index: Option<Vec<Contents>>,
    /// A GPU index that has so many blocks takes no more until some are evicted: twice what an
    /// instance has, so that only a host that forgets evictions ever gets there.
    most_gpu: usize,
}

/// What one instance holds, by identity.
#[derive(Default)]
struct Contents {
    gpu: FxHashSet<u64>,
    cpu: FxHashSet<u64>,
}

/// As `most_gpu`, for the CPU tier, whose size no policy is told.
const MOST_CPU: usize = 1 << 24;

impl PrefixHits {
    /// The signals to declare.
    pub const SIGNALS: [Need; 2] = [signal::INSTANCE.required(), signal::CACHED_PREFIX_BLOCKS.required()];
    /// The attributes to declare.
    pub const ATTRIBUTES: &'static [Need] =
        &[attribute::PROMPT_TOKENS.required(), attribute::PROMPT_BLOCKS.required()];
    /// The hooks to declare.
    pub const HOOKS: &'static [Need] = &[hook::KV_EVENTS.optional()];
    /// The name of the source that is a signal, which every host has.
    pub const SIGNAL: &'static str = "signal";
    /// The name of the source that is an index, kept from the hook on KV events.
    pub const KV_EVENTS: &'static str = "kv-events";

    /// Reads from the source with this name.
    ///
    /// # Errors
    ///
    /// A sentence, if there is none.
    pub fn new(source: &str, setup: &Setup<'_>) -> Result<Self, String> {
        let instances = setup.get(&setup::INSTANCES);
        let index = match source {
            Self::SIGNAL => None,
            Self::KV_EVENTS => Some((0..instances).map(|_| Contents::default()).collect()),
            other => return Err(format!("`source` must be `signal` or `kv-events`, not `{other}`")),
        };
        let most_gpu = usize::try_from(setup.get(&setup::TOTAL_KV_BLOCKS)).unwrap_or(usize::MAX);
        Ok(Self { block_size: setup.get(&setup::BLOCK_SIZE), index, most_gpu: most_gpu.saturating_mul(2) })
    }

    /// Whether it reads the signal or attribute with this id.
    #[must_use]
    pub fn reads(&self, id: &str) -> bool {
        let by_events = self.index.is_some();
        match id {
            _ if id == signal::INSTANCE.id() || id == attribute::PROMPT_BLOCKS.id() => by_events,
            _ if id == signal::CACHED_PREFIX_BLOCKS.id() => !by_events,
            _ => true,
        }
    }

    /// Whether it knows the CPU tier.
    #[must_use]
    pub const fn knows_cpu(&self) -> bool {
        self.index.is_some()
    }

    /// Size of a block. \[tokens\]
    #[must_use]
    pub const fn block_size(&self) -> u64 {
        self.block_size
    }

    /// The request's full blocks.
    #[must_use]
    pub fn full_blocks(&self, request: &Request<'_>) -> u64 {
        request.get(&attribute::PROMPT_TOKENS) / self.block_size
    }

    /// The hit of the request on each candidate, into `hits`, which is emptied first. At least one
    /// token is always computed, so that a prompt of whole blocks has one block less at best.
    pub fn find(&self, request: &Request<'_>, instances: &Instances<'_>, hits: &mut Vec<Hit>) {
        hits.clear();
        let Some(index) = &self.index else {
            let signal = instances.get(&signal::CACHED_PREFIX_BLOCKS);
            hits.extend(signal.iter().map(|&gpu| Hit { gpu, cpu: 0 }));
            return;
        };
        let most = request.get(&attribute::PROMPT_TOKENS).saturating_sub(1) / self.block_size;
        let prompt = request.get(&attribute::PROMPT_BLOCKS);
        let known = |&instance: &u64| {
            let contents = usize::try_from(instance).ok().and_then(|at| index.get(at));
            contents.map_or_else(Hit::default, |contents| contents.hit(prompt, most))
        };
        hits.extend(instances.get(&signal::INSTANCE).iter().map(known));
    }

    /// Follows what an instance has cached and lost.
    pub fn follow(&mut self, events: &KvEvents<'_>) {
        let most_gpu = self.most_gpu;
        let at = usize::try_from(events.instance()).unwrap_or(usize::MAX);
        let Some(contents) = self.index.as_mut().and_then(|index| index.get_mut(at)) else { return };
        for event in events.iter() {
            match event.kind {
                KvEventKind::Cached => insert(&mut contents.gpu, event.blocks, most_gpu),
                KvEventKind::Evicted => remove(&mut contents.gpu, event.blocks),
                KvEventKind::Offloaded => insert(&mut contents.cpu, event.blocks, MOST_CPU),
                KvEventKind::CpuEvicted => remove(&mut contents.cpu, event.blocks),
                // The CPU tier keeps what is loaded from it, and GPU memory says `Cached` of it.
                _ => {}
            }
        }
    }
}

impl Contents {
    /// The longest prefix of at most `most` blocks in GPU memory, then in the CPU tier.
    fn hit(&self, prompt: &[BlockRun], most: u64) -> Hit {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut blocks = identities(prompt).take(most).peekable();
        let mut hit = Hit::default();
        while blocks.next_if(|block| self.gpu.contains(block)).is_some() {
            hit.gpu += 1;
        }
        while blocks.next_if(|block| self.cpu.contains(block)).is_some() {
            hit.cpu += 1;
        }
        hit
    }
}

/// Identities of the blocks of some runs, first to last.
fn identities(runs: &[BlockRun]) -> impl Iterator<Item = u64> + '_ {
    runs.iter().flat_map(|run| (0..run.len).map(|at| run.first.wrapping_add(at)))
}

fn insert(set: &mut FxHashSet<u64>, run: BlockRun, most: usize) {
    for block in identities(&[run]) {
        if set.len() >= most {
            return;
        }
        set.insert(block);
    }
}

fn remove(set: &mut FxHashSet<u64>, run: BlockRun) {
    // A run may be far longer than what is there of it.
    if run.len > set.len() as u64 {
        set.retain(|block| block.wrapping_sub(run.first) >= run.len);
    } else {
        identities(&[run]).for_each(|block| {
            set.remove(&block);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: u64, len: u64) -> BlockRun {
        BlockRun { first, len }
    }

    fn contents(gpu: &[BlockRun], cpu: &[BlockRun]) -> Contents {
        Contents { gpu: identities(gpu).collect(), cpu: identities(cpu).collect() }
    }

    #[test]
    fn a_hit_is_a_prefix_first_in_gpu_memory_then_in_the_cpu_tier() {
        let prompt = [run(10, 3), run(90, 3)];
        let hit = |gpu: &[BlockRun], cpu: &[BlockRun]| contents(gpu, cpu).hit(&prompt, 6);
        assert_eq!(hit(&[run(10, 2)], &[]), Hit { gpu: 2, cpu: 0 });
        // 11 is missing: what lies behind it is no hit.
        assert_eq!(hit(&[run(10, 1), run(12, 1)], &[]), Hit { gpu: 1, cpu: 0 });
        assert_eq!(hit(&[run(10, 2)], &[run(10, 3), run(90, 1)]), Hit { gpu: 2, cpu: 2 });
        // 92 is in GPU memory again, behind a part that is not: not found by either.
        assert_eq!(hit(&[run(10, 2), run(92, 1)], &[run(12, 1), run(90, 2)]), Hit { gpu: 2, cpu: 3 });
    }

    #[test]
    fn a_token_is_always_computed() {
        let all = contents(&[run(10, 4)], &[]);
        assert_eq!(all.hit(&[run(10, 4)], 3), Hit { gpu: 3, cpu: 0 });
        assert_eq!(contents(&[run(10, 2)], &[run(10, 4)]).hit(&[run(10, 4)], 3), Hit { gpu: 2, cpu: 1 });
    }

    #[test]
    fn runs_of_any_length_end() {
        let mut set: FxHashSet<u64> = identities(&[run(5, 4)]).collect();
        remove(&mut set, run(6, u64::MAX - 6));
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [5]);
        let mut set = FxHashSet::default();
        insert(&mut set, run(7, u64::MAX), 100);
        assert_eq!(set.len(), 100);
    }
}
