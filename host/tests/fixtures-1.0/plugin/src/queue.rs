//! Schedulers and a priority over all that version 1.0 lets them read.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `frozen-urgent`.
    pub struct UrgentParams {
        /// Whether short requests go first among equals.
        short_first: bool = true,
        /// A tenant that goes before all others; empty: none.
        favourite: String = String::new(),
        /// What each preemption is worth. \[points\]
        preemption_bonus: i64 = 1,
    }
}

/// The most urgent first, by all that it can read.
pub struct Urgent(UrgentParams);

impl Scheduler for Urgent {
    type Params = UrgentParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-urgent",
        aliases: &["fu"],
        summary: "mixes everything that a scheduler can read",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[
        attribute::ID.required(),
        attribute::ARRIVAL_US.required(),
        attribute::PROMPT_TOKENS.required(),
        attribute::MAX_TOKENS.required(),
        attribute::SLO_CLASS.required(),
        attribute::TENANT.required(),
        attribute::SESSION.required(),
        attribute::ROUND.required(),
        attribute::PROMPT_BLOCKS.required(),
        attribute::QUEUED_US.required(),
        attribute::NUM_TOKENS.required(),
        attribute::EMITTED_TOKENS.required(),
        attribute::PREEMPTIONS.required(),
        attribute::QUEUE_POSITION.required(),
        attribute::PRIORITY.required(),
    ];

    fn new(params: UrgentParams, setup: &Setup<'_>) -> Result<Self, String> {
        if setup.get(&setup::INSTANCE) >= setup.get(&setup::INSTANCES) {
            return Err("it belongs to an instance that does not exist".to_owned());
        }
        Ok(Self(params))
    }

    fn order(&self) -> Order {
        Order::ChangesWithState
    }

    fn uses_priority(&self) -> bool {
        true
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let classes = queue.get(&attribute::SLO_CLASS);
        let tenants = queue.get(&attribute::TENANT);
        let sessions = queue.get(&attribute::SESSION);
        let blocks = queue.get(&attribute::PROMPT_BLOCKS);
        for (i, key) in keys.iter_mut().enumerate() {
            let preempted = queue.get(&attribute::PREEMPTIONS)[i] as i64 * self.0.preemption_bonus;
            let loved = !self.0.favourite.is_empty() && tenants.at(i) == self.0.favourite;
            let urgency = queue.get(&attribute::PRIORITY)[i]
                + preempted as f64
                + if loved { 100.0 } else { 0.0 }
                + if sessions.at(i).is_empty() { 0.0 } else { 0.25 }
                + if classes.at(i) == "critical" { 0.5 } else { 0.0 };
            let blocks = blocks.at(i).iter().map(|run| run.len).sum::<u64>();
            let work = queue.get(&attribute::NUM_TOKENS)[i] + queue.get(&attribute::MAX_TOKENS)[i] + blocks
                - queue.get(&attribute::EMITTED_TOKENS)[i];
            let waited_us = queue.now_us() - queue.get(&attribute::ARRIVAL_US)[i];
            let place = queue.get(&attribute::QUEUE_POSITION)[i] as f64
                + queue.get(&attribute::ID)[i] as f64 / 1024.0
                + queue.get(&attribute::ROUND)[i] as f64 / 4.0
                + queue.get(&attribute::QUEUED_US)[i] as f64 / 1_048_576.0
                - waited_us as f64 / 1_048_576.0;
            let work = (work + queue.get(&attribute::PROMPT_TOKENS)[i]) as f64;
            *key = Key { major: -urgency, minor: if self.0.short_first { work } else { place } };
        }
        Ok(())
    }
}

/// By entry into the queue: an order that never changes, without priorities.
pub struct Entry;

impl Scheduler for Entry {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-entry",
        aliases: &[],
        summary: "by entry into the queue",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[attribute::QUEUE_POSITION.required()];

    fn new(_params: NoParams, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        for (key, place) in keys.iter_mut().zip(queue.get(&attribute::QUEUE_POSITION)) {
            *key = Key::of(*place as f64);
        }
        Ok(())
    }
}

parameters! {
    /// Parameters of `frozen-age`.
    pub struct AgeParams {
        /// Waiting that is worth a point. \[us\]
        point_us: u64 = 50_000,
        /// What class `critical` starts with. \[points\]
        critical: f64 = 10.0,
    }
}

/// By class, and rising as a request waits.
pub struct Age(AgeParams);

impl Priority for Age {
    type Params = AgeParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-age",
        aliases: &[],
        summary: "by class, rising with age",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[
        attribute::SLO_CLASS.required(),
        attribute::QUEUED_US.required(),
        attribute::PREEMPTIONS.required(),
        attribute::EMITTED_TOKENS.required(),
    ];

    fn new(params: AgeParams, _setup: &Setup<'_>) -> Result<Self, String> {
        if params.point_us == 0 { Err("`point_us` must be at least 1".to_owned()) } else { Ok(Self(params)) }
    }

    fn order(&self) -> Order {
        Order::ChangesWithTime
    }

    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        let classes = queue.get(&attribute::SLO_CLASS);
        for (i, priority) in priorities.iter_mut().enumerate() {
            let waited_us = queue.now_us() - queue.get(&attribute::QUEUED_US)[i];
            let start = if classes.at(i) == "critical" { self.0.critical } else { 0.0 };
            let begun =
                queue.get(&attribute::EMITTED_TOKENS)[i].min(1) + queue.get(&attribute::PREEMPTIONS)[i];
            *priority = start + waited_us as f64 / self.0.point_us as f64 + begun as f64 * 0.5;
        }
        Ok(())
    }
}
