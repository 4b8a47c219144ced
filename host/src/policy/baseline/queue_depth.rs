//! `queue-depth`: the less loaded, the better, relative to the others.

use pointsman_plugin_api::{Instances, Need, NoParams, PolicyInfo, Request, Scorer, Setup};

use super::LOAD_SIGNALS;

/// (max - load)/(max - min) of the effective load; 1 if all are equal.
pub struct QueueDepth;

impl Scorer for QueueDepth {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "queue-depth",
        aliases: &["qd"],
        summary: "(max - load)/(max - min) of the effective load; 1 if all equal",
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
        let most = instances.effective_load().max().unwrap_or(0);
        let least = instances.effective_load().min().unwrap_or(0);
        for (score, load) in scores.iter_mut().zip(instances.effective_load()) {
            *score = if most == least { 1.0 } else { (most - load) as f64 / (most - least) as f64 };
        }
        Ok(())
    }
}
