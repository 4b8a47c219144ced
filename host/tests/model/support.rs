//! Builders in a line each: a cluster, its requests, a run of it.

use std::collections::{BTreeMap, VecDeque};

use pointsman::engine::{
    ClusterSettings, EngineSettings, Gap, KvSettings, LinearLatency, Preemption, Reload, RequestRecord,
    RunError, Simulation, Sink, State, Totals, Unwatched,
};
use pointsman::policy::{
    Admission, ClassWeights, FailureCount, Ordering, Picker, Policies, Router, Seat, TieBreak, baseline,
};
use pointsman::workload::{Arrival, Content, End, Source, WorkloadError};
use pointsman_plugin_api::BlockRun;
use pointsman_plugin_api::abi::{PriorityBox, SchedulerBox};

use crate::policies::{self, Seen, Steer};

/// `instances` instances of 1000 blocks of 16 tokens, without a CPU tier.
pub(crate) fn cluster(instances: u32) -> ClusterSettings {
    ClusterSettings {
        instances,
        kv: KvSettings {
            blocks: 1000,
            block_size: 16,
            cpu_blocks: 0,
            offload_threshold: 0.9,
            transfer_bandwidth: 100,
            transfer_base_latency_us: 0,
            reload: Reload::Blocking,
            thrash_window_us: 1000,
        },
        engine: EngineSettings {
            max_num_seqs: 256,
            max_num_batched_tokens: 2048,
            long_prefill_token_threshold: 0,
            preemption: Preemption::Tail,
        },
        latency: LinearLatency { alpha: [0.0; 3], beta: [1000.0, 10.0, 1.0], beta3: None },
        refresh_interval_us: 0,
        admission_latency_us: 0,
        routing_latency_us: 0,
        horizon_us: None,
    }
}

/// Memory of the instance of [`Lab::tiered`], in blocks.
pub(crate) struct Tier {
    pub(crate) gpu: u32,
    pub(crate) cpu: u32,
}

/// A request to be: where it goes, and what it is made of.
#[derive(Clone)]
pub(crate) struct Req {
    arrival_us: u64,
    prompt: u64,
    output: u64,
    names: &'static str,
    /// Names beyond its blocks are ignored.
    surplus: bool,
    class: Option<&'static str>,
    instance: u32,
}

/// A request that arrives at `arrival_us`, with N = `prompt` and M = `output`, like no other.
pub(crate) fn at(arrival_us: u64, prompt: u64, output: u64) -> Req {
    Req { arrival_us, prompt, output, names: "", surplus: false, class: None, instance: 0 }
}

impl Req {
    /// Its first full blocks, by name, those that generation fills included: `a b c`. `p*3` is a
    /// run of three. Equal names are equal content; the blocks after them are its own.
    pub(crate) fn holds(mut self, names: &'static str) -> Self {
        self.names = names;
        self
    }

    /// The same; of more names than it has blocks, the first.
    pub(crate) fn holds_up_to(mut self, names: &'static str) -> Self {
        self.surplus = true;
        self.names = names;
        self
    }

    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    /// Where [`Steer`] sends it.
    pub(crate) fn to(mut self, instance: u32) -> Self {
        self.instance = instance;
        self
    }

    pub(crate) fn arrival(&self, id: u64, block_size: u64) -> Arrival {
        let all = (self.prompt + self.output - 1) / block_size;
        let mut named: Vec<BlockRun> = self.names.split_whitespace().map(run).collect();
        if self.surplus {
            named = split(named, all).0;
        }
        let known: u64 = named.iter().map(|run| run.len).sum();
        assert!(known <= all, "request {id} has {all} full blocks, not {known}");
        named.push(BlockRun { first: (1 << 63) | (id << 32) | known, len: all - known });
        let (prompt, output) = split(named, self.prompt / block_size);
        Arrival {
            id,
            arrival_us: self.arrival_us,
            prompt_tokens: self.prompt,
            output_tokens: self.output,
            max_tokens: None,
            slo_class: self.class.map(Into::into),
            tenant: Some(self.instance.to_string().into()),
            session: None,
            round: None,
            content: Content::new(prompt, output),
            ticket: None,
        }
    }
}

/// `name` or `name*count`: names of up to five letters.
fn run(text: &str) -> BlockRun {
    let (name, len) = text.split_once('*').map_or((text, 1), |(name, len)| (name, len.parse().unwrap()));
    assert!(name.len() <= 5);
    BlockRun { first: name.bytes().fold(0, |sum, byte| (sum << 8) | u64::from(byte)) << 16, len }
}

/// The first `blocks` blocks of some runs, and the others.
fn split(runs: Vec<BlockRun>, blocks: u64) -> (Vec<BlockRun>, Vec<BlockRun>) {
    let (mut head, mut tail, mut left) = (vec![], vec![], blocks);
    for BlockRun { first, len } in runs {
        let here = len.min(left);
        left -= here;
        head.push(BlockRun { first, len: here });
        tail.push(BlockRun { first: first + here, len: len - here });
    }
    (head, tail)
}

/// Requests whose arrivals are fixed beforehand.
struct Fixed(VecDeque<Arrival>);

impl Source for Fixed {
    fn total(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }
    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        Ok(self.0.front().map(|arrival| arrival.arrival_us))
    }
    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        Ok(self.0.pop_front())
    }
    fn on_end(&mut self, _: u64, _: End) -> Result<Option<Arrival>, WorkloadError> {
        Ok(None)
    }
}

type Seats = (Seat<SchedulerBox>, Seat<PriorityBox>);

/// A cluster with its policies and requests, before the run. Unless told otherwise it admits all,
/// routes by [`Steer`], which writes down what it sees, and queues first come, first served.
pub(crate) struct Lab {
    pub(crate) settings: ClusterSettings,
    pub(crate) admission: Admission,
    pub(crate) router: Option<Router>,
    pub(crate) seats: Box<dyn Fn() -> Seats>,
    requests: Vec<Req>,
}

impl Lab {
    pub(crate) fn new(settings: ClusterSettings) -> Self {
        let seats =
            || (policies::scheduler::<baseline::Fcfs>(), policies::priority::<baseline::Constant>("{}"));
        Self {
            settings,
            admission: Admission::AlwaysAdmit,
            router: None,
            seats: Box::new(seats),
            requests: vec![],
        }
    }

    /// One instance with so many blocks.
    pub(crate) fn of_blocks(blocks: u32) -> Self {
        let mut lab = Self::new(cluster(1));
        lab.settings.kv.blocks = blocks;
        lab
    }

    /// One instance with a CPU tier that takes 100 ticks a block, and another that only watches.
    /// Request 0, of one token and 16 steps, holds one GPU block: so the GPU is never unused, and
    /// with a threshold of 0 all that is freed is offloaded at once.
    pub(crate) fn tiered(tier: Tier) -> Self {
        let mut lab = Self::new(cluster(2));
        lab.settings.kv.blocks = tier.gpu;
        lab.settings.kv.cpu_blocks = tier.cpu;
        lab.settings.kv.offload_threshold = 0.0;
        lab.settings.kv.transfer_bandwidth = 16;
        lab.settings.kv.transfer_base_latency_us = 99;
        lab.add([at(0, 1, 16)]);
        lab
    }

    /// Requests that take so many GPU blocks and fill none: what was cached in them is gone, and
    /// nothing comes in its place. With request 0 a step of four takes 1000 + 600 + 1.
    pub(crate) fn flush(&mut self, arrival_us: u64, blocks: usize) -> &mut Self {
        self.add(std::iter::repeat_n(at(arrival_us, 15, 1), blocks))
    }

    /// Queues by `priority-fcfs` over `slo-class` with these parameters.
    pub(crate) fn priority_fcfs(&mut self, params: &'static str) {
        self.seats = Box::new(move || {
            (
                policies::scheduler::<policies::PriorityFcfs>(),
                policies::priority::<baseline::SloClass>(params),
            )
        });
    }

    /// Adds requests, in order of arrival; their ids count up from 0.
    pub(crate) fn add(&mut self, requests: impl IntoIterator<Item = Req>) -> &mut Self {
        self.requests.extend(requests);
        self
    }

    pub(crate) fn run(self) -> Run {
        self.try_run().unwrap()
    }

    pub(crate) fn try_run(self) -> Result<Run, RunError> {
        assert!(self.requests.is_sorted_by_key(|request| request.arrival_us));
        let block_size = self.settings.kv.block_size;
        let ids = self.requests.iter().zip(0..);
        let mut source = Fixed(ids.map(|(request, id)| request.arrival(id, block_size)).collect());
        self.run_source(&mut source)
    }

    /// The same with requests from elsewhere.
    pub(crate) fn run_source(self, source: &mut dyn Source) -> Result<Run, RunError> {
        let log = policies::start_log();
        policies::take_calls();
        let steer = || {
            let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
            Router::new(Picker::MaxScore, TieBreak::First, vec![policies::scorer::<Steer>("{}")], weights)
        };
        let ordering = |index| {
            let (scheduler, priority) = (self.seats)();
            Ordering::new(index, scheduler, priority)
        };
        let mut policies = Policies {
            router: self.router.unwrap_or_else(steer),
            admission: self.admission,
            orderings: (0..self.settings.instances).map(ordering).collect(),
        };
        let mut run = Run::default();
        run.totals = Simulation::new(&self.settings, &mut policies, source, &mut run).run(&mut Unwatched)?;
        run.records.sort_by_key(|record| record.id);
        run.seen = std::mem::take(&mut *log.lock().unwrap());
        run.failures = policies.failures();
        run.clamped = policies.router.clamped_scores();
        Ok(run)
    }
}

/// What a run left behind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Run {
    /// By id.
    pub(crate) records: Vec<RequestRecord>,
    /// Ids in the order in which requests ended.
    pub(crate) ended: Vec<u64>,
    pub(crate) totals: Totals,
    /// What the router saw at each decision.
    pub(crate) seen: Vec<Seen>,
    pub(crate) failures: Vec<FailureCount>,
    pub(crate) clamped: u64,
    gaps: BTreeMap<u64, Vec<Gap>>,
}

impl Sink for Run {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        self.ended.push(record.id);
        self.gaps.insert(record.id, gaps.to_vec());
        self.records.push(record);
    }
}

impl Run {
    pub(crate) fn of(&self, id: usize) -> &RequestRecord {
        &self.records[id]
    }

    /// Ticks at which the client saw its tokens.
    pub(crate) fn tokens(&self, id: usize) -> Vec<u64> {
        let record = self.of(id);
        let mut seen: Vec<u64> = record.ttft_us.iter().map(|us| record.arrival_us + us).collect();
        for gap in &self.gaps[&(id as u64)] {
            for _ in 0..gap.count {
                seen.push(seen.last().unwrap() + gap.gap_us);
            }
        }
        seen
    }

    /// Tick at which the client saw its first token.
    pub(crate) fn first(&self, id: usize) -> u64 {
        self.of(id).arrival_us + self.of(id).ttft_us.unwrap()
    }

    /// Tick at which the first step that computed something for it started.
    pub(crate) fn start(&self, id: usize) -> u64 {
        self.of(id).first_scheduled_us.unwrap()
    }

    /// Tokens hit in GPU memory and in the CPU tier.
    pub(crate) fn hits(&self, id: usize) -> (u64, u64) {
        (self.of(id).hit_tokens_gpu, self.of(id).hit_tokens_cpu)
    }

    /// What the router saw when it routed the request.
    pub(crate) fn seen(&self, id: u64) -> &Seen {
        self.seen.iter().find(|seen| seen.request == id).unwrap()
    }

    pub(crate) fn instances(&self) -> Vec<Option<u32>> {
        self.records.iter().map(|record| record.instance).collect()
    }

    pub(crate) fn states(&self) -> Vec<State> {
        self.records.iter().map(|record| record.state).collect()
    }
}
