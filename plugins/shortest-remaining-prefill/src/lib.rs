//! Orders the waiting queue by how much of each prompt is left to compute, least first; with ageing, so
//! that long prompts do not wait for ever.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `shortest-remaining-prefill`.
    pub struct Params {
        /// What a request gains by waiting: after `t` it goes before a fresh one that has `t` times this
        /// less to compute. 0: long prompts may starve. \[tokens/ms\]
        age_tokens_per_ms: f64 = 1.0,
    }
}

/// The scheduler.
#[derive(Debug)]
pub struct ShortestRemainingPrefill {
    age_tokens_per_us: f64,
}

impl Scheduler for ShortestRemainingPrefill {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "shortest-remaining-prefill",
        aliases: &["srpf"],
        summary: "least prompt left to compute first, with ageing",
        version: env!("CARGO_PKG_VERSION"),
    };
    const ATTRIBUTES: &'static [Need] =
        &[attribute::REMAINING_PREFILL_TOKENS.required(), attribute::ARRIVAL_US.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        let gain = params.age_tokens_per_ms;
        if !(gain.is_finite() && gain >= 0.0) {
            return Err(format!("`age_tokens_per_ms` must be 0 or more, not {gain}"));
        }
        Ok(Self { age_tokens_per_us: gain / 1000.0 })
    }

    /// What is left changes as caches do.
    fn order(&self) -> Order {
        Order::ChangesWithState
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let remaining = queue.get(&attribute::REMAINING_PREFILL_TOKENS);
        let arrivals = queue.get(&attribute::ARRIVAL_US);
        for ((key, &tokens), &arrival_us) in keys.iter_mut().zip(remaining).zip(arrivals) {
            // Those that wait all age alike, so the key is what is left less the age, plus the age of
            // one that arrived at 0: it does not depend on now.
            *key = Key::of(tokens as f64 + self.age_tokens_per_us * arrival_us as f64);
        }
        Ok(())
    }
}

export! { schedulers: [ShortestRemainingPrefill] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{Key, Order, attribute, testkit::Schedulers};

    use super::ShortestRemainingPrefill;

    fn keys(params: &str, remaining: &[u64], arrivals_us: &[u64]) -> Vec<f64> {
        let mut scheduler = Schedulers::new::<ShortestRemainingPrefill>(params).unwrap();
        scheduler
            .queue
            .set(&attribute::REMAINING_PREFILL_TOKENS, remaining)
            .set(&attribute::ARRIVAL_US, arrivals_us);
        scheduler.keys().unwrap().iter().map(|key: &Key| key.major).collect()
    }

    #[test]
    fn less_goes_first_and_equal_ones_tie() {
        let params = r#"{"age_tokens_per_ms": 0}"#;
        assert_eq!(keys(params, &[2000, 30, 30], &[0, 5000, 9000]), [2000.0, 30.0, 30.0]);
    }

    #[test]
    fn age_makes_up_for_length() {
        // A token a millisecond: 1970 ms make up for 1970 tokens, and not a microsecond less.
        assert_eq!(keys("{}", &[2000, 30], &[0, 1_970_000]), [2000.0, 2000.0]);
        let keys = keys("{}", &[2000, 30], &[0, 1_970_001]);
        assert!(keys[0] < keys[1], "{keys:?}");
    }

    #[test]
    fn its_order_changes_with_the_caches() {
        let scheduler = Schedulers::new::<ShortestRemainingPrefill>("{}").unwrap();
        assert_eq!(scheduler.order(), Some(Order::ChangesWithState));
        assert!(!scheduler.uses_priority());
    }

    #[test]
    fn a_negative_gain_is_refused() {
        let refused =
            Schedulers::new::<ShortestRemainingPrefill>(r#"{"age_tokens_per_ms": -1}"#).err().unwrap();
        assert_eq!(refused, "`age_tokens_per_ms` must be 0 or more, not -1");
    }
}
