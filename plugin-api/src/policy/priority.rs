//! How urgent waiting requests are.

use crate::{info::PolicyInfo, need::Need, order::Order, params::Parameters, setup::Setup, view::Queue};

/// Gives waiting requests their priorities.
///
/// ```
/// //! Whoever has been preempted goes first.
/// use pointsman_plugin_api::prelude::*;
///
/// struct Amends;
///
/// impl Priority for Amends {
///     type Params = NoParams;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "amends",
///         aliases: &[],
///         summary: "the more often preempted, the more urgent",
///         version: "1.0.0",
///     };
///     const ATTRIBUTES: &'static [Need] = &[attribute::PREEMPTIONS.required()];
///
///     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
///         Ok(Self)
///     }
///
///     fn order(&self) -> Order {
///         Order::Fixed // while it waits, nobody can preempt it
///     }
///
///     fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
///         for (priority, &times) in priorities.iter_mut().zip(queue.get(&attribute::PREEMPTIONS)) {
///             *priority = times as f64;
///         }
///         Ok(())
///     }
/// }
///
/// export! { priorities: [Amends] }
///
/// use pointsman_plugin_api::testkit::{Priorities, request};
///
/// let mut amends = Priorities::new::<Amends>("{}")?;
/// amends.queue.push(request()).push(request().preemptions(2));
/// assert_eq!(amends.priorities()?, [0.0, 2.0]);
/// # Ok::<(), String>(())
/// ```
pub trait Priority: Sized + Send + 'static {
    /// Its parameters; [`NoParams`](crate::NoParams) where it has none.
    type Params: Parameters;
    /// Who it is.
    const INFO: PolicyInfo;
    /// The attributes of the waiting requests that it reads.
    const ATTRIBUTES: &'static [Need];

    /// Builds it for one instance and one run. An error is a sentence on what is wrong with a
    /// parameter.
    fn new(params: Self::Params, setup: &Setup<'_>) -> Result<Self, String>;

    /// When the priority of a waiting request can change; asked once, after `new`.
    fn order(&self) -> Order;

    /// Writes the priority of each request: higher is more urgent. Only called where the scheduler
    /// uses priorities; where the orders of both are fixed the rows are the requests that entered
    /// since the last call, else the whole queue.
    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String>;
}
