//! `prefix-cache-affinity`: stay with the instances that have most of the prompt, until they are
//! too slow.

use pointsman_plugin_api::prelude::*;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use routing_inputs::{Hit, PrefixHits};

parameters! {
    /// Parameters of `prefix-cache-affinity`.
    pub struct Params {
        /// Share of the prompt's full blocks from which on an instance is sticky. \[0 to 1\]
        affinity_threshold: f64 = 0.8,
        /// How often all stay, whatever is cached, so that others come to cache it. \[probability\]
        exploration_probability: f64 = 0.0,
        /// All stay if the least loaded sticky instance would be later than the least loaded other one
        /// by more than this; 0: never. \[ms\]
        max_ttft_penalty_ms: f64 = 18_000.0,
        /// What an instance prefills: tokens in flight there over this are its delay. \[tokens/s\]
        peak_prefill_throughput: f64 = 15_928.0,
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
    }
}

/// The filter.
pub(crate) struct PrefixCacheAffinity {
    params: Params,
    prefix: PrefixHits,
    hits: Vec<Hit>,
    rng: ChaCha8Rng,
}

impl PrefixCacheAffinity {
    /// Whether stickiness costs more than it may.
    fn is_too_slow(&self, tokens: &[u64], sticky: &[bool]) -> bool {
        let least = |of: bool| {
            tokens.iter().zip(sticky).filter(|(_, sticky)| **sticky == of).map(|(tokens, _)| *tokens).min()
        };
        let (Some(sticky), Some(other)) = (least(true), least(false)) else { return false };
        let ahead = sticky as f64 - other as f64;
        ahead / self.params.peak_prefill_throughput * 1000.0 > self.params.max_ttft_penalty_ms
    }
}

impl Filter for PrefixCacheAffinity {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "prefix-cache-affinity",
        aliases: &["prefix-cache-affinity-filter"],
        summary: "keeps instances that have most of the prompt cached, unless they are too slow",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::INFLIGHT_TOKENS.required(),
    ];
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;
    /// It draws, where it explores.
    const DEPENDS_ON_ORDER: bool = true;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        for (name, value) in [
            ("affinity_threshold", params.affinity_threshold),
            ("exploration_probability", params.exploration_probability),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("`{name}` must be from 0 to 1, not {value}"));
            }
        }
        if !(params.max_ttft_penalty_ms.is_finite() && params.max_ttft_penalty_ms >= 0.0) {
            return Err(format!(
                "`max_ttft_penalty_ms` must be 0 or more, not {}",
                params.max_ttft_penalty_ms
            ));
        }
        if !(params.peak_prefill_throughput.is_finite() && params.peak_prefill_throughput > 0.0) {
            let found = params.peak_prefill_throughput;
            return Err(format!("`peak_prefill_throughput` must be above 0, not {found}"));
        }
        let prefix = PrefixHits::new(&params.source, setup)?;
        let rng = ChaCha8Rng::seed_from_u64(setup.get(&setup::SEED));
        Ok(Self { params, prefix, hits: Vec::new(), rng })
    }

    fn reads(&self, id: &str) -> bool {
        match id {
            _ if id == signal::INFLIGHT_TOKENS.id() => self.params.max_ttft_penalty_ms > 0.0,
            _ => self.prefix.reads(id),
        }
    }

    fn filter(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        let explore = self.params.exploration_probability;
        if explore > 0.0 && self.rng.random_bool(explore) {
            return Ok(());
        }
        self.prefix.find(request, instances, &mut self.hits);
        let full = self.prefix.full_blocks(request) as f64;
        // Not `hit / full >= threshold`: a prompt without a full block has no share, and no instance.
        let wanted = self.params.affinity_threshold * full;
        for (keep, hit) in keep.iter_mut().zip(&self.hits) {
            *keep = full > 0.0 && hit.gpu as f64 >= wanted;
        }
        let is_any = keep.iter().any(|&keep| keep);
        let gated = self.params.max_ttft_penalty_ms > 0.0;
        if !is_any || (gated && self.is_too_slow(instances.get(&signal::INFLIGHT_TOKENS), keep)) {
            keep.fill(true);
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

    use super::PrefixCacheAffinity;

    /// 165 tokens: 10 full blocks.
    fn filter(params: &str, hits: &[u64], tokens: &[u64]) -> Filters {
        let mut filter = Filters::new::<PrefixCacheAffinity>(params).unwrap();
        filter.instances.set(&signal::CACHED_PREFIX_BLOCKS, hits).set(&signal::INFLIGHT_TOKENS, tokens);
        filter.request.set(&attribute::PROMPT_TOKENS, &[165]);
        filter
    }

    #[test]
    fn those_with_most_of_the_prompt_stay() {
        let kept = |params, hits: [u64; 3]| filter(params, &hits, &[0; 3]).filter().unwrap();
        assert_eq!(kept("{}", [7, 8, 10]), [false, true, true]);
        assert_eq!(kept("{}", [0, 7, 3]), [true; 3], "nobody has enough");
        assert_eq!(kept(r#"{"affinity_threshold": 0.3}"#, [0, 7, 3]), [false, true, true]);
    }

    #[test]
    fn a_prompt_without_a_full_block_goes_anywhere() {
        let mut filter = filter(r#"{"affinity_threshold": 0}"#, &[0; 3], &[0; 3]);
        filter.request.set(&attribute::PROMPT_TOKENS, &[9]);
        assert_eq!(filter.filter().unwrap(), [true; 3]);
    }

    #[test]
    fn the_gate_opens_when_the_sticky_ones_are_too_far_behind() {
        let kept = |params, tokens: [u64; 3]| filter(params, &[10, 10, 0], &tokens).filter().unwrap();
        // 3000 tokens at 1000 tokens/s are 3000 ms, which is what may be.
        let params = r#"{"max_ttft_penalty_ms": 3000, "peak_prefill_throughput": 1000}"#;
        assert_eq!(kept(params, [3500, 9000, 500]), [true, true, false]);
        assert_eq!(kept(params, [3501, 9000, 500]), [true; 3]);
        assert_eq!(kept(r#"{"max_ttft_penalty_ms": 0}"#, [1 << 40, 1 << 40, 0]), [true, true, false]);
        // By default 18 s at 15928 tokens/s: 286704 tokens.
        assert_eq!(kept("{}", [286_704, 286_704, 0]), [true, true, false]);
        assert_eq!(kept("{}", [286_705, 286_705, 0]), [true; 3]);
    }

    #[test]
    fn exploration_keeps_all_as_often_as_it_should() {
        let mut filter = filter(r#"{"exploration_probability": 0.25}"#, &[10, 0, 0], &[0; 3]);
        let explored = (0..10_000).filter(|_| filter.filter().unwrap() == [true; 3]).count();
        // Three standard deviations of a binomial: 3 * sqrt(10000 * 0.25 * 0.75) = 130.
        assert!(explored.abs_diff(2500) < 130, "{explored}");
    }

    #[test]
    fn senseless_parameters_are_refused_by_name() {
        let refused = |params| Filters::new::<PrefixCacheAffinity>(params).err().unwrap();
        assert_eq!(
            refused(r#"{"affinity_threshold": 80}"#),
            "`affinity_threshold` must be from 0 to 1, not 80"
        );
        assert_eq!(
            refused(r#"{"peak_prefill_throughput": 0}"#),
            "`peak_prefill_throughput` must be above 0, not 0"
        );
        assert_eq!(
            refused(r#"{"max_ttft_penalty_ms": -1}"#),
            "`max_ttft_penalty_ms` must be 0 or more, not -1"
        );
    }
}
