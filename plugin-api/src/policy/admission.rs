//! Whether a request is let in.

use crate::{
    info::PolicyInfo,
    need::Need,
    params::Parameters,
    setup::Setup,
    view::{Completion, Instances, KvEvents, Request},
};

/// Decides whether a request is let in, before it is routed.
///
/// ```
/// //! Turns long prompts away.
/// use pointsman_plugin_api::prelude::*;
///
/// parameters! {
///     /// Parameters of `short-only`.
///     pub struct Params {
///         /// Longest prompt that is let in. \[tokens\]
///         most_tokens: u64 = 8192,
///     }
/// }
///
/// struct ShortOnly(Params);
///
/// impl Admission for ShortOnly {
///     type Params = Params;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "short-only",
///         aliases: &[],
///         summary: "turns long prompts away",
///         version: "1.0.0",
///     };
///     const ATTRIBUTES: &'static [Need] = &[attribute::PROMPT_TOKENS.required()];
///
///     fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
///         Ok(Self(params))
///     }
///
///     fn admit(&mut self, request: &Request<'_>, _: &Instances<'_>) -> Result<bool, String> {
///         Ok(request.get(&attribute::PROMPT_TOKENS) <= self.0.most_tokens)
///     }
/// }
///
/// export! { admissions: [ShortOnly] }
///
/// use pointsman_plugin_api::testkit::{Admissions, request};
///
/// let mut short_only = Admissions::new::<ShortOnly>("{}")?;
/// short_only.request = request().prompt_tokens(9000);
/// assert!(!short_only.admit()?);
/// # Ok::<(), String>(())
/// ```
pub trait Admission: Sized + Send + 'static {
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

    /// Whether the request is let in. The rows are all instances.
    fn admit(&mut self, request: &Request<'_>, instances: &Instances<'_>) -> Result<bool, String>;

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
