//! The order of an instance's waiting queue.

use crate::{
    info::PolicyInfo,
    need::Need,
    order::{Key, Order},
    params::Parameters,
    setup::Setup,
    view::Queue,
};

/// Orders the waiting queue of one instance.
///
/// A preempted request enters the queue again and has no place of its own there: a scheduler that
/// wants it at the head, as `fcfs` does, reads
/// [`QUEUE_POSITION`](crate::attribute::QUEUE_POSITION).
///
/// ```
/// //! Earliest deadline first.
/// use pointsman_plugin_api::prelude::*;
///
/// parameters! {
///     /// Parameters of `edf`.
///     pub struct Params {
///         /// Time that a critical request has. \[us\]
///         critical_us: u64 = 500_000,
///         /// Time that any other has. \[us\]
///         other_us: u64 = 10_000_000,
///     }
/// }
///
/// struct Edf(Params);
///
/// impl Scheduler for Edf {
///     type Params = Params;
///     const INFO: PolicyInfo = PolicyInfo {
///         name: "edf",
///         aliases: &[],
///         summary: "earliest deadline first",
///         version: "1.0.0",
///     };
///     const ATTRIBUTES: &'static [Need] =
///         &[attribute::ARRIVAL_US.required(), attribute::SLO_CLASS.required()];
///
///     fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
///         Ok(Self(params))
///     }
///
///     fn order(&self) -> Order {
///         Order::Fixed // a deadline does not move
///     }
///
///     fn uses_priority(&self) -> bool {
///         false
///     }
///
///     fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
///         let (arrivals, classes) = (queue.get(&attribute::ARRIVAL_US), queue.get(&attribute::SLO_CLASS));
///         for ((key, arrival), class) in keys.iter_mut().zip(arrivals).zip(classes.iter()) {
///             let time = if class == "critical" { self.0.critical_us } else { self.0.other_us };
///             *key = Key::of((arrival + time) as f64);
///         }
///         Ok(())
///     }
/// }
///
/// export! { schedulers: [Edf] }
///
/// use pointsman_plugin_api::testkit::{Schedulers, request};
///
/// let mut edf = Schedulers::new::<Edf>("{}")?;
/// edf.queue.push(request().slo_class("batch"));
/// edf.queue.push(request().slo_class("critical").arrival_us(100));
/// assert_eq!(edf.order_of_rows()?, [1, 0]);
/// # Ok::<(), String>(())
/// ```
pub trait Scheduler: Sized + Send + 'static {
    /// Its parameters; [`NoParams`](crate::NoParams) where it has none.
    type Params: Parameters;
    /// Who it is.
    const INFO: PolicyInfo;
    /// The attributes of the waiting requests that it reads.
    const ATTRIBUTES: &'static [Need];

    /// Builds it for one instance and one run. An error is a sentence on what is wrong with a
    /// parameter.
    fn new(params: Self::Params, setup: &Setup<'_>) -> Result<Self, String>;

    /// When its order can change; asked once, after `new`.
    fn order(&self) -> Order;

    /// Whether the priority policy has any effect on it; asked once, after `new`.
    fn uses_priority(&self) -> bool;

    /// Writes the key of each request: lower first; ties by arrival, then id. Where the
    /// order is fixed (and that of the priorities, if it uses them) the rows are the requests that
    /// entered since the last call, else the whole queue.
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String>;
}
