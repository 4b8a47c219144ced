//! `no-hit-lru`: spreads the requests that no cache can help, so that caches grow evenly.

use pointsman_plugin_api::prelude::*;
use routing_inputs::{Hit, PrefixHits};

parameters! {
    /// Parameters of `no-hit-lru`.
    pub struct Params {
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
    }
}

/// The scorer.
pub(crate) struct NoHitLru {
    prefix: PrefixHits,
    /// By instance, the number of the cold request that it got last; 0: none yet.
    last_cold: Vec<u64>,
    cold_requests: u64,
    hits: Vec<Hit>,
    /// Scratch: rows, the best first.
    ranked: Vec<usize>,
}

impl NoHitLru {
    /// Whether no candidate has anything of the request.
    fn is_cold(&mut self, request: &Request<'_>, instances: &Instances<'_>) -> bool {
        self.prefix.find(request, instances, &mut self.hits);
        self.hits.iter().all(|hit| hit.gpu == 0)
    }
}

impl Scorer for NoHitLru {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "no-hit-lru",
        aliases: &["no-hit-lru-scorer"],
        summary: "sends requests that no cache helps where such a one went least recently",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &PrefixHits::SIGNALS;
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let instances = setup.get(&setup::INSTANCES);
        Ok(Self {
            prefix: PrefixHits::new(&params.source, setup)?,
            last_cold: (0..instances).map(|_| 0).collect(),
            cold_requests: 0,
            hits: Vec::new(),
            ranked: Vec::new(),
        })
    }

    fn reads(&self, id: &str) -> bool {
        id == signal::INSTANCE.id() || self.prefix.reads(id)
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        if !self.is_cold(request, instances) {
            scores.fill(0.5);
            return Ok(());
        }
        let numbers = instances.get(&signal::INSTANCE);
        let last_cold = &self.last_cold;
        self.ranked.clear();
        self.ranked.extend(0..scores.len());
        self.ranked.sort_unstable_by_key(|&row| (last_cold[numbers[row] as usize], numbers[row]));
        let most = scores.len().saturating_sub(1).max(1) as f64;
        for (rank, &row) in self.ranked.iter().enumerate() {
            scores[row] = 1.0 - rank as f64 / most;
        }
        Ok(())
    }

    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        if self.is_cold(request, instances) {
            self.cold_requests += 1;
            self.last_cold[instances.get(&signal::INSTANCE)[chosen] as usize] = self.cold_requests;
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
    use pointsman_plugin_api::{attribute, signal, testkit::Scorers};

    use super::NoHitLru;

    const COLD: [u64; 4] = [0; 4];

    fn scorer() -> Scorers {
        let mut scorer = Scorers::new::<NoHitLru>("{}").unwrap();
        scorer.instances.set(&signal::INSTANCE, &[0, 1, 2, 3]).set(&signal::CACHED_PREFIX_BLOCKS, &COLD);
        scorer.request.set(&attribute::PROMPT_TOKENS, &[100]);
        scorer
    }

    /// Ranks 0 to 3 over 3.
    const RANKS: [f64; 4] = [1.0, 1.0 - 1.0 / 3.0, 1.0 - 2.0 / 3.0, 0.0];

    #[test]
    fn cold_requests_go_round_by_least_recent_use() {
        let mut scorer = scorer();
        let [first, second, third, last] = RANKS;
        // None has had one: by number.
        assert_eq!(scorer.score().unwrap(), [first, second, third, last]);
        scorer.routed(0).unwrap();
        assert_eq!(scorer.score().unwrap(), [last, first, second, third]);
        // Another scorer may have had more say: 3 gets it.
        scorer.routed(3).unwrap();
        assert_eq!(scorer.score().unwrap(), [third, first, second, last]);
    }

    #[test]
    fn a_warm_request_scores_half_everywhere_and_is_not_remembered() {
        let mut scorer = scorer();
        scorer.instances.set(&signal::CACHED_PREFIX_BLOCKS, &[0, 0, 1, 0]);
        assert_eq!(scorer.score().unwrap(), [0.5; 4]);
        scorer.routed(0).unwrap();
        scorer.instances.set(&signal::CACHED_PREFIX_BLOCKS, &COLD);
        assert_eq!(scorer.score().unwrap(), RANKS);
    }

    #[test]
    fn a_row_is_the_instance_that_it_says_and_one_alone_is_best() {
        let mut scorer = scorer();
        scorer.instances.set(&signal::INSTANCE, &[3, 1]).set(&signal::CACHED_PREFIX_BLOCKS, &[0, 0]);
        scorer.routed(0).unwrap();
        assert_eq!(scorer.score().unwrap(), [0.0, 1.0]);
        scorer.instances.set(&signal::INSTANCE, &[3]).set(&signal::CACHED_PREFIX_BLOCKS, &[0]);
        assert_eq!(scorer.score().unwrap(), [1.0]);
    }
}
