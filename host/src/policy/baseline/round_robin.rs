//! `round-robin`: one after the other.

use pointsman_plugin_api::{Instances, Need, NoParams, Picker, PolicyInfo, Request, Setup, signal::INSTANCE};

/// One after the other, from instance 0 on; an instance that is no candidate is passed over.
pub struct RoundRobin {
    next: u64,
}

impl Picker for RoundRobin {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "round-robin",
        aliases: &[],
        summary: "one instance after the other, without scorers",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[INSTANCE.required()];
    const DEPENDS_ON_ORDER: bool = true;
    const USES_SCORES: bool = false;

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { next: 0 })
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, _: &[f64]) -> Result<usize, String> {
        let numbers = instances.get(&INSTANCE);
        let row = numbers.iter().position(|&number| number >= self.next).unwrap_or(0);
        self.next = numbers[row] + 1;
        Ok(row)
    }
}
