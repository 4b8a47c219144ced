//! `load-limit`: leaves out instances whose load is not within limits.

use pointsman_plugin_api::prelude::*;
use routing_inputs::Load;

parameters! {
    /// Parameters of `load-limit`.
    pub struct Params {
        /// The load: a signal, or `effective_load` = `queue_depth + batch_size + pending_requests`.
        signal: String = "inflight_requests".into() => [
            "effective_load", "queue_depth", "batch_size", "pending_requests", "inflight_requests",
            "waiting_tokens", "inflight_tokens", "kv_utilization", "free_kv_blocks", "cpu_kv_utilization",
            "cache_hit_rate", "cached_prefix_blocks", "pending_transfer_latency", "kv_thrashing_rate",
            "preemption_count",
        ],
        /// Least load of an instance that stays. \[unit of the signal\]
        at_least: f64 = 0.0,
        /// Most load of an instance that stays. \[unit of the signal\]
        at_most: f64 = 100.0,
    }
}

/// The filter.
pub(crate) struct LoadLimit {
    load: Load,
    params: Params,
    loads: Vec<f64>,
}

impl Filter for LoadLimit {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "load-limit",
        aliases: &["endpoint-attribute-filter", "active-request-filter"],
        summary: "keeps instances whose load is within limits",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = Load::SIGNALS;

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        if params.at_least > params.at_most {
            let (least, most) = (params.at_least, params.at_most);
            return Err(format!("`at_least` must not be above `at_most`: {least} and {most}"));
        }
        Ok(Self { load: Load::named(&params.signal)?, params, loads: Vec::new() })
    }

    fn reads(&self, id: &str) -> bool {
        self.load.reads(id)
    }

    fn filter(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        self.load.read(instances, &mut self.loads)?;
        for (keep, load) in keep.iter_mut().zip(&self.loads) {
            *keep = (self.params.at_least..=self.params.at_most).contains(load);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{Parameters, signal, testkit::Filters};
    use routing_inputs::Load;

    use super::{LoadLimit, Params};

    #[test]
    fn the_words_for_a_load_are_those_that_there_are() {
        for params in [Params::CHOICES, crate::scorer::Params::CHOICES] {
            let (name, words) = params[0];
            assert_eq!((name, words.len()), ("signal", Load::SIGNALS.len() + 1));
            assert!(words.iter().all(|word| Load::named(word).is_ok()));
        }
    }

    #[test]
    fn both_limits_belong_to_what_stays() {
        let mut filter =
            Filters::new::<LoadLimit>(r#"{"signal": "queue_depth", "at_least": 1, "at_most": 5}"#).unwrap();
        filter.instances.set(&signal::QUEUE_DEPTH, &[0, 1, 5, 6]);
        assert_eq!(filter.filter().unwrap(), [false, true, true, false]);
    }

    #[test]
    fn by_default_it_is_the_requests_in_flight() {
        let mut filter = Filters::new::<LoadLimit>("{}").unwrap();
        filter.instances.set(&signal::INFLIGHT_REQUESTS, &[0, 100, 101]);
        assert_eq!(filter.filter().unwrap(), [true, true, false]);
    }

    #[test]
    fn limits_that_nothing_can_meet_are_refused() {
        let refused = Filters::new::<LoadLimit>(r#"{"at_least": 3, "at_most": 2}"#).err().unwrap();
        assert_eq!(refused, "`at_least` must not be above `at_most`: 3 and 2");
    }
}
