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
///
/// A scorer without state is the example at the head of this [crate]. This one has a state, which a
/// hook feeds:
///
/// ```
/// //! Prefers instances whose last requests got their first token soon.
/// use pointsman_plugin_api::prelude::*;
///
/// parameters! {
///     /// Parameters of `swift`.
///     pub struct Params {
///         /// Share of the latest time in the average. \[0 to 1\]
///         latest: f64 = 0.25,
///         /// Average at which an instance scores 0. \[us\]
///         slow_us: f64 = 1_000_000.0,
///     }
/// }
///
/// struct Swift {
///     params: Params,
///     /// Averages by instance; none where nothing has completed yet.
///     ttft_us: Vec<Option<f64>>,
/// }
///
/// impl Scorer for Swift {
///     type Params = Params;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "swift",
///         aliases: &[],
///         summary: "prefers instances whose last requests got their first token soon",
///         version: "1.0.0",
///     };
///     const SIGNALS: &'static [Need] = &[signal::INSTANCE.required()];
///     const HOOKS: &'static [Need] = &[hook::COMPLETED.required()];
///
///     fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
///         if !(params.latest > 0.0 && params.latest <= 1.0) {
///             return Err(format!("`latest` must be above 0 and at most 1, not {}", params.latest));
///         }
///         if !(params.slow_us > 0.0 && params.slow_us.is_finite()) {
///             return Err(format!("`slow_us` must be above 0, not {}", params.slow_us));
///         }
///         let instances = setup.get(&setup::INSTANCES) as usize;
///         Ok(Self { params, ttft_us: vec![None; instances] })
///     }
///
///     fn score(&mut self, _: &Request<'_>, instances: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
///         // A row is a candidate: which instance it is, the signal says.
///         for (score, &instance) in scores.iter_mut().zip(instances.get(&signal::INSTANCE)) {
///             let average = self.ttft_us.get(instance as usize).copied().flatten().unwrap_or(0.0);
///             *score = (1.0 - average / self.params.slow_us).max(0.0);
///         }
///         Ok(())
///     }
///
///     fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
///         // A dropped request never had a first token.
///         let Some(ttft_us) = completion.try_get(&outcome::TTFT_US) else { return Ok(()) };
///         let instance = completion.get(&outcome::INSTANCE) as usize;
///         if let Some(average) = self.ttft_us.get_mut(instance) {
///             let before = average.unwrap_or(ttft_us as f64);
///             *average = Some(before + self.params.latest * (ttft_us as f64 - before));
///         }
///         Ok(())
///     }
/// }
///
/// export! { scorers: [Swift] }
///
/// use pointsman_plugin_api::testkit::{Scorers, completion};
///
/// let mut swift = Scorers::new::<Swift>("{}")?;
/// assert_eq!(swift.score()?, [1.0, 1.0, 1.0, 1.0]);
/// swift.completed(completion().instance(2).ttft_us(800_000))?;
/// swift.completed(completion().instance(2).ttft_us(400_000))?;
/// swift.completed(completion().instance(1).dropped())?;
/// let score = swift.score()?[2];
/// assert!((score - 0.3).abs() < 1e-9, "{score}");
/// # Ok::<(), String>(())
/// ```
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
