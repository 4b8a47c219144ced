//! Policies that fail as they are told.

use std::cell::Cell;

use pointsman_plugin_api::prelude::*;

thread_local! {
    /// Calls of the failing policies of this thread.
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// Calls of failing policies since the last look.
pub(crate) fn take_calls() -> u64 {
    CALLS.replace(0)
}

parameters! {
    /// How a failing policy fails.
    pub(crate) struct Fault {
        /// `error`, `panic`, or the value that it answers with.
        how: String = "error".into(),
        /// Calls that succeed before.
        good_calls: u64 = 0,
        /// Calls that then fail; later ones succeed again.
        bad_calls: u64 = u64::MAX,
        /// Whether its order is declared to be fixed.
        fixed: bool = false,
        /// The instance that a good answer prefers.
        prefers: u64 = 1,
    }
}

impl Fault {
    fn order(&self) -> Order {
        if self.fixed { Order::Fixed } else { Order::ChangesWithState }
    }

    /// The value for every slot, or the failure; `None` while it still behaves.
    fn strike(&self) -> Result<Option<f64>, String> {
        CALLS.set(CALLS.get() + 1);
        if CALLS.get() <= self.good_calls || CALLS.get() - self.good_calls > self.bad_calls {
            return Ok(None);
        }
        match self.how.as_str() {
            "error" => Err("no opinion".into()),
            "panic" => panic!("lost my head"),
            value => Ok(Some(value.parse().unwrap())),
        }
    }
}

/// A policy of each kind that fails as it is told. While it behaves it prefers one instance, gives
/// equal keys, and has the highest id first.
pub(crate) struct Faulty(Fault);

impl Scorer for Faulty {
    type Params = Fault;
    const INFO: PolicyInfo = PolicyInfo { name: "faulty", aliases: &[], summary: "", version: "1" };
    const SIGNALS: &'static [Need] = &[];

    fn new(fault: Fault, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(fault))
    }
    fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
        let value = self.0.strike()?.unwrap_or(1.0);
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if at as u64 == self.0.prefers { value } else { 0.0 };
        }
        Ok(())
    }
}

impl Scheduler for Faulty {
    type Params = Fault;
    const INFO: PolicyInfo = PolicyInfo { name: "faulty", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::PRIORITY.required()];

    fn new(fault: Fault, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(fault))
    }
    fn order(&self) -> Order {
        self.0.order()
    }
    fn uses_priority(&self) -> bool {
        true
    }
    fn keys(&mut self, _: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let value = self.0.strike()?;
        keys.fill(Key::of(value.unwrap_or(0.0)));
        Ok(())
    }
}

impl Priority for Faulty {
    type Params = Fault;
    const INFO: PolicyInfo = PolicyInfo { name: "faulty", aliases: &[], summary: "", version: "1" };
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required()];

    fn new(fault: Fault, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(fault))
    }
    fn order(&self) -> Order {
        self.0.order()
    }
    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        let value = self.0.strike()?;
        for (priority, &id) in priorities.iter_mut().zip(queue.get(&attribute::ID)) {
            *priority = value.unwrap_or(id as f64);
        }
        Ok(())
    }
}
