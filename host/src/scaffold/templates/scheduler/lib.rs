//! `{{name}}`: short prompts first, but no request waits for ever.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// How much longer a prompt may be for each second that its request came earlier.
        /// \[tokens/s\]
        tokens_per_second: f64 = 500.0,
    }
}

/// The scheduler.
pub struct {{Policy}} {
    tokens_per_us: f64,
}

impl Scheduler for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the module `attribute` for what there is.
    const ATTRIBUTES: &'static [Need] = &[
        attribute::PROMPT_TOKENS.required(),
        attribute::ARRIVAL_US.required(),
    ];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        let rate = params.tokens_per_second;
        if !rate.is_finite() || rate < 0.0 {
            return Err(format!("`tokens_per_second` must be 0 or more, not {rate}"));
        }
        Ok(Self {
            tokens_per_us: rate / 1e6,
        })
    }

    /// Time moves all waiting requests by the same amount, so their order stays as it is.
    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    /// Lower goes first.
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let tokens = queue.get(&attribute::PROMPT_TOKENS);
        let arrivals_us = queue.get(&attribute::ARRIVAL_US);
        for (row, key) in keys.iter_mut().enumerate() {
            *key = Key::of(tokens[row] as f64 + arrivals_us[row] as f64 * self.tokens_per_us);
        }
        Ok(())
    }
}

export! { schedulers: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Schedulers, request};

    use super::{{Policy}};

    fn scheduler(params: &str) -> Result<Schedulers, String> {
        Schedulers::new::<{{Policy}}>(params)
    }

    #[test]
    fn short_prompts_go_first_and_time_makes_up_for_length() -> Result<(), String> {
        let mut scheduler = scheduler(r#"{"tokens_per_second": 1000}"#)?;
        let queue = &mut scheduler.queue;
        queue.push(request().prompt_tokens(900).arrival_us(1_000_000));
        queue.push(request().prompt_tokens(100).arrival_us(1_000_000));
        queue.push(request().prompt_tokens(900).arrival_us(0));
        assert_eq!(scheduler.order_of_rows()?, [2, 1, 0]);
        Ok(())
    }

    #[test]
    fn a_senseless_parameter_is_refused_by_name() {
        let refused = scheduler(r#"{"tokens_per_second": -1}"#).err();
        assert_eq!(
            refused.as_deref(),
            Some("`tokens_per_second` must be 0 or more, not -1")
        );
    }
}
