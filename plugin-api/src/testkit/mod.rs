//! Builds policies and calls them as a host does, through the whole glue: for the tests of policy
//! crates. No host is needed.
//!
//! A policy under test ([`Scorers`] and its like, one per kind) is built from parameters as a
//! configuration would give them. Instances and requests are rows, which a test makes in a line each
//! and says only what matters of: everything else has a plain default.
//!
//! ```
//! # use pointsman_plugin_api::{prelude::*, testkit};
//! # struct Idle;
//! # impl Scorer for Idle {
//! #     type Params = NoParams;
//! #     const INFO: PolicyInfo = PolicyInfo { name: "idle", aliases: &[], summary: "", version: "1.0.0" };
//! #     const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required(), signal::KV_UTILIZATION.optional()];
//! #     const ATTRIBUTES: &'static [Need] = &[attribute::SLO_CLASS.required()];
//! #     const HOOKS: &'static [Need] = &[hook::COMPLETED.optional(), hook::KV_EVENTS.optional()];
//! #     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> { Ok(Self) }
//! #     fn score(&mut self, r: &Request<'_>, i: &Instances<'_>, s: &mut [f64]) -> Result<(), String> {
//! #         let used = i.try_get(&signal::KV_UTILIZATION);
//! #         let depths = i.get(&signal::QUEUE_DEPTH);
//! #         let most = if r.get(&attribute::SLO_CLASS) == "critical" { 5.0 } else { 10.0 };
//! #         for (row, s) in s.iter_mut().enumerate() {
//! #             *s = (1.0 - depths[row] as f64 / most).max(0.0) * (1.0 - used.map_or(0.0, |used| used[row]));
//! #         }
//! #         Ok(())
//! #     }
//! # }
//! use pointsman_plugin_api::testkit::{Scorers, completion, instance, instances, kv_events, request};
//!
//! let mut idle = Scorers::new::<Idle>("{}")?;
//! idle.instances.push(instance());
//! idle.instances.push(instance().queue_depth(5).kv_utilization(0.5));
//! assert_eq!(idle.score()?, [1.0, 0.25]);
//!
//! // Another request, with the same instances.
//! idle.request = request().slo_class("critical").prompt_tokens(4096);
//! assert_eq!(idle.score()?, [1.0, 0.0]);
//!
//! // A large cluster, from a host without a signal, with reports 5 ms old.
//! idle.instances = instances(1024).each(&signal::QUEUE_DEPTH, |row| row as u64);
//! idle.instances = idle.instances.without(&signal::KV_UTILIZATION).stale(5_000);
//! assert_eq!(idle.score()?.len(), 1024);
//!
//! // What a host tells it besides.
//! idle.now_us = 120_000;
//! idle.routed(3)?;
//! idle.completed(completion().instance(3).ttft_us(80_000))?;
//! idle.kv_events(kv_events(3).cached(BlockRun { first: 0, len: 256 }))?;
//! # Ok::<(), String>(())
//! ```
//!
//! An error is what a host would get: the sentence of the policy, or its panic with the place.

mod cell;
mod events;
mod queue;
mod router;
mod rows;
mod table;

pub use cell::{Cell, Named};
pub use events::{KvEventList, kv_events};
pub use queue::{Priorities, Schedulers};
pub use router::{Admissions, Filters, Pickers, Scorers};
pub use rows::{
    OfFacts, OfInstances, OfOutcomes, OfRequests, completion, facts, instance, instances, request, requests,
};
pub use table::Table;

use abi_stable::std_types::{RResult, RSlice, RStr};

use crate::{
    Need,
    abi::{Failure, NamedColumn, SetupCall},
    setup,
};

/// Builds an object from facts; only one of an instance learns which.
fn build<T>(
    facts: &Table<OfFacts>,
    has_instance: bool,
    build: impl FnOnce(SetupCall<'_>) -> RResult<T, Failure>,
) -> Result<T, String> {
    let wanted = |id: &str| has_instance || id != setup::INSTANCE.id();
    named(facts, setup::ALL, wanted, |facts| plain(build(SetupCall { facts })))
}

/// Lends the one row of a table, each value with its id.
fn named<R: rows::RowKind, A>(
    table: &Table<R>,
    ids: &'static [&'static str],
    wanted: impl Fn(&str) -> bool,
    call: impl FnOnce(RSlice<'_, NamedColumn<'_>>) -> A,
) -> A {
    let needs = ids.iter().map(|&id| Need { id, required: false }).collect::<Vec<_>>();
    table.lend(&needs, wanted, |columns| {
        let present = ids.iter().zip(columns).filter(|(_, column)| !column.is_absent());
        let named = present.map(|(id, &column)| NamedColumn { id: RStr::from_str(id), column });
        call(RSlice::from_slice(&named.collect::<Vec<_>>()))
    })
}

fn plain<T>(outcome: RResult<T, Failure>) -> Result<T, String> {
    outcome.into_result().map_err(|failure| failure.message.into())
}
