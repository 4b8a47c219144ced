//! `lmetric`: what is left to compute, times who else is there.

use pointsman_plugin_api::prelude::*;
use routing_inputs::{Hit, Load, PrefixHits};

use crate::cost;

parameters! {
    /// Parameters of `lmetric`.
    pub struct Params {
        /// Who else is there: a signal, or `effective_load` = `queue_depth + batch_size +
        /// pending_requests`.
        signal: String = "inflight_requests".into() => ["inflight_requests", "batch_size", "effective_load"],
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
    }
}

/// The scorer.
pub(crate) struct LMetric {
    prefix: PrefixHits,
    load: Load,
    hits: Vec<Hit>,
    loads: Vec<f64>,
    costs: Vec<f64>,
}

impl Scorer for LMetric {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "lmetric",
        aliases: &["lmetric-scorer"],
        summary: "least of uncached prompt tokens times (requests there + 1)",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::INFLIGHT_REQUESTS.required(),
        signal::BATCH_SIZE.required(),
        signal::QUEUE_DEPTH.required(),
        signal::PENDING_REQUESTS.required(),
    ];
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self {
            prefix: PrefixHits::new(&params.source, setup)?,
            load: Load::named(&params.signal)?,
            hits: Vec::new(),
            loads: Vec::new(),
            costs: Vec::new(),
        })
    }

    fn reads(&self, id: &str) -> bool {
        let is_load = Self::SIGNALS[2..].iter().any(|need| need.id == id);
        if is_load { self.load.reads(id) } else { self.prefix.reads(id) }
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.prefix.find(request, instances, &mut self.hits);
        self.load.read(instances, &mut self.loads)?;
        let tokens = request.get(&attribute::PROMPT_TOKENS);
        let block_size = self.prefix.block_size();
        self.costs.clear();
        self.costs.extend(self.hits.iter().zip(&self.loads).map(|(hit, load)| {
            // One token is always computed, so that no hit makes the product 0.
            let uncached = tokens.saturating_sub(hit.gpu * block_size).max(1);
            uncached as f64 * (load + 1.0)
        }));
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

    use super::LMetric;

    fn scored(params: &str, hits: [u64; 3], loads: [u64; 3]) -> Vec<f64> {
        let mut scorer = Scorers::new::<LMetric>(params).unwrap();
        scorer
            .instances
            .set(&signal::CACHED_PREFIX_BLOCKS, &hits)
            .set(&signal::INFLIGHT_REQUESTS, &loads)
            .set(&signal::BATCH_SIZE, &[0, 0, 1]);
        scorer.request.set(&attribute::PROMPT_TOKENS, &[160]);
        scorer.score().unwrap()
    }

    #[test]
    fn it_trades_cached_tokens_for_company() {
        // 160 * 1, (160 - 128) * 4 = 128, (160 - 128) * 6 = 192: 128 is best and 192 worst.
        assert_eq!(scored("{}", [0, 8, 8], [0, 3, 5]), [(192.0 - 160.0) / 64.0, 1.0, 0.0]);
        // 160, 32 * 5 = 160: as good as idle and empty.
        assert_eq!(scored("{}", [0, 8, 0], [0, 4, 1]), [1.0, 1.0, 0.0]);
        assert_eq!(scored("{}", [0; 3], [7; 3]), [1.0; 3]);
    }

    #[test]
    fn who_else_is_there_is_a_parameter() {
        // 160 * 1, 160 * 1, 160 * 2.
        assert_eq!(scored(r#"{"signal": "batch_size"}"#, [0; 3], [9, 5, 0]), [1.0, 1.0, 0.0]);
    }
}
