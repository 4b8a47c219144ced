//! Policies and an observer that note every call with all that they are given.

use pointsman::engine::{Levels, Moment, Observer, Routed, Step, Transfer};
use pointsman_plugin_api::prelude::*;

use crate::heard::note;

const ALL: &[Need] = &[
    signal::QUEUE_DEPTH.required(),
    signal::BATCH_SIZE.required(),
    signal::KV_UTILIZATION.required(),
    signal::FREE_KV_BLOCKS.required(),
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

/// What instances report.
const REPORTS: &[Need] = ALL.split_at(10).0;

/// What the router counts itself.
const ROUTER_COUNTS: &[Need] = ALL.split_at(11).1;

/// What of the instances is read: 0 all, 1 reports, 2 the router's counts.
const fn signals(reads: u8) -> &'static [Need] {
    match reads {
        0 => ALL,
        1 => REPORTS,
        _ => ROUTER_COUNTS,
    }
}

const COMPLETED: &[Need] = &[hook::COMPLETED.required()];
const ALL_HOOKS: &[Need] = &[hook::COMPLETED.required(), hook::KV_EVENTS.required()];

/// Hooks: 0 none, 1 completions, 2 all.
const fn hooks(has: u8) -> &'static [Need] {
    match has {
        0 => &[],
        1 => COMPLETED,
        _ => ALL_HOOKS,
    }
}

/// All that is read of the instances, as bits; what is not read is left out.
fn rows(instances: &Instances<'_>, reads: u8) -> Vec<Vec<u64>> {
    let mut all: Vec<Vec<u64>> = Vec::new();
    if reads < 2 {
        all.push(instances.get(&signal::QUEUE_DEPTH).to_vec());
        all.push(instances.get(&signal::BATCH_SIZE).to_vec());
        all.push(instances.get(&signal::FREE_KV_BLOCKS).to_vec());
        all.push(instances.get(&signal::PENDING_TRANSFER_LATENCY).to_vec());
        all.push(instances.get(&signal::PREEMPTION_COUNT).to_vec());
        all.push(instances.get(&signal::WAITING_TOKENS).to_vec());
        for ratio in [
            instances.get(&signal::KV_UTILIZATION),
            instances.get(&signal::CACHE_HIT_RATE),
            instances.get(&signal::KV_THRASHING_RATE),
            instances.get(&signal::CPU_KV_UTILIZATION),
        ] {
            all.push(ratio.iter().map(|ratio| ratio.to_bits()).collect());
        }
        let ages = (0..all[0].len()).map(|at| instances.age_us(&signal::QUEUE_DEPTH, at));
        all.push(ages.collect());
    }
    if reads != 1 {
        all.push(instances.get(&signal::PENDING_REQUESTS).to_vec());
        all.push(instances.get(&signal::INFLIGHT_REQUESTS).to_vec());
        all.push(instances.get(&signal::INFLIGHT_TOKENS).to_vec());
    }
    if reads == 0 {
        all.push(instances.get(&signal::CACHED_PREFIX_BLOCKS).to_vec());
    }
    all
}

/// Sends each request where it wants to go, and notes what it reads and is told.
pub(crate) struct Watcher<const READS: u8, const HOOKS: u8>;

impl<const READS: u8, const HOOKS: u8> Scorer for Watcher<READS, HOOKS> {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "watcher", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required(), attribute::TENANT.required()];
    const SIGNALS: &'static [Need] = signals(READS);
    const HOOKS: &'static [Need] = hooks(HOOKS);

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        note("score", (request.now_us(), request.get(&attribute::ID), rows(instances, READS)));
        let goal = request.get(&attribute::TENANT).parse().unwrap_or(0);
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if at == goal { 1.0 } else { 0.0 };
        }
        Ok(())
    }

    fn routed(&mut self, request: &Request<'_>, _: &Instances<'_>, chosen: usize) -> Result<(), String> {
        note("routed", (request.now_us(), request.get(&attribute::ID), chosen));
        Ok(())
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        note(
            "completed",
            (
                completion.now_us(),
                completion.request().get(&attribute::ID),
                completion.get(&outcome::STATE),
                completion.try_get(&outcome::TTFT_US),
                completion.try_get(&outcome::E2E_US),
                completion.try_get(&outcome::QUEUEING_US),
                completion.get(&outcome::OUTPUT_TOKENS),
                (completion.get(&outcome::HIT_TOKENS_GPU), completion.get(&outcome::HIT_TOKENS_CPU)),
                completion.get(&outcome::PREEMPTIONS),
            ),
        );
        Ok(())
    }

    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        let all: Vec<(u64, u64, u64)> =
            events.iter().map(|event| (event.kind.code(), event.blocks.first, event.blocks.len)).collect();
        note("kv events", (events.now_us(), events.happened_us(), events.instance(), all));
        Ok(())
    }
}

parameters! {
    /// Parameters of `gate`.
    pub struct GateParams {
        /// So many waiting are too many.
        most: u64 = 0,
    }
}

/// Refuses while an instance has more than so many waiting.
pub(crate) struct Gate(GateParams);

impl Admission for Gate {
    type Params = GateParams;
    const INFO: PolicyInfo = PolicyInfo { name: "gate", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required()];
    const SIGNALS: &'static [Need] = ALL;
    const HOOKS: &'static [Need] = &[hook::COMPLETED.required()];

    fn new(params: GateParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(params))
    }

    fn admit(&mut self, request: &Request<'_>, instances: &Instances<'_>) -> Result<bool, String> {
        note("admit", (request.now_us(), request.get(&attribute::ID), rows(instances, 0)));
        Ok(instances.get(&signal::QUEUE_DEPTH).iter().all(|&waiting| waiting <= self.0.most))
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        note("completed, to admission", (completion.now_us(), completion.request().get(&attribute::ID)));
        Ok(())
    }
}

/// What a scheduler is asked, noted.
fn note_queue(what: &'static str, queue: &Queue<'_>) {
    note(
        what,
        (
            queue.now_us(),
            queue.get(&attribute::ID).to_vec(),
            queue.get(&attribute::NUM_TOKENS).to_vec(),
            queue.get(&attribute::EMITTED_TOKENS).to_vec(),
            queue.get(&attribute::PREEMPTIONS).to_vec(),
            queue.get(&attribute::QUEUE_POSITION).to_vec(),
        ),
    );
}

const QUEUE: &[Need] = &[
    attribute::ID.required(),
    attribute::NUM_TOKENS.required(),
    attribute::EMITTED_TOKENS.required(),
    attribute::PREEMPTIONS.required(),
    attribute::QUEUE_POSITION.required(),
    attribute::PRIORITY.required(),
];

const QUEUE_AND_CACHE: &[Need] = &[
    attribute::ID.required(),
    attribute::NUM_TOKENS.required(),
    attribute::EMITTED_TOKENS.required(),
    attribute::PREEMPTIONS.required(),
    attribute::QUEUE_POSITION.required(),
    attribute::REMAINING_PREFILL_TOKENS.required(),
];

/// By priority, highest first. Its own part of the order is fixed.
pub(crate) struct Classes;

impl Scheduler for Classes {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "classes", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = QUEUE;

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
        note_queue("classes", queue);
        for (key, priority) in keys.iter_mut().zip(queue.get(&attribute::PRIORITY)) {
            *key = Key::of(0.0 - priority);
        }
        Ok(())
    }
}

/// The shortest remaining prefill first.
pub(crate) struct Remaining;

impl Scheduler for Remaining {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "remaining", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = QUEUE_AND_CACHE;

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }
    fn order(&self) -> Order {
        Order::ChangesWithState
    }
    fn uses_priority(&self) -> bool {
        false
    }
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        note_queue("remaining", queue);
        let remaining = queue.get(&attribute::REMAINING_PREFILL_TOKENS);
        note("remaining prefill", remaining.to_vec());
        for (key, &tokens) in keys.iter_mut().zip(remaining) {
            *key = Key::of(tokens as f64);
        }
        Ok(())
    }
}

/// Notes all that an observer sees.
pub(crate) struct Looking;

impl Observer for Looking {
    fn routed(&mut self, routed: &Routed<'_>) {
        note("seen: routed", format!("{routed:?}"));
    }
    fn rejected(&mut self, now_us: u64, id: u64) {
        note("seen: rejected", (now_us, id));
    }
    fn dropped(&mut self, moment: &Moment) {
        note("seen: dropped", format!("{moment:?}"));
    }
    fn queued(&mut self, moment: &Moment) {
        note("seen: queued", format!("{moment:?}"));
    }
    fn preempted(&mut self, moment: &Moment) {
        note("seen: preempted", format!("{moment:?}"));
    }
    fn first_scheduled(&mut self, moment: &Moment) {
        note("seen: first scheduled", format!("{moment:?}"));
    }
    fn step(&mut self, step: &Step) {
        note("seen: step", format!("{step:?}"));
    }
    fn first_token(&mut self, moment: &Moment) {
        note("seen: first token", format!("{moment:?}"));
    }
    fn completed(&mut self, moment: &Moment) {
        note("seen: completed", format!("{moment:?}"));
    }
    fn offload(&mut self, transfer: &Transfer) {
        note("seen: offload", format!("{transfer:?}"));
    }
    fn async_reload(&mut self, transfer: &Transfer, id: u64) {
        note("seen: async reload", format!("{transfer:?} {id}"));
    }
    fn levels(&mut self, levels: &Levels) {
        note("seen: levels", format!("{levels:?}"));
    }
    fn ended(&mut self, end_us: u64) {
        note("seen: ended", end_us);
    }
}
