//! How good a candidate is for a request.

use crate::{
    info::PolicyInfo,
    need::Need,
    params::Parameters,
    setup::Setup,
    view::{Completion, Instances, KvEvents, Request},
};

/// Gives each candidate a score for a request; the router adds the scores of all its scorers, by
/// weight, and picks the best instance.
pub trait Scorer: Sized + Send + 'static {
    /// Its parameters; [`NoParams`](crate::NoParams) where it has none.
    type Params: Parameters;
    /// Who it is.
    const INFO: PolicyInfo;
    /// The signals that it reads.
    const SIGNALS: &'static [Need];
    /// The attributes of the request that it reads.
    const ATTRIBUTES: &'static [Need] = &[];
    /// The hooks that it has, besides `routed`, which each policy of a router has: without
    /// a declaration they are not called (see [`hook`](crate::hook)).
    const HOOKS: &'static [Need] = &[];
    /// Whether its answer depends on the order of the rows, or on what it drew before: then equal
    /// candidates in another order may fare otherwise.
    const DEPENDS_ON_ORDER: bool = false;

    /// Builds it for one run. An error is a sentence on what is wrong with a parameter.
    fn new(params: Self::Params, setup: &Setup<'_>) -> Result<Self, String>;

    /// Whether it reads this declared signal or attribute with the parameters that it has; asked once
    /// for each, after `new`. What is not read is passed as absent, and not measured.
    fn reads(&self, id: &str) -> bool {
        let _ = id;
        true
    }

    /// Writes a score into each slot: 0 worst, 1 best. Values outside are clamped and counted, a
    /// slot left alone is an error.
    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String>;

    /// Learns where the request went: to the instance of row `chosen`. What it sees is what `score`
    /// saw.
    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        let _ = (request, instances, chosen);
        Ok(())
    }

    /// Learns what became of a request that was routed. See [`hook::COMPLETED`](crate::hook::COMPLETED).
    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        let _ = completion;
        Ok(())
    }

    /// Learns what an instance's KV cache has got and lost. See
    /// [`hook::KV_EVENTS`](crate::hook::KV_EVENTS).
    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        let _ = events;
        Ok(())
    }
}
