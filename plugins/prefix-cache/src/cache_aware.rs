//! `cache-aware`: cache first while the load is balanced, load first when it is not.

use pointsman_plugin_api::prelude::*;
use routing_inputs::{Hit, PrefixHits};

parameters! {
    /// Parameters of `cache-aware`.
    pub struct Params {
        /// Share of the prompt's full blocks above which the cache decides. \[0 to 1\]
        cache_threshold: f64 = 0.5,
        /// The load is not balanced where the most and the fewest requests in flight differ by more
        /// than this ... \[requests\]
        balance_abs_threshold: u64 = 32,
        /// ... and the most are more than so many times the fewest. \[ratio\]
        balance_rel_threshold: f64 = 1.1,
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
    }
}

/// The filter.
pub(crate) struct CacheAware {
    params: Params,
    prefix: PrefixHits,
    hits: Vec<Hit>,
}

impl Filter for CacheAware {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "cache-aware",
        aliases: &["two-tier"],
        summary: "keeps those with the longest cached prefix, while the load is balanced",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::INFLIGHT_REQUESTS.required(),
    ];
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        if !(0.0..=1.0).contains(&params.cache_threshold) {
            return Err(format!("`cache_threshold` must be from 0 to 1, not {}", params.cache_threshold));
        }
        if !(params.balance_rel_threshold.is_finite() && params.balance_rel_threshold >= 1.0) {
            let found = params.balance_rel_threshold;
            return Err(format!("`balance_rel_threshold` must be at least 1, not {found}"));
        }
        let prefix = PrefixHits::new(&params.source, setup)?;
        Ok(Self { params, prefix, hits: Vec::new() })
    }

    fn reads(&self, id: &str) -> bool {
        self.prefix.reads(id)
    }

    fn filter(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        let loads = instances.get(&signal::INFLIGHT_REQUESTS);
        let (Some(&most), Some(&fewest)) = (loads.iter().max(), loads.iter().min()) else { return Ok(()) };
        let is_balanced = most - fewest <= self.params.balance_abs_threshold
            || most as f64 <= self.params.balance_rel_threshold * fewest as f64;
        if !is_balanced {
            return Ok(());
        }
        self.prefix.find(request, instances, &mut self.hits);
        let longest = self.hits.iter().map(|hit| hit.gpu).max().unwrap_or(0);
        let full = self.prefix.full_blocks(request) as f64;
        if longest as f64 > self.params.cache_threshold * full {
            for (keep, hit) in keep.iter_mut().zip(&self.hits) {
                *keep = hit.gpu == longest;
            }
        }
        Ok(())
    }

    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        self.prefix.follow(events);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{attribute, signal, testkit::Filters};

    use super::CacheAware;

    /// 165 tokens: 10 full blocks.
    fn kept(params: &str, hits: [u64; 3], loads: [u64; 3]) -> Vec<bool> {
        let mut filter = Filters::new::<CacheAware>(params).unwrap();
        filter.instances.set(&signal::CACHED_PREFIX_BLOCKS, &hits).set(&signal::INFLIGHT_REQUESTS, &loads);
        filter.request.set(&attribute::PROMPT_TOKENS, &[165]);
        filter.filter().unwrap()
    }

    #[test]
    fn those_with_the_longest_prefix_stay_if_it_is_long_enough() {
        assert_eq!(kept("{}", [6, 5, 6], [4, 0, 9]), [true, false, true]);
        assert_eq!(kept("{}", [5, 0, 0], [4, 0, 9]), [true; 3], "half is not more than half");
        assert_eq!(kept(r#"{"cache_threshold": 0.2}"#, [3, 0, 0], [4, 0, 9]), [true, false, false]);
        assert_eq!(kept(r#"{"cache_threshold": 0}"#, [0, 0, 0], [0, 0, 0]), [true; 3]);
    }

    #[test]
    fn it_is_unbalanced_by_difference_and_ratio_alike() {
        let hits = [10, 0, 0];
        assert_eq!(kept("{}", hits, [32, 0, 5]), [true, false, false], "32 is not more than 32");
        assert_eq!(kept("{}", hits, [33, 0, 5]), [true; 3]);
        // 704 = 640 + 64, and 1.1 * 640.
        assert_eq!(kept("{}", hits, [704, 640, 640]), [true, false, false]);
        assert_eq!(kept("{}", hits, [705, 640, 640]), [true; 3]);
        assert_eq!(kept(r#"{"balance_abs_threshold": 2}"#, hits, [3, 0, 0]), [true; 3]);
        assert_eq!(kept(r#"{"balance_rel_threshold": 2}"#, hits, [705, 640, 640]), [true, false, false]);
    }

    #[test]
    fn senseless_parameters_are_refused_by_name() {
        let refused = |params| Filters::new::<CacheAware>(params).err().unwrap();
        assert_eq!(refused(r#"{"cache_threshold": 50}"#), "`cache_threshold` must be from 0 to 1, not 50");
        assert_eq!(
            refused(r#"{"balance_rel_threshold": 0.9}"#),
            "`balance_rel_threshold` must be at least 1, not 0.9"
        );
    }
}
