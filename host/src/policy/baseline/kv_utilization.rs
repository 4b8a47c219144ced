//! `kv-utilization`: the more free KV memory, the better.

use pointsman_plugin_api::signal::KV_UTILIZATION;
use pointsman_plugin_api::{Instances, Need, NoParams, PolicyInfo, Request, Scorer, Setup};

/// 1 - `kv_utilization`.
pub struct KvUtilization;

impl Scorer for KvUtilization {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "kv-utilization",
        aliases: &["kv", "kv-cache-utilization-scorer"],
        summary: "1 - kv_utilization",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[KV_UTILIZATION.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn score(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        for (score, used) in scores.iter_mut().zip(instances.get(&KV_UTILIZATION)) {
            *score = 1.0 - used;
        }
        Ok(())
    }
}
