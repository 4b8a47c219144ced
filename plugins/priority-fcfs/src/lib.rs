//! Orders the waiting queue by priority, highest first, then by the requests' arrival.

use pointsman_plugin_api::prelude::*;

/// The scheduler.
#[derive(Debug)]
pub struct PriorityFcfs;

impl Scheduler for PriorityFcfs {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "priority-fcfs",
        aliases: &[],
        summary: "highest priority first, then first come, first served",
        version: env!("CARGO_PKG_VERSION"),
    };
    const ATTRIBUTES: &'static [Need] = &[attribute::PRIORITY.required()];

    fn new(_params: NoParams, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    /// Fixed as far as it can tell: whether priorities change, the priority policy says.
    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        true
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        // Equal keys go by arrival, then id: just what is wanted. Subtracted from 0, so that 0 and
        // -0 are equal.
        for (key, priority) in keys.iter_mut().zip(queue.get(&attribute::PRIORITY)) {
            *key = Key::of(0.0 - priority);
        }
        Ok(())
    }
}

export! { schedulers: [PriorityFcfs] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{Key, Order, attribute, testkit::Schedulers};

    use super::PriorityFcfs;

    #[test]
    fn higher_priorities_have_lower_keys_and_equal_ones_tie() {
        let mut scheduler = Schedulers::new::<PriorityFcfs>("{}").unwrap();
        scheduler.queue.set(&attribute::PRIORITY, &[0.0, 10.0, 5.0, 10.0]);
        let keys = scheduler.keys().unwrap();
        assert_eq!(keys[1], Key::of(-10.0));
        assert!(keys[1].major < keys[2].major && keys[2].major < keys[0].major);
        assert_eq!(keys[1], keys[3]);
    }

    #[test]
    fn it_reads_priorities_and_nothing_else_changes_its_order() {
        let scheduler = Schedulers::new::<PriorityFcfs>("{}").unwrap();
        assert!(scheduler.uses_priority());
        assert_eq!(scheduler.order(), Some(Order::Fixed));
    }

    #[test]
    fn it_has_no_parameters() {
        assert!(Schedulers::new::<PriorityFcfs>(r#"{"age": 1}"#).is_err());
    }
}
