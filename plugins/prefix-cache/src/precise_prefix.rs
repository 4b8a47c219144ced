//! `precise-prefix`: the share of a prompt that an instance really has.

use pointsman_plugin_api::prelude::*;
use routing_inputs::{Hit, PrefixHits};

parameters! {
    /// Parameters of `precise-prefix`.
    pub struct Params {
        /// Where it knows from what is cached: the `signal` `cached_prefix_blocks`, or an index that it
        /// keeps from `kv-events`.
        source: String = "signal".into() => ["signal", "kv-events"],
        /// What a block in the CPU tier counts beside one in GPU memory; needs `kv-events`. \[0 to 1\]
        cpu_weight: f64 = 0.0,
    }
}

/// The scorer.
pub(crate) struct PrecisePrefix {
    prefix: PrefixHits,
    cpu_weight: f64,
    hits: Vec<Hit>,
}

impl Scorer for PrecisePrefix {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "precise-prefix",
        aliases: &["precise-prefix-cache-scorer"],
        summary: "share of the prompt's blocks that the instance has cached",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &PrefixHits::SIGNALS;
    const ATTRIBUTES: &'static [Need] = PrefixHits::ATTRIBUTES;
    const HOOKS: &'static [Need] = PrefixHits::HOOKS;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let prefix = PrefixHits::new(&params.source, setup)?;
        let cpu_weight = params.cpu_weight;
        if !(0.0..=1.0).contains(&cpu_weight) {
            return Err(format!("`cpu_weight` must be from 0 to 1, not {cpu_weight}"));
        }
        if cpu_weight > 0.0 && !prefix.knows_cpu() {
            return Err("`cpu_weight` needs `source: kv-events`: the signal knows GPU memory alone".into());
        }
        Ok(Self { prefix, cpu_weight, hits: Vec::new() })
    }

    fn reads(&self, id: &str) -> bool {
        self.prefix.reads(id)
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.prefix.find(request, instances, &mut self.hits);
        let full = self.prefix.full_blocks(request) as f64;
        for (score, hit) in scores.iter_mut().zip(&self.hits) {
            let found = hit.gpu as f64 + self.cpu_weight * hit.cpu as f64;
            *score = if full == 0.0 { 0.0 } else { found / full };
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

    use super::PrecisePrefix;

    #[test]
    fn by_signal_it_is_the_hit_over_the_full_blocks() {
        let mut scorer = Scorers::new::<PrecisePrefix>("{}").unwrap();
        scorer.instances.set(&signal::CACHED_PREFIX_BLOCKS, &[0, 2, 3]);
        // 70 tokens are 4 full blocks of 16.
        scorer.request.set(&attribute::PROMPT_TOKENS, &[70]);
        assert_eq!(scorer.score().unwrap(), [0.0, 0.5, 0.75]);
        // No full block.
        scorer.request.set(&attribute::PROMPT_TOKENS, &[15]);
        scorer.instances.set(&signal::CACHED_PREFIX_BLOCKS, &[0, 0, 0]);
        assert_eq!(scorer.score().unwrap(), [0.0; 3]);
    }

    #[test]
    fn senseless_parameters_are_refused() {
        let refused = |params| Scorers::new::<PrecisePrefix>(params).err().unwrap();
        assert_eq!(
            refused(r#"{"cpu_weight": 0.8}"#),
            "`cpu_weight` needs `source: kv-events`: the signal knows GPU memory alone"
        );
        assert_eq!(
            refused(r#"{"source": "kv-events", "cpu_weight": 2}"#),
            "`cpu_weight` must be from 0 to 1, not 2"
        );
        assert!(refused(r#"{"source": "events"}"#).starts_with("parameter `source`: `events` is none of"));
    }
}
