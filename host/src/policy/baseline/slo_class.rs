//! `slo-class`: urgency by SLO class, with optional ageing.

use pointsman_plugin_api::attribute::{ARRIVAL_US, SLO_CLASS};
use pointsman_plugin_api::{Need, Order, PolicyInfo, Priority, Queue, Setup, parameters};

parameters! {
    /// Parameters of `slo-class`.
    pub struct Params {
        /// Priority of class `critical`.
        critical: f64 = 10.0,
        /// Priority of class `standard`, and of every class that is not well known.
        standard: f64 = 5.0,
        /// Priority of class `sheddable`.
        sheddable: f64 = 3.0,
        /// Priority of class `batch`.
        batch: f64 = 1.0,
        /// Priority of class `background`.
        background: f64 = 0.0,
        /// Added per microsecond since arrival, against starvation. \[1/us\]
        age_weight: f64 = 0.0,
    }
}

/// A number per class, plus `age_weight` per tick since arrival.
pub struct SloClass {
    params: Params,
}

impl Priority for SloClass {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "slo-class",
        aliases: &[],
        summary: "by SLO class, critical first; plus age_weight per microsecond since arrival",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[SLO_CLASS.required(), ARRIVAL_US.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        let all = [
            ("critical", params.critical),
            ("standard", params.standard),
            ("sheddable", params.sheddable),
            ("batch", params.batch),
            ("background", params.background),
            ("age_weight", params.age_weight),
        ];
        match all.iter().find(|(_, value)| !value.is_finite()) {
            Some((name, value)) => Err(format!("`{name}` must be finite, not {value}")),
            None => Ok(Self { params }),
        }
    }

    fn order(&self) -> Order {
        if self.params.age_weight == 0.0 { Order::Fixed } else { Order::ChangesWithTime }
    }

    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        let classes = queue.get(&SLO_CLASS).iter();
        for ((priority, class), arrival_us) in priorities.iter_mut().zip(classes).zip(queue.get(&ARRIVAL_US))
        {
            let base = match class {
                "critical" => self.params.critical,
                "sheddable" => self.params.sheddable,
                "batch" => self.params.batch,
                "background" => self.params.background,
                _ => self.params.standard,
            };
            *priority = base + self.params.age_weight * (queue.now_us() - arrival_us) as f64;
        }
        Ok(())
    }
}
