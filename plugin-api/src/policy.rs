//! The traits that authors implement, one per policy kind.

use crate::{
    info::PolicyInfo,
    need::Need,
    order::{Key, Order},
    params::Parameters,
    setup::Setup,
    view::{Instances, Queue, Request},
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

    /// Builds it for one run. An error is a sentence on what is wrong with a parameter.
    fn new(params: Self::Params, setup: &Setup<'_>) -> Result<Self, String>;

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
}

/// Orders the waiting queue of one instance.
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

    /// Writes the key of each request: lower first; ties by arrival, then id.
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String>;
}

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

    /// Writes the priority of each request: higher is more urgent.
    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String>;
}
