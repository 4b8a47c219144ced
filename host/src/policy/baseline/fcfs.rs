//! `fcfs`: first come, first served.

use pointsman_plugin_api::attribute::QUEUE_POSITION;
use pointsman_plugin_api::{Key, Need, NoParams, Order, PolicyInfo, Queue, Scheduler, Setup};

/// Entry into the queue; preempted and loaded requests at its head, latest first.
pub struct Fcfs;

impl Scheduler for Fcfs {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "fcfs",
        aliases: &[],
        summary: "order of entry into the queue; preempted and loaded requests at its head",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[QUEUE_POSITION.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        for (key, &position) in keys.iter_mut().zip(queue.get(&QUEUE_POSITION)) {
            *key = Key::of(position as f64);
        }
        Ok(())
    }
}
