//! `utilization-filter`: leaves out instances with a long queue, full memory or old reports.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `utilization-filter`.
    pub struct Params {
        /// Waiting requests from which on an instance is left out. \[requests\]
        queue_depth_threshold: u64 = 5,
        /// KV utilization from which on an instance is left out. \[0 to 1\]
        kv_cache_util_threshold: f64 = 0.8,
        /// What both thresholds may be exceeded by. \[share of the threshold\]
        headroom: f64 = 0.0,
        /// Age of a report above which an instance is left out. \[ms\]
        metrics_staleness_threshold_ms: u64 = 200,
    }
}

/// The filter.
pub(crate) struct Utilization {
    queue_limit: f64,
    kv_limit: f64,
    staleness_us: u64,
}

impl Filter for Utilization {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "utilization-filter",
        aliases: &["utilization-detector"],
        summary: "llm-d: leaves out instances with a long queue, full memory or old reports",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required(), signal::KV_UTILIZATION.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        let Params { queue_depth_threshold, kv_cache_util_threshold, headroom, .. } = params;
        if queue_depth_threshold == 0 {
            return Err("`queue_depth_threshold` must be at least 1".into());
        }
        if !(kv_cache_util_threshold > 0.0 && kv_cache_util_threshold <= 1.0) {
            let found = kv_cache_util_threshold;
            return Err(format!("`kv_cache_util_threshold` must be above 0 and at most 1, not {found}"));
        }
        if !(headroom.is_finite() && headroom >= 0.0) {
            return Err(format!("`headroom` must be 0 or more, not {headroom}"));
        }
        Ok(Self {
            queue_limit: queue_depth_threshold as f64 * (1.0 + headroom),
            kv_limit: kv_cache_util_threshold * (1.0 + headroom),
            staleness_us: params.metrics_staleness_threshold_ms.saturating_mul(1000),
        })
    }

    fn filter(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        let (queues, used) = (instances.get(&signal::QUEUE_DEPTH), instances.get(&signal::KV_UTILIZATION));
        for (row, keep) in keep.iter_mut().enumerate() {
            *keep = (queues[row] as f64) < self.queue_limit
                && used[row] < self.kv_limit
                && instances.age_us(&signal::QUEUE_DEPTH, row) <= self.staleness_us;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{signal, testkit::Filters};

    use super::Utilization;

    fn kept(params: &str) -> Vec<bool> {
        let mut filter = Filters::new::<Utilization>(params).unwrap();
        filter
            .instances
            .set(&signal::QUEUE_DEPTH, &[4, 5, 0, 0, 6])
            .set(&signal::KV_UTILIZATION, &[0.0, 0.0, 0.75, 0.8, 0.9]);
        filter.filter().unwrap()
    }

    #[test]
    fn either_threshold_leaves_an_instance_out() {
        assert_eq!(kept("{}"), [true, false, true, false, false]);
    }

    #[test]
    fn thresholds_and_headroom_are_parameters() {
        assert_eq!(kept(r#"{"queue_depth_threshold": 7}"#), [true, true, true, false, false]);
        assert_eq!(kept(r#"{"kv_cache_util_threshold": 0.75}"#), [true, false, false, false, false]);
        // 5 * 1.25 = 6.25 and 0.8 * 1.25 = 1.
        assert_eq!(kept(r#"{"headroom": 0.25}"#), [true; 5]);
    }

    #[test]
    fn senseless_parameters_are_refused_by_name() {
        let refused = |params| Filters::new::<Utilization>(params).err().unwrap();
        assert_eq!(refused(r#"{"queue_depth_threshold": 0}"#), "`queue_depth_threshold` must be at least 1");
        assert_eq!(
            refused(r#"{"kv_cache_util_threshold": 80}"#),
            "`kv_cache_util_threshold` must be above 0 and at most 1, not 80"
        );
        assert_eq!(refused(r#"{"headroom": -1}"#), "`headroom` must be 0 or more, not -1");
    }
}
