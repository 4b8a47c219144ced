//! Which candidate gets the request.

use crate::{
    info::PolicyInfo,
    need::Need,
    params::Parameters,
    setup::Setup,
    view::{Completion, Instances, KvEvents, Request},
};

/// Chooses an instance among the candidates, by their total scores or by what it reads itself.
///
/// ```
/// //! The highest total; ties to the last of them.
/// use pointsman_plugin_api::prelude::*;
///
/// struct LastBest;
///
/// impl Picker for LastBest {
///     type Params = NoParams;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "last-best",
///         aliases: &[],
///         summary: "the highest total, and of equal ones the last",
///         version: "1.0.0",
///     };
///     const DEPENDS_ON_ORDER: bool = true;
///
///     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
///         Ok(Self)
///     }
///
///     fn pick(&mut self, _: &Request<'_>, _: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
///         let best = (0..totals.len()).max_by(|&a, &b| totals[a].total_cmp(&totals[b]));
///         best.ok_or_else(|| "there is no candidate".into())
///     }
/// }
///
/// export! { pickers: [LastBest] }
///
/// use pointsman_plugin_api::testkit::Pickers;
///
/// let mut picker = Pickers::new::<LastBest>("{}")?;
/// assert_eq!(picker.pick(&[0.5, 0.75, 0.75])?, 2);
/// # Ok::<(), String>(())
/// ```
pub trait Picker: Sized + Send + 'static {
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
    /// Whether it reads the total scores. One that does not needs no scorers, and none are asked.
    const USES_SCORES: bool = true;

    /// Builds it for one run. An error is a sentence on what is wrong with a parameter.
    fn new(params: Self::Params, setup: &Setup<'_>) -> Result<Self, String>;

    /// Whether it reads this declared signal or attribute with the parameters that it has; asked once
    /// for each, after `new`. What is not read is passed as absent, and not measured.
    fn reads(&self, id: &str) -> bool {
        let _ = id;
        true
    }

    /// Chooses a row. `totals` has the weighted sum of the scores of each, and is empty where
    /// [`USES_SCORES`](Self::USES_SCORES) is false. There is at least one row.
    fn pick(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        totals: &[f64],
    ) -> Result<usize, String>;

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
