//! One instance: its queue, its batch, its memory.

use super::kv::{BlockPool, CpuTier, Landings, Link};
use super::outcome::InstanceTotals;
use super::queue::WaitingQueue;
use super::quiet::{Batch, LARGEST_BLOCK};
use super::request::Request;
use super::settings::{Engine, KvSettings};

/// The state of one instance between events.
pub(crate) struct Instance {
    pub(crate) waiting: WaitingQueue,
    /// Slots of running requests, in the order in which they were last admitted; those in `batch` are
    /// not among them.
    pub(crate) running: Vec<u32>,
    /// Running requests that only decode, in the fast engine.
    pub(crate) batch: Batch,
    /// Admissions to the batch so far: the order of the running requests.
    pub(crate) seats: u64,
    /// Slots of requests that wait for their blocks.
    pub(crate) loading: Vec<u32>,
    /// The step under way: slots in the order in which they got their tokens.
    pub(crate) plan: Vec<u32>,
    pub(crate) blocks: BlockPool,
    pub(crate) cpu: CpuTier,
    /// Offloads whose ends are no events (see `transfer`).
    pub(crate) landings: Landings,
    /// GPU to CPU.
    pub(crate) offload_link: Link,
    /// CPU to GPU.
    pub(crate) reload_link: Link,
    /// Since when a step is under way, if one is.
    busy_since_us: Option<u64>,
    /// Start and end of the step that ended last.
    last_step_us: Option<(u64, u64)>,
    /// Blocking reloads make the step under way longer.
    is_reloading: bool,
    /// A step start is among the events to come.
    pub(crate) start_due: bool,
    /// Something may have become worth offloading since the last look.
    pub(crate) offload_worth_a_look: bool,
    /// Starts repeated since the last token.
    pub(crate) starts_in_vain: u64,
    /// Routed here, not yet in the queue.
    pub(crate) pending_requests: u64,
    /// Routed here, not yet finished.
    pub(crate) inflight_requests: u64,
    /// Prompt tokens of those.
    pub(crate) inflight_tokens: u64,
    /// Sum of num_tokens of waiting requests.
    pub(crate) waiting_tokens: u64,
    pub(crate) totals: InstanceTotals,
    /// Since when the number of used blocks is what it is.
    used_since_us: u64,
}

impl Instance {
    /// An instance without requests; `adds_up_gaps`: gaps are not told request by request.
    pub(crate) fn new(kv: &KvSettings, engine: Engine, adds_up_gaps: bool) -> Self {
        let (blocks, cpu, counted) = match engine {
            Engine::Plain => (BlockPool::individual(kv.blocks), CpuTier::individual(kv.cpu_blocks), 1),
            Engine::Fast => {
                let counted = kv.block_size.min(LARGEST_BLOCK);
                (BlockPool::by_runs(kv.blocks), CpuTier::by_runs(kv.cpu_blocks), counted)
            }
        };
        Self {
            waiting: WaitingQueue::default(),
            running: Vec::new(),
            batch: Batch::new(counted, adds_up_gaps),
            seats: 0,
            loading: Vec::new(),
            plan: Vec::new(),
            blocks,
            cpu,
            landings: Landings::default(),
            offload_link: Link::default(),
            reload_link: Link::default(),
            busy_since_us: None,
            last_step_us: None,
            is_reloading: false,
            start_due: false,
            offload_worth_a_look: false,
            starts_in_vain: 0,
            pending_requests: 0,
            inflight_requests: 0,
            inflight_tokens: 0,
            waiting_tokens: 0,
            totals: InstanceTotals::default(),
            used_since_us: 0,
        }
    }

    /// Accounts for the blocks in use up to now; called before their number changes.
    pub(crate) fn account_use(&mut self, now_us: u64) {
        let ticks = u128::from(now_us - self.used_since_us);
        self.totals.used_block_us += ticks * u128::from(self.blocks.used());
        self.used_since_us = now_us;
    }

    /// How many requests run.
    pub(crate) fn batch_size(&self) -> u64 {
        (self.running.len() + self.batch.len()) as u64
    }

    /// Since when a step is under way, if one is.
    pub(crate) fn busy_since_us(&self) -> Option<u64> {
        self.busy_since_us
    }

    /// The step under way is another than was noted last, which has been accounted for; `None`: none is.
    pub(crate) fn move_step(&mut self, since_us: Option<u64>) {
        self.busy_since_us = since_us;
    }

    /// The step that ended last, accounted for.
    pub(crate) fn note_last_step(&mut self, start_us: u64, end_us: u64) {
        self.last_step_us = Some((start_us, end_us));
    }

    /// Start of the step that ends at this tick, if one does.
    pub(crate) fn start_of_step_before(&self, now_us: u64) -> Option<u64> {
        self.last_step_us.filter(|&(_, end_us)| end_us == now_us).map(|(start_us, _)| start_us)
    }

    /// Whether a step is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy_since_us.is_some()
    }

    /// A step begins, with blocking reloads or without.
    pub(crate) fn begin_step(&mut self, now_us: u64, is_reloading: bool) {
        self.busy_since_us = Some(now_us);
        self.is_reloading = is_reloading;
        self.totals.steps += 1;
        self.totals.reloading_steps += u64::from(is_reloading);
    }

    /// Accounts for the time of the step under way, if one is: it ends, or the run does.
    pub(crate) fn account_step(&mut self, now_us: u64) {
        if let Some(since_us) = self.busy_since_us.take() {
            self.totals.busy_us += now_us - since_us;
            self.last_step_us = Some((since_us, now_us));
            if self.is_reloading {
                self.totals.reloading_step_us += now_us - since_us;
            }
        }
    }

    /// Puts a request at the back of the queue.
    pub(crate) fn enqueue(&mut self, slot: u32, request: &mut Request) {
        self.waiting_tokens += request.num_tokens();
        self.waiting.push_back(slot, request);
    }

    /// Puts a request at the head of the queue.
    pub(crate) fn enqueue_first(&mut self, slot: u32, request: &mut Request) {
        self.waiting_tokens += request.num_tokens();
        self.waiting.push_front(slot, request);
    }

    /// Gives all blocks of a request back, deepest first; their content stays cached.
    pub(crate) fn release_blocks(&mut self, request: &mut Request) {
        self.offload_worth_a_look |= self.blocks.release(&mut request.blocks);
        request.computed = 0;
        request.loaded = false;
    }

    /// Gives a request the blocks that its next `n` tokens need, and caches those that they fill.
    pub(crate) fn extend(&mut self, request: &mut Request, n: u64, block_size: u64) {
        let needed = (request.computed + n).div_ceil(block_size);
        let missing = needed.saturating_sub(request.blocks.len());
        self.blocks.allocate(missing, &mut request.blocks);
        self.cache(request, (request.computed + n) / block_size);
    }

    /// Registers the content of the request's blocks before number `to`.
    pub(crate) fn cache(&mut self, request: &mut Request, to: u64) {
        self.blocks.register(&mut request.blocks, &request.arrival.content, to);
    }

    /// The GPU hit of a request: its longest cached prefix of full blocks; at least one token is
    /// always left to compute. Looking changes nothing.
    pub(crate) fn gpu_hit(&self, request: &Request, block_size: u64) -> u64 {
        gpu_hit(&self.blocks, request, block_size)
    }

    /// The unbroken run of blocks after a GPU hit of `hit` that the CPU tier holds.
    pub(crate) fn cpu_hit(&self, request: &Request, hit: u64, block_size: u64) -> u64 {
        cpu_hit(&self.cpu, request, hit, block_size)
    }
}

fn gpu_hit(blocks: &BlockPool, request: &Request, block_size: u64) -> u64 {
    let most = (request.num_tokens() - 1) / block_size;
    blocks.hit(&request.arrival.content, most)
}

fn cpu_hit(cpu: &CpuTier, request: &Request, hit: u64, block_size: u64) -> u64 {
    if cpu.is_off() {
        return 0;
    }
    let most = (request.num_tokens() - 1) / block_size;
    let mut held = 0;
    for run in request.arrival.content.runs_of(hit, most) {
        let here = cpu.prefix(run.first, run.len);
        held += here;
        if here < run.len {
            break;
        }
    }
    held
}

/// Tokens that the next admission of a waiting request would have to compute now.
pub(crate) fn remaining_prefill_tokens(
    blocks: &BlockPool,
    cpu: &CpuTier,
    request: &Request,
    block_size: u64,
) -> u64 {
    if request.loaded {
        return request.num_tokens() - request.computed;
    }
    let hit = gpu_hit(blocks, request, block_size);
    request.num_tokens() - (hit + cpu_hit(cpu, request, hit, block_size)) * block_size
}
