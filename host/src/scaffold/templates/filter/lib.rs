//! `{{name}}`: leaves out instances that have much more to do than the one with the least.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// How many requests more than the least loaded an instance may have. \[requests\]
        spread_requests: u64 = 8,
    }
}

/// The filter.
pub struct {{Policy}} {
    spread_requests: u64,
}

impl Filter for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the modules `signal` and `attribute` for what there is.
    const SIGNALS: &'static [Need] = &[signal::INFLIGHT_REQUESTS.required()];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self {
            spread_requests: params.spread_requests,
        })
    }

    /// All stay at first. The least loaded always does, so that none is never the answer.
    fn filter(
        &mut self,
        _request: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        let loads = instances.get(&signal::INFLIGHT_REQUESTS);
        let least = loads.iter().min().copied().unwrap_or(0);
        for (keep, &load) in keep.iter_mut().zip(loads) {
            *keep = load - least <= self.spread_requests;
        }
        Ok(())
    }
}

export! { filters: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Filters, instance};

    use super::{{Policy}};

    fn filter(params: &str) -> Result<Filters, String> {
        Filters::new::<{{Policy}}>(params)
    }

    #[test]
    fn instances_far_above_the_least_are_left_out() -> Result<(), String> {
        let mut filter = filter(r#"{"spread_requests": 2}"#)?;
        for requests in [7, 3, 5, 6] {
            let instance = instance().inflight_requests(requests);
            filter.instances.push(instance);
        }
        assert_eq!(filter.filter()?, [false, true, true, false]);
        Ok(())
    }

    #[test]
    fn a_negative_spread_is_refused_by_name() {
        let refused = filter(r#"{"spread_requests": -1}"#).err();
        assert!(refused.is_some_and(|error| error.contains("`spread_requests`")));
    }
}
