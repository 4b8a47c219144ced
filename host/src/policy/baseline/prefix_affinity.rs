//! `prefix-affinity`: where a prompt's beginning was sent before.

use std::borrow::Cow;

use pointsman_plugin_api::attribute::PROMPT_BLOCKS;
use pointsman_plugin_api::setup::{INSTANCES, TOTAL_KV_BLOCKS};
use pointsman_plugin_api::signal::INSTANCE;
use pointsman_plugin_api::{BlockRun, Instances, Need, PolicyInfo, Request, Scorer, Setup, parameters};
use rustc_hash::FxHashSet;

use crate::recency::Recency;

parameters! {
    /// Parameters of `prefix-affinity`.
    pub struct Params {
        /// Capacity of the index of each instance; none: the instance's total KV blocks. \[blocks\]
        capacity_blocks: Option<u64> = None,
    }
}

/// Longest prefix of the prompt's full blocks in the index of an instance, over the prompt's full
/// blocks; 0 where it has none.
///
/// The index holds the identities of the prompt blocks that were sent to the instance, least
/// recently recorded out. It is a guess at what the instance has cached.
pub struct PrefixAffinity {
    capacity_blocks: u64,
    /// By instance.
    indexes: Vec<Recency<()>>,
}

/// The beginning of a prompt that fills an index of `capacity` blocks: what lies deeper would be
/// recorded first, and be out again at the end.
fn kept(runs: &[BlockRun], capacity: u64) -> Cow<'_, [BlockRun]> {
    if runs.iter().fold(0, |total: u64, run| total.saturating_add(run.len)) <= capacity {
        return runs.into();
    }
    // A hash may be there twice, so blocks that differ are counted.
    let mut seen = FxHashSet::default();
    let mut kept = Vec::new();
    for run in runs {
        let full = (0..run.len).find(|&at| {
            seen.insert(run.first.wrapping_add(at));
            seen.len() as u64 >= capacity
        });
        if let Some(last) = full {
            kept.push(BlockRun { len: last + 1, ..*run });
            break;
        }
        kept.push(*run);
    }
    kept.into()
}

/// How many blocks of some runs are in an index, up to the first that is not.
fn known(index: &Recency<()>, runs: &[BlockRun]) -> u64 {
    let mut known = 0;
    for run in runs {
        let here = index.prefix(run.first, run.len);
        known += here;
        if here < run.len {
            break;
        }
    }
    known
}

impl Scorer for PrefixAffinity {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "prefix-affinity",
        aliases: &["pa", "prefix-cache-scorer"],
        summary: "share of the prompt's blocks that were sent to the instance before",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[INSTANCE.required()];
    const ATTRIBUTES: &'static [Need] = &[PROMPT_BLOCKS.required()];

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let capacity_blocks = params.capacity_blocks.unwrap_or_else(|| setup.get(&TOTAL_KV_BLOCKS));
        if capacity_blocks == 0 {
            return Err("`capacity_blocks` must be at least 1".into());
        }
        let indexes = (0..setup.get(&INSTANCES)).map(|_| Recency::new()).collect();
        Ok(Self { capacity_blocks, indexes })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let prompt = request.get(&PROMPT_BLOCKS);
        let total: u64 = prompt.iter().map(|run| run.len).sum();
        for (score, &instance) in scores.iter_mut().zip(instances.get(&INSTANCE)) {
            let known = known(&self.indexes[instance as usize], prompt);
            *score = if total == 0 { 0.0 } else { known as f64 / total as f64 };
        }
        Ok(())
    }

    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        let index = &mut self.indexes[instances.get(&INSTANCE)[chosen] as usize];
        let kept = kept(request.get(&PROMPT_BLOCKS), self.capacity_blocks);
        // Deepest first, so that a prefix outlives its continuations.
        kept.iter().rev().for_each(|run| index.put(run.first, run.len, ()));
        index.shrink(self.capacity_blocks);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::Scorers;

    use super::*;

    const FIVE: &[BlockRun] = &[BlockRun { first: 10, len: 3 }, BlockRun { first: 90, len: 2 }];
    const FOUR: &[BlockRun] = &[BlockRun { first: 10, len: 3 }, BlockRun { first: 50, len: 1 }];

    fn scorer(params: &str) -> Scorers {
        let mut scorer = Scorers::new::<PrefixAffinity>(params).unwrap();
        scorer.instances.set(&INSTANCE, &[0, 1, 2, 3]);
        scorer.request.set(&PROMPT_BLOCKS, &[FIVE]);
        scorer
    }

    #[test]
    fn it_is_the_share_of_the_prompt_that_was_sent_there() {
        let mut scorer = scorer("{}");
        assert_eq!(scorer.score().unwrap(), [0.0; 4]);
        scorer.routed(2).unwrap();
        assert_eq!(scorer.score().unwrap(), [0.0, 0.0, 1.0, 0.0]);
        scorer.request.set(&PROMPT_BLOCKS, &[FOUR]);
        assert_eq!(scorer.score().unwrap(), [0.0, 0.0, 0.75, 0.0]);
        scorer.request.set(&PROMPT_BLOCKS, &[&[]]);
        assert_eq!(scorer.score().unwrap(), [0.0; 4]);
    }

    /// A host may leave instances out, or order them otherwise.
    #[test]
    fn a_row_is_the_instance_that_it_says() {
        let mut scorer = scorer("{}");
        scorer.instances.set(&INSTANCE, &[3, 1]);
        scorer.routed(0).unwrap();
        assert_eq!(scorer.score().unwrap(), [1.0, 0.0]);
        scorer.instances.set(&INSTANCE, &[0, 1, 2, 3]);
        assert_eq!(scorer.score().unwrap(), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn a_full_index_forgets_the_deepest_blocks_first() {
        let mut scorer = scorer(r#"{"capacity_blocks": 4}"#);
        scorer.routed(0).unwrap();
        assert_eq!(scorer.score().unwrap()[0], 0.8);
        // The fourth block of the other prompt takes the place of the fourth of this one.
        scorer.request.set(&PROMPT_BLOCKS, &[FOUR]);
        scorer.routed(0).unwrap();
        assert_eq!(scorer.score().unwrap()[0], 1.0);
        scorer.request.set(&PROMPT_BLOCKS, &[FIVE]);
        assert_eq!(scorer.score().unwrap()[0], 0.6);
    }

    fn run(first: u64, len: u64) -> BlockRun {
        BlockRun { first, len }
    }

    #[test]
    fn of_a_long_prompt_only_what_stays_is_recorded() {
        assert_eq!(*kept(&[run(1, 3), run(9, 2)], 5), [run(1, 3), run(9, 2)]);
        assert_eq!(*kept(&[run(1, 3), run(9, 2)], 4), [run(1, 3), run(9, 1)]);
        assert_eq!(*kept(&[run(1, 2), run(1, 2), run(9, 2)], 3), [run(1, 2), run(1, 2), run(9, 1)]);
        // 2^36 blocks: without the cut this would take minutes.
        assert_eq!(*kept(&[run(7, 1 << 36)], 500), [run(7, 500)]);
    }
}
