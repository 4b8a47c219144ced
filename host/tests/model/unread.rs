//! What policies are passed only if they read it: columns that their parameters make needless, and the
//! remaining prefill of waiting requests.

use std::sync::Mutex;

use pointsman::engine::Reload;
use pointsman::policy::ClassWeights;
use pointsman_plugin_api::prelude::*;

use crate::policies;
use crate::support::{Lab, Tier, at, cluster};

/// Declares two signals and an attribute, and reads none of them but the first.
struct Choosy;

impl Scorer for Choosy {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "choosy", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] =
        &[signal::QUEUE_DEPTH.required(), signal::CACHED_PREFIX_BLOCKS.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::TENANT.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn reads(&self, id: &str) -> bool {
        id == signal::QUEUE_DEPTH.id()
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        assert_eq!(instances.get(&signal::QUEUE_DEPTH).len(), scores.len());
        assert!(instances.try_get(&signal::CACHED_PREFIX_BLOCKS).is_none());
        assert!(request.try_get(&attribute::TENANT).is_none());
        scores.fill(1.0);
        Ok(())
    }
}

#[test]
fn what_a_policy_does_not_read_is_neither_measured_nor_passed() {
    let mut lab = Lab::new(cluster(2));
    let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
    let router = policies::max_score(vec![policies::scorer::<Choosy>("{}")], weights);
    let needs = router.signals();
    assert!(needs.instances && !needs.cached_prefix_blocks);
    lab.router = Some(router);
    lab.add([at(0, 40, 2)]);
    assert_eq!(lab.run().instances(), [Some(0)]);
}

/// First come, first served; writes down the remaining prefill of each waiting request at each asking.
struct Scribe;

static WRITTEN: Mutex<Vec<(u64, u64, u64)>> = Mutex::new(Vec::new());

impl Scheduler for Scribe {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "scribe", aliases: &[], summary: "", version: "1.0.0" };
    const ATTRIBUTES: &'static [Need] = &[
        attribute::ID.required(),
        attribute::REMAINING_PREFILL_TOKENS.required(),
        attribute::QUEUE_POSITION.required(),
    ];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }
    fn order(&self) -> Order {
        Order::ChangesWithState
    }
    fn uses_priority(&self) -> bool {
        false
    }
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let mut written = WRITTEN.lock().unwrap();
        let tokens = queue.get(&attribute::REMAINING_PREFILL_TOKENS);
        for ((&id, &tokens), key) in queue.get(&attribute::ID).iter().zip(tokens).zip(&mut *keys) {
            written.push((queue.now_us(), id, tokens));
            *key = Key::of(0.0);
        }
        for (key, &position) in keys.iter_mut().zip(queue.get(&attribute::QUEUE_POSITION)) {
            *key = Key::of(position as f64);
        }
        Ok(())
    }
}

#[test]
fn remaining_prefill_is_what_admission_would_compute() {
    // 5 GPU blocks, one of them request 0's. 1 computes a b and frees them: both go to the CPU tier.
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 8 });
    lab.settings.kv.reload = Reload::Async;
    lab.seats = Box::new(|| {
        (policies::scheduler::<Scribe>(), policies::priority::<pointsman::policy::baseline::Constant>("{}"))
    });
    // 2 finds a b in GPU memory; 3 to 6 take all four blocks; 7 finds a b in the CPU tier, and comes back
    // from loading with them.
    lab.add([at(10, 33, 1).holds("a b"), at(3_000, 40, 1).holds("a b")]);
    lab.flush(6_000, 4);
    lab.add([at(9_000, 40, 1).holds("a b")]);
    let run = lab.run();
    assert_eq!((run.of(2).hit_tokens_gpu, run.of(7).hit_tokens_cpu), (32, 32));
    let written = std::mem::take(&mut *WRITTEN.lock().unwrap());
    let of = |id: u64| written.iter().filter(move |(_, other, _)| *other == id).map(|(.., tokens)| *tokens);
    // New: all 33. With a hit: 40 - 32.
    assert_eq!(of(1).collect::<Vec<_>>(), [33]);
    assert_eq!(of(2).collect::<Vec<_>>(), [8]);
    assert!(of(3).all(|tokens| tokens == 15));
    // In the CPU tier: 40 - 32; and loaded: 40 - 32, without another look-up.
    let loaded: Vec<u64> = of(7).collect();
    assert!(loaded.len() >= 2 && loaded.iter().all(|&tokens| tokens == 8), "{loaded:?}");
}
