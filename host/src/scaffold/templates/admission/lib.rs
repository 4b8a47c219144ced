//! `{{name}}`: turns long prompts away while every instance has a queue.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// Prompts from this length on are long. \[tokens\]
        long_tokens: u64 = 2000,
        /// Waiting requests from which on an instance is busy. \[requests\]
        busy_requests: u64 = 2,
    }
}

/// The admission policy.
pub struct {{Policy}} {
    params: Params,
}

impl Admission for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the modules `signal` and `attribute` for what there is.
    const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::PROMPT_TOKENS.required()];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        if params.busy_requests == 0 {
            return Err("`busy_requests` must be at least 1, not 0".into());
        }
        Ok(Self { params })
    }

    /// The rows are all instances.
    fn admit(&mut self, request: &Request<'_>, instances: &Instances<'_>) -> Result<bool, String> {
        let is_long = request.get(&attribute::PROMPT_TOKENS) >= self.params.long_tokens;
        let depths = instances.get(&signal::QUEUE_DEPTH);
        let all_busy = depths
            .iter()
            .all(|&depth| depth >= self.params.busy_requests);
        Ok(!(is_long && all_busy))
    }
}

export! { admissions: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Admissions, instances, request};

    use super::{{Policy}};

    fn admission(params: &str) -> Result<Admissions, String> {
        Admissions::new::<{{Policy}}>(params)
    }

    #[test]
    fn long_prompts_wait_for_better_times() -> Result<(), String> {
        let mut admission = admission(r#"{"long_tokens": 100, "busy_requests": 3}"#)?;
        admission.request = request().prompt_tokens(100);
        admission.instances = instances(2).queue_depth(3);
        assert!(!admission.admit()?, "every instance is busy");
        admission.request = request().prompt_tokens(99);
        assert!(admission.admit()?, "short prompts are always let in");
        admission.request = request().prompt_tokens(100);
        admission.instances.push(instances(1).queue_depth(2));
        assert!(admission.admit()?, "one is not");
        Ok(())
    }

    #[test]
    fn a_senseless_parameter_is_refused_by_name() {
        let refused = admission(r#"{"busy_requests": 0}"#).err();
        assert_eq!(
            refused.as_deref(),
            Some("`busy_requests` must be at least 1, not 0")
        );
    }
}
