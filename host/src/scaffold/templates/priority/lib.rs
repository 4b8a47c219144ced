//! `{{name}}`: conversations under way go before those that begin.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// Rounds after which a conversation gets no more urgent. \[rounds\]
        most_rounds: u64 = 3,
    }
}

/// The priority policy.
pub struct {{Policy}} {
    most_rounds: u64,
}

impl Priority for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the module `attribute` for what there is.
    const ATTRIBUTES: &'static [Need] = &[attribute::ROUND.required()];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        if params.most_rounds == 0 {
            return Err("`most_rounds` must be at least 1, not 0".into());
        }
        Ok(Self {
            most_rounds: params.most_rounds,
        })
    }

    /// The round of a request does not change while it waits.
    fn order(&self) -> Order {
        Order::Fixed
    }

    /// Higher is more urgent: 0 for the first round, then 1, 2 and so on.
    fn priorities(&mut self, queue: &Queue<'_>, priorities: &mut [f64]) -> Result<(), String> {
        let rounds = queue.get(&attribute::ROUND);
        for (priority, &round) in priorities.iter_mut().zip(rounds) {
            *priority = round.min(self.most_rounds) as f64;
        }
        Ok(())
    }
}

export! { priorities: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Priorities, request};

    use super::{{Policy}};

    fn priority(params: &str) -> Result<Priorities, String> {
        Priorities::new::<{{Policy}}>(params)
    }

    #[test]
    fn later_rounds_are_more_urgent_up_to_a_limit() -> Result<(), String> {
        let mut priority = priority(r#"{"most_rounds": 2}"#)?;
        for round in [0, 1, 2, 7] {
            priority.queue.push(request().round(round));
        }
        assert_eq!(priority.priorities()?, [0.0, 1.0, 2.0, 2.0]);
        Ok(())
    }

    #[test]
    fn a_senseless_parameter_is_refused_by_name() {
        let refused = priority(r#"{"most_rounds": 0}"#).err();
        assert_eq!(
            refused.as_deref(),
            Some("`most_rounds` must be at least 1, not 0")
        );
    }
}
