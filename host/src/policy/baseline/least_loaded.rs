//! `least-loaded`: the lowest effective load.

use pointsman_plugin_api::{
    Instances, Need, Picker, PolicyInfo, Request, Setup, parameters, setup,
    signal::{BATCH_SIZE, INSTANCE, PENDING_REQUESTS, QUEUE_DEPTH},
};

use super::tie_break::TieBreak;

parameters! {
    /// Parameters of `least-loaded`.
    pub struct Params {
        /// Who is chosen among equals: any (from the seed), the lowest index, or the one that follows the
        /// last choice.
        tie_break: String = "random".into() => ["random", "first", "round-robin"],
    }
}

/// The lowest effective load; no scorers are asked.
pub struct LeastLoaded {
    tie_break: TieBreak,
    tied: Vec<usize>,
}

impl Picker for LeastLoaded {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "least-loaded",
        aliases: &[],
        summary: "the lowest effective load, without scorers",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] =
        &[QUEUE_DEPTH.required(), BATCH_SIZE.required(), PENDING_REQUESTS.required(), INSTANCE.required()];
    const DEPENDS_ON_ORDER: bool = true;
    const USES_SCORES: bool = false;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { tie_break: TieBreak::new(&params.tie_break, setup.get(&setup::SEED)), tied: Vec::new() })
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, _: &[f64]) -> Result<usize, String> {
        let least = instances.effective_load().min();
        self.tied.clear();
        let loads = instances.effective_load().enumerate();
        self.tied.extend(loads.filter(|(_, load)| Some(*load) == least).map(|(row, _)| row));
        Ok(self.tie_break.choose(&self.tied, instances.get(&INSTANCE)))
    }
}
