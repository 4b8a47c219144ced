//! How urgent waiting requests are.

use crate::{info::PolicyInfo, need::Need, order::Order, params::Parameters, setup::Setup, view::Queue};

/// Gives waiting requests their priorities.
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
