//! `constant`: everybody is equal.

use pointsman_plugin_api::{Need, NoParams, Order, PolicyInfo, Priority, Queue, Setup};

/// Priority 0.
pub struct Constant;

impl Priority for Constant {
    type Params = NoParams;

    const INFO: PolicyInfo =
        PolicyInfo { name: "constant", aliases: &[], summary: "priority 0 for all", version: "1.0.0" };
    const ATTRIBUTES: &'static [Need] = &[];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn priorities(&mut self, _: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        priorities.fill(0.0);
        Ok(())
    }
}
