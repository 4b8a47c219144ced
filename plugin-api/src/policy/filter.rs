//! Which instances a request may go to at all.

use crate::{
    info::PolicyInfo,
    need::Need,
    params::Parameters,
    setup::Setup,
    view::{Completion, Instances, KvEvents, Request},
};

/// Leaves out instances, before scorers see them.
///
/// ```
/// //! Leaves out instances whose KV memory is nearly full.
/// use pointsman_plugin_api::prelude::*;
///
/// parameters! {
///     /// Parameters of `roomy`.
///     pub struct Params {
///         /// Most that may be in use. \[0 to 1\]
///         most: f64 = 0.9,
///     }
/// }
///
/// struct Roomy(Params);
///
/// impl Filter for Roomy {
///     type Params = Params;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "roomy",
///         aliases: &[],
///         summary: "leaves out instances whose KV memory is nearly full",
///         version: "1.0.0",
///     };
///     const SIGNALS: &'static [Need] = &[signal::KV_UTILIZATION.required()];
///
///     fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
///         Ok(Self(params))
///     }
///
///     fn filter(&mut self, _: &Request<'_>, instances: &Instances<'_>, keep: &mut [bool]) -> Result<(), String> {
///         for (keep, &used) in keep.iter_mut().zip(instances.get(&signal::KV_UTILIZATION)) {
///             *keep = used <= self.0.most;
///         }
///         Ok(())
///     }
/// }
///
/// export! { filters: [Roomy] }
///
/// use pointsman_plugin_api::testkit::{Filters, instance};
///
/// let mut roomy = Filters::new::<Roomy>("{}")?;
/// roomy.instances.push(instance().kv_utilization(0.95)).push(instance());
/// assert_eq!(roomy.filter()?, [false, true]);
/// # Ok::<(), String>(())
/// ```
pub trait Filter: Sized + Send + 'static {
    /// Its parameters; [`NoParams`](crate::NoParams) where it has none.
    type Params: Parameters;
    /// Who it is.
    const INFO: PolicyInfo;
    /// The signals that it reads.
    const SIGNALS: &'static [Need] = &[];
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

    /// Says which candidates stay; all do at first. Where none would, the host keeps all of them, and
    /// counts it.
    fn filter(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String>;

    /// Learns where the request went: to the instance of row `chosen` of the candidates that were left.
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
