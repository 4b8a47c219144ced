//! `age`: the longer since its arrival, the more urgent.

use pointsman_plugin_api::attribute::ARRIVAL_US;
use pointsman_plugin_api::{Need, NoParams, Order, PolicyInfo, Priority, Queue, Setup};

/// Ticks since arrival.
pub struct Age;

impl Priority for Age {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "age",
        aliases: &[],
        summary: "microseconds since arrival at the router",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[ARRIVAL_US.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::ChangesWithTime
    }

    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        for (priority, arrival_us) in priorities.iter_mut().zip(queue.get(&ARRIVAL_US)) {
            *priority = (queue.now_us() - arrival_us) as f64;
        }
        Ok(())
    }
}
