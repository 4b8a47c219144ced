//! A cluster with its policies and requests, in a line each, and a run of it.

use std::collections::VecDeque;

use pointsman::engine::{
    ClusterSettings, Engine, EngineSettings, KvSettings, LatencyModel, Preemption, Progress, Reload,
    RunError, Simulation, Watch,
};
use pointsman::policy::{ClassWeights, Ordering, Policies, Router, Seat, baseline};
use pointsman::workload::{Arrival, End, Source, WorkloadError};
use pointsman_plugin_api::abi::{AdmissionBox, PriorityBox, SchedulerBox};

use crate::faulty;
use crate::policies::{self, Steer};
pub(crate) use crate::request::{Req, at};
pub(crate) use crate::run::{Run, failure};

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
            async_scheduling: false,
        },
        latency: LatencyModel::linear([0.0; 3], [1000.0, 10.0, 1.0], None),
        refresh_interval_us: 0,
        completion_delay_us: 0,
        kv_event_delay_us: 0,
        admission_latency_us: 0,
        routing_latency_us: 0,
        horizon_us: None,
    }
}

/// The engine that all is tried with: that of `POINTSMAN_ENGINE`, or else the default.
fn engine() -> Engine {
    match std::env::var("POINTSMAN_ENGINE") {
        Ok(name) => Engine::NAMES.iter().find(|(known, _)| *known == name).unwrap().1,
        Err(_) => Engine::default(),
    }
}

/// Memory of the instance of [`Lab::tiered`], in blocks.
pub(crate) struct Tier {
    pub(crate) gpu: u32,
    pub(crate) cpu: u32,
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

/// Ends a run that goes on for ever, with `RunError::Interrupted`.
struct Patience {
    until_us: u64,
}

impl Watch for Patience {
    fn go_on(&mut self, progress: Progress) -> bool {
        progress.now_us < self.until_us
    }
}

type Seats = (Seat<SchedulerBox>, Seat<PriorityBox>);

/// A cluster with its policies and requests, before the run. Unless told otherwise it admits all,
/// routes by [`Steer`], which writes down what it sees, and queues first come, first served.
pub(crate) struct Lab {
    pub(crate) settings: ClusterSettings,
    pub(crate) engine: Engine,
    pub(crate) admission: Seat<AdmissionBox>,
    pub(crate) router: Option<Router>,
    pub(crate) seats: Box<dyn Fn() -> Seats>,
    /// A run that takes longer, in simulated time, goes on for ever.
    pub(crate) patience_us: u64,
    requests: Vec<Req>,
}

impl Lab {
    pub(crate) fn new(settings: ClusterSettings) -> Self {
        let seats =
            || (policies::scheduler::<baseline::Fcfs>(), policies::priority::<baseline::Constant>("{}"));
        Self {
            settings,
            engine: engine(),
            admission: policies::admission::<baseline::AlwaysAdmit>("{}"),
            router: None,
            seats: Box::new(seats),
            patience_us: 10_000_000,
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
        faulty::take_calls();
        let steer = || {
            let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
            policies::max_score(vec![policies::scorer::<Steer>("{}")], weights)
        };
        let ordering = |index| {
            let (scheduler, priority) = (self.seats)();
            Ordering::new(index, scheduler, priority)
        };
        let mut policies = Policies {
            trial: None,
            router: self.router.unwrap_or_else(steer),
            admission: self.admission,
            orderings: (0..self.settings.instances).map(ordering).collect(),
        };
        let mut run = Run::default();
        run.totals = Simulation::new(&self.settings, self.engine, &mut policies, source, &mut run)
            .run(&mut Patience { until_us: self.patience_us })?;
        run.records.sort_by_key(|record| record.id);
        run.seen = std::mem::take(&mut *log.lock().unwrap());
        run.failures = policies.failures();
        run.ejections = policies.ejections();
        run.clamped = policies.router.clamped_scores();
        run.emptied = policies.router.passed_over_filters();
        Ok(run)
    }
}
