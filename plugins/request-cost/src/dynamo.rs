//! `dynamo-cost`: the cost of Dynamo's KV router.

use pointsman_plugin_api::prelude::*;
use routing_inputs::{Hit, Load, PrefixHits};

use crate::cost;

parameters! {
    /// Parameters of `dynamo-cost`.
    pub struct Params {
        /// What a cached block takes off the prefill. \[blocks\]
        overlap_score_credit: f64 = 1.0,
        /// How fast that falls with the prefill that waits there beyond the least. \[1/prompt\]
        overlap_score_credit_decay: f64 = 0.0,
        /// What a block in the CPU tier takes off the prefill; needs `source: kv-events`. \[blocks\]
        host_cache_hit_weight: f64 = 0.0,
        /// What a block of prefill costs. \[per block\]
        prefill_load_scale: f64 = 1.0,
        /// What a request that is there costs. \[blocks\]
        decode_active_request_weight: f64 = 0.0,
        /// The prompt tokens that are there to be computed: those of the waiting requests, or of all in
        /// flight.
        prefill_signal: String = "waiting_tokens".into() => ["waiting_tokens", "inflight_tokens"],
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
    }
}

/// The scorer.
pub(crate) struct DynamoCost {
    params: Params,
    prefix: PrefixHits,
    prefill: Load,
    hits: Vec<Hit>,
    queued: Vec<f64>,
    costs: Vec<f64>,
}

impl Scorer for DynamoCost {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "dynamo-cost",
        aliases: &["dynamo-default-cost-fn"],
        summary: "least of prefill and decode blocks that the request would meet there",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::TOTAL_KV_BLOCKS.required(),
        signal::FREE_KV_BLOCKS.required(),
        signal::WAITING_TOKENS.required(),
        signal::INFLIGHT_TOKENS.optional(),
        signal::INFLIGHT_REQUESTS.required(),
    ];
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        for (name, value) in [
            ("overlap_score_credit", params.overlap_score_credit),
            ("overlap_score_credit_decay", params.overlap_score_credit_decay),
            ("host_cache_hit_weight", params.host_cache_hit_weight),
            ("prefill_load_scale", params.prefill_load_scale),
            ("decode_active_request_weight", params.decode_active_request_weight),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("`{name}` must be 0 or more, not {value}"));
            }
        }
        let prefix = PrefixHits::new(&params.source, setup)?;
        if params.host_cache_hit_weight > 0.0 && !prefix.knows_cpu() {
            let why = "the signal knows GPU memory alone";
            return Err(format!("`host_cache_hit_weight` needs `source: kv-events`: {why}"));
        }
        let prefill = Load::named(&params.prefill_signal)?;
        Ok(Self { params, prefix, prefill, hits: Vec::new(), queued: Vec::new(), costs: Vec::new() })
    }

    fn reads(&self, id: &str) -> bool {
        match id {
            _ if id == signal::WAITING_TOKENS.id() || id == signal::INFLIGHT_TOKENS.id() => {
                self.prefill.reads(id)
            }
            _ if id == signal::INFLIGHT_REQUESTS.id() => self.params.decode_active_request_weight > 0.0,
            _ => self.prefix.reads(id),
        }
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let params = &self.params;
        self.prefix.find(request, instances, &mut self.hits);
        self.prefill.read(instances, &mut self.queued)?;
        let block_size = self.prefix.block_size() as f64;
        let prompt = request.get(&attribute::PROMPT_TOKENS) as f64 / block_size;
        let least_queued = self.queued.iter().copied().fold(f64::INFINITY, f64::min);
        let (total, free) = (instances.get(&signal::TOTAL_KV_BLOCKS), instances.get(&signal::FREE_KV_BLOCKS));
        let weight = params.decode_active_request_weight;
        let active = (weight > 0.0).then(|| instances.get(&signal::INFLIGHT_REQUESTS));
        self.costs.clear();
        for (row, (hit, queued)) in self.hits.iter().zip(&self.queued).enumerate() {
            let excess = (queued - least_queued) / block_size;
            // In prompts like this one, rounded up to whole blocks.
            let decay = 1.0 / (1.0 + params.overlap_score_credit_decay * (excess / prompt.ceil().max(1.0)));
            let credit = params.overlap_score_credit * decay * hit.gpu as f64
                + params.host_cache_hit_weight * hit.cpu as f64;
            let prefill = (queued / block_size + prompt - credit).max(0.0);
            let decode = total[row].saturating_sub(free[row]) as f64;
            let requests = active.map_or(0.0, |active| weight * active[row] as f64);
            self.costs.push(params.prefill_load_scale * prefill + decode + requests);
        }
        cost::score(&self.costs, scores);
        Ok(())
    }

    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        self.prefix.follow(events);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{attribute, signal, testkit::Scorers};

    use super::DynamoCost;

    /// Three instances with 10, 20 and 30 blocks in use, and 0, 160 and 320 tokens waiting: 0, 10 and
    /// 20 blocks. A prompt of 160 tokens: 10 blocks.
    fn scored(params: &str, hits: [u64; 3]) -> Vec<f64> {
        let mut scorer = Scorers::new::<DynamoCost>(params).unwrap();
        scorer
            .instances
            .set(&signal::CACHED_PREFIX_BLOCKS, &hits)
            .set(&signal::TOTAL_KV_BLOCKS, &[100; 3])
            .set(&signal::FREE_KV_BLOCKS, &[90, 80, 70])
            .set(&signal::WAITING_TOKENS, &[0, 160, 320])
            .set(&signal::INFLIGHT_TOKENS, &[1600, 0, 0])
            .set(&signal::INFLIGHT_REQUESTS, &[8, 4, 0]);
        scorer.request.set(&attribute::PROMPT_TOKENS, &[160]);
        scorer.score().unwrap()
    }

    #[test]
    fn prefill_less_credit_and_decode_add_up() {
        // 0 + 10 - 0 + 10 = 20, 10 + 10 - 8 + 20 = 32, 20 + 10 - 0 + 30 = 60.
        assert_eq!(scored("{}", [0, 8, 0]), [1.0, (60.0 - 32.0) / 40.0, 0.0]);
    }

    #[test]
    fn each_constant_is_a_parameter() {
        // No credit: 20, 40, 60.
        assert_eq!(scored(r#"{"overlap_score_credit": 0}"#, [0, 8, 0]), [1.0, 0.5, 0.0]);
        // Decode alone: 10, 20, 30.
        assert_eq!(scored(r#"{"prefill_load_scale": 0}"#, [0, 8, 0]), [1.0, 0.5, 0.0]);
        // 20 + 8 * 5 = 60, 40 + 4 * 5 = 60, 60.
        assert_eq!(scored(r#"{"decode_active_request_weight": 5}"#, [0; 3]), [1.0; 3]);
        // 100 + 10 + 10 = 120, 0 + 10 + 20 = 30, 0 + 10 + 30 = 40.
        let inflight = r#"{"prefill_signal": "inflight_tokens"}"#;
        assert_eq!(scored(inflight, [0; 3]), [0.0, 1.0, (120.0 - 40.0) / 90.0]);
    }

    #[test]
    fn credit_decays_with_the_queue_beyond_the_least() {
        // Of row 1: one prompt more than the least, so half of 8: 10 + 10 - 4 + 20 = 36. 20 and 60 as
        // before.
        let decayed = scored(r#"{"overlap_score_credit_decay": 1}"#, [0, 8, 0]);
        assert_eq!(decayed, [1.0, (60.0 - 36.0) / 40.0, 0.0]);
    }

    #[test]
    fn credit_takes_off_no_more_than_there_is() {
        // max(0, 0 + 10 - 2 * 9) + 10 = 10, 40, 60.
        assert_eq!(scored(r#"{"overlap_score_credit": 2}"#, [9, 0, 0]), [1.0, 0.4, 0.0]);
    }

    #[test]
    fn senseless_parameters_are_refused_by_name() {
        let refused = |params| Scorers::new::<DynamoCost>(params).err().unwrap();
        assert_eq!(
            refused(r#"{"prefill_load_scale": -1}"#),
            "`prefill_load_scale` must be 0 or more, not -1"
        );
        assert_eq!(
            refused(r#"{"host_cache_hit_weight": 0.75}"#),
            "`host_cache_hit_weight` needs `source: kv-events`: the signal knows GPU memory alone"
        );
    }
}
