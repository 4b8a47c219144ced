//! Policies for tests, through the same glue as those of libraries.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use pointsman::policy::{ClassWeights, Loaded, OnError, Router, Seat, baseline};
use pointsman_plugin_api::Column;
use pointsman_plugin_api::abi::{
    self, AdmissionBox, FilterBox, NamedColumn, PickerBox, PriorityBox, RSlice, SchedulerBox, ScorerBox,
    SetupCall,
};
use pointsman_plugin_api::prelude::*;

/// Builds an object with the facts that it may ask for.
fn with_setup<R>(build: impl FnOnce(SetupCall<'_>) -> R) -> R {
    let (blocks, instances, seed) = ([1000u64], [4u64], [7u64]);
    let facts = [
        NamedColumn { id: setup::TOTAL_KV_BLOCKS.id().into(), column: Column::of(&blocks) },
        NamedColumn { id: setup::INSTANCES.id().into(), column: Column::of(&instances) },
        NamedColumn { id: setup::SEED.id().into(), column: Column::of(&seed) },
    ];
    build(SetupCall { facts: RSlice::from_slice(&facts) })
}

fn ids(needs: &'static [Need]) -> impl Iterator<Item = &'static str> {
    needs.iter().map(|need| need.id)
}

/// Defines how a policy of a kind of the router is built and seated.
macro_rules! router_kind {
    ($load:ident, $seat:ident, $build:ident, $trait:ident, $object:ty, $uses_scores:expr) => {
        pub(crate) fn $load<T: $trait>(params: &str) -> Loaded<$object> {
            let object = with_setup(|call| abi::$build::<T>(call, params.into()))
                .into_result()
                .unwrap_or_else(|f| panic!("{f:?}"));
            Loaded::new(T::INFO.name, "built in", object, ids(T::ATTRIBUTES), ids(T::SIGNALS))
                .with_hooks(ids(T::HOOKS))
                .with_scores($uses_scores)
        }

        pub(crate) fn $seat<T: $trait>(params: &str) -> Seat<$object> {
            Seat::new($load::<T>(params), OnError::Fail, None)
        }
    };
}

router_kind!(load_scorer, scorer, scorer, Scorer, ScorerBox, true);
router_kind!(load_filter, filter, filter, Filter, FilterBox, true);
router_kind!(load_picker, picker, picker, Picker, PickerBox, T::USES_SCORES);
router_kind!(load_admission, admission, admission, Admission, AdmissionBox, true);

/// A router over scorers with weights; ties go to the lowest index.
pub(crate) fn max_score(scorers: Vec<Seat<ScorerBox>>, weights: ClassWeights) -> Router {
    Router::new(Vec::new(), scorers, weights, picker::<baseline::MaxScore>(r#"{"tie_break": "first"}"#))
}

pub(crate) fn load_scheduler<T: Scheduler>(params: &str) -> Loaded<SchedulerBox> {
    let object = with_setup(|call| abi::scheduler::<T>(call, params.into()))
        .into_result()
        .unwrap_or_else(|f| panic!("{f:?}"));
    Loaded::new(T::INFO.name, "built in", object, ids(T::ATTRIBUTES), [])
}

pub(crate) fn load_priority<T: Priority>(params: &str) -> Loaded<PriorityBox> {
    let object = with_setup(|call| abi::priority::<T>(call, params.into()))
        .into_result()
        .unwrap_or_else(|f| panic!("{f:?}"));
    Loaded::new(T::INFO.name, "built in", object, ids(T::ATTRIBUTES), [])
}

pub(crate) fn scheduler<T: Scheduler>() -> Seat<SchedulerBox> {
    Seat::new(load_scheduler::<T>("{}"), OnError::Fail, None)
}

pub(crate) fn priority<T: Priority>(params: &str) -> Seat<PriorityBox> {
    Seat::new(load_priority::<T>(params), OnError::Fail, None)
}

/// What the router saw of an instance.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) queue_depth: u64,
    pub(crate) batch_size: u64,
    pub(crate) kv_utilization: f64,
    pub(crate) free_kv_blocks: u64,
    pub(crate) total_kv_blocks: u64,
    pub(crate) cache_hit_rate: f64,
    pub(crate) pending_transfer_latency: u64,
    pub(crate) kv_thrashing_rate: f64,
    pub(crate) preemption_count: u64,
    pub(crate) waiting_tokens: u64,
    pub(crate) cpu_kv_utilization: f64,
    pub(crate) cached_prefix_blocks: u64,
    pub(crate) pending_requests: u64,
    pub(crate) inflight_requests: u64,
    pub(crate) inflight_tokens: u64,
    /// Of what the instance reports.
    pub(crate) age_us: u64,
    /// Of what the router counts.
    pub(crate) router_age_us: u64,
}

/// One decision of the router.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) now_us: u64,
    pub(crate) request: u64,
    pub(crate) rows: Vec<Row>,
}

pub(crate) type Log = Arc<Mutex<Vec<Seen>>>;

thread_local! {
    /// Where a scorer that is built on this thread writes to.
    static LOG: RefCell<Log> = RefCell::default();
}

/// A new log; scorers built from now on write to it.
pub(crate) fn start_log() -> Log {
    let log = Log::default();
    LOG.set(Arc::clone(&log));
    log
}

/// Sends each request to the instance that its tenant names, and writes down what it sees.
pub(crate) struct Steer {
    log: Log,
}

impl Scorer for Steer {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "steer", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required(), attribute::TENANT.required()];
    const SIGNALS: &'static [Need] = &[
        signal::QUEUE_DEPTH.required(),
        signal::BATCH_SIZE.required(),
        signal::KV_UTILIZATION.required(),
        signal::FREE_KV_BLOCKS.required(),
        signal::TOTAL_KV_BLOCKS.required(),
        signal::CACHE_HIT_RATE.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
        signal::KV_THRASHING_RATE.required(),
        signal::PREEMPTION_COUNT.required(),
        signal::WAITING_TOKENS.required(),
        signal::CPU_KV_UTILIZATION.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::PENDING_REQUESTS.required(),
        signal::INFLIGHT_REQUESTS.required(),
        signal::INFLIGHT_TOKENS.required(),
    ];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { log: LOG.with_borrow(Arc::clone) })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let row = |at: usize| Row {
            queue_depth: instances.get(&signal::QUEUE_DEPTH)[at],
            batch_size: instances.get(&signal::BATCH_SIZE)[at],
            kv_utilization: instances.get(&signal::KV_UTILIZATION)[at],
            free_kv_blocks: instances.get(&signal::FREE_KV_BLOCKS)[at],
            total_kv_blocks: instances.get(&signal::TOTAL_KV_BLOCKS)[at],
            cache_hit_rate: instances.get(&signal::CACHE_HIT_RATE)[at],
            pending_transfer_latency: instances.get(&signal::PENDING_TRANSFER_LATENCY)[at],
            kv_thrashing_rate: instances.get(&signal::KV_THRASHING_RATE)[at],
            preemption_count: instances.get(&signal::PREEMPTION_COUNT)[at],
            waiting_tokens: instances.get(&signal::WAITING_TOKENS)[at],
            cpu_kv_utilization: instances.get(&signal::CPU_KV_UTILIZATION)[at],
            cached_prefix_blocks: instances.get(&signal::CACHED_PREFIX_BLOCKS)[at],
            pending_requests: instances.get(&signal::PENDING_REQUESTS)[at],
            inflight_requests: instances.get(&signal::INFLIGHT_REQUESTS)[at],
            inflight_tokens: instances.get(&signal::INFLIGHT_TOKENS)[at],
            age_us: instances.age_us(&signal::QUEUE_DEPTH, at),
            router_age_us: instances.age_us(&signal::PENDING_REQUESTS, at),
        };
        let seen = Seen {
            now_us: request.now_us(),
            request: request.get(&attribute::ID),
            rows: (0..scores.len()).map(row).collect(),
        };
        self.log.lock().unwrap().push(seen);
        let goal = request.get(&attribute::TENANT).parse().unwrap_or(0);
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if at == goal { 1.0 } else { 0.0 };
        }
        Ok(())
    }
}

/// The order of `priority-fcfs`: priority, highest first; equal ones by arrival, then id.
pub(crate) struct PriorityFcfs;

impl Scheduler for PriorityFcfs {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "priority-fcfs", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::PRIORITY.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }
    fn order(&self) -> Order {
        Order::Fixed
    }
    fn uses_priority(&self) -> bool {
        true
    }
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        for (key, priority) in keys.iter_mut().zip(queue.get(&attribute::PRIORITY)) {
            *key = Key::of(0.0 - priority);
        }
        Ok(())
    }
}
