//! `token-bucket`: what its tokens pay for.

use pointsman_plugin_api::attribute::PROMPT_TOKENS;
use pointsman_plugin_api::{Admission, Instances, Need, PolicyInfo, Request, Setup, parameters};

parameters! {
    /// Parameters of `token-bucket`.
    pub struct Params {
        /// How fast the bucket fills; must be given. \[tokens/s\]
        rate_per_s: Option<f64> = None,
        /// How much it holds, and has at first; must be given. \[tokens\]
        burst: Option<f64> = None,
        /// What a request takes out of it: one token, or as many as it has prompt tokens.
        cost: String = "request".into() => ["request", "prompt-tokens"],
    }
}

/// A bucket that fills at a constant rate, and is full at first.
pub struct TokenBucket {
    rate_per_s: f64,
    burst: f64,
    per_token: bool,
    level: f64,
    filled_us: u64,
}

impl Admission for TokenBucket {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "token-bucket",
        aliases: &[],
        summary: "lets in what is paid for from a bucket that fills at a constant rate",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[PROMPT_TOKENS.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        let rate_per_s = positive("rate_per_s", params.rate_per_s)?;
        let burst = positive("burst", params.burst)?;
        if burst < 1.0 {
            return Err(format!(
                "nothing would ever be admitted: `burst` is {burst}, and every request costs at least 1"
            ));
        }
        let per_token = params.cost == "prompt-tokens";
        Ok(Self { rate_per_s, burst, per_token, level: burst, filled_us: 0 })
    }

    fn admit(&mut self, request: &Request<'_>, _: &Instances<'_>) -> Result<bool, String> {
        let now_us = request.now_us();
        let gained = (now_us - self.filled_us) as f64 * self.rate_per_s / 1e6;
        self.level = (self.level + gained).min(self.burst);
        self.filled_us = now_us;
        let cost = if self.per_token { request.get(&PROMPT_TOKENS) as f64 } else { 1.0 };
        let admitted = cost <= self.level;
        if admitted {
            self.level -= cost;
        }
        Ok(admitted)
    }
}

fn positive(name: &str, given: Option<f64>) -> Result<f64, String> {
    match given {
        None => Err(format!("`{name}` must be given")),
        Some(value) if value > 0.0 && value.is_finite() => Ok(value),
        Some(value) => Err(format!("`{name}` must be a number above 0, not {value}")),
    }
}
