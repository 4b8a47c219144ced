//! `{{name}}`: prefers instances where few tokens wait to be computed.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// Waiting tokens at which an instance scores 0. \[tokens\]
        full_tokens: u64 = 20_000,
    }
}

/// The scorer.
pub struct {{Policy}} {
    full_tokens: f64,
}

impl Scorer for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the modules `signal` and `attribute` for what there is.
    const SIGNALS: &'static [Need] = &[signal::WAITING_TOKENS.required()];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        if params.full_tokens == 0 {
            return Err("`full_tokens` must be at least 1, not 0".into());
        }
        Ok(Self {
            full_tokens: params.full_tokens as f64,
        })
    }

    /// 1 where nothing waits, 0 where `full_tokens` do.
    fn score(
        &mut self,
        _request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let waiting_tokens = instances.get(&signal::WAITING_TOKENS);
        for (score, &waiting) in scores.iter_mut().zip(waiting_tokens) {
            *score = (1.0 - waiting as f64 / self.full_tokens).max(0.0);
        }
        Ok(())
    }
}

export! { scorers: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Scorers, instance};

    use super::{{Policy}};

    fn scorer(params: &str) -> Result<Scorers, String> {
        Scorers::new::<{{Policy}}>(params)
    }

    #[test]
    fn an_instance_with_less_to_do_scores_higher() -> Result<(), String> {
        let mut scorer = scorer(r#"{"full_tokens": 100}"#)?;
        for tokens in [0, 25, 100, 500] {
            scorer.instances.push(instance().waiting_tokens(tokens));
        }
        assert_eq!(scorer.score()?, [1.0, 0.75, 0.0, 0.0]);
        Ok(())
    }

    #[test]
    fn a_senseless_parameter_is_refused_by_name() {
        let refused = scorer(r#"{"full_tokens": 0}"#).err();
        assert_eq!(
            refused.as_deref(),
            Some("`full_tokens` must be at least 1, not 0")
        );
    }
}
