//! `load-balance`: the less loaded, the better, on an absolute scale.

use pointsman_plugin_api::{Instances, Need, NoParams, PolicyInfo, Request, Scorer, Setup};

use super::LOAD_SIGNALS;

/// 1/(1 + effective load).
pub struct LoadBalance;

impl Scorer for LoadBalance {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "load-balance",
        aliases: &["lb"],
        summary: "1/(1 + effective load)",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = LOAD_SIGNALS;

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn score(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        for (score, load) in scores.iter_mut().zip(instances.effective_load()) {
            *score = 1.0 / (1 + load) as f64;
        }
        Ok(())
    }
}
