//! Whether a request is let in (`model.md` section 9).

use super::facts::RequestFacts;
use super::table::SignalTable;

/// An admission policy.
#[derive(Debug, Clone, PartialEq)]
pub enum Admission {
    /// Lets everything in.
    AlwaysAdmit,
    /// Lets nothing in.
    RejectAll,
    /// Lets in what its tokens pay for.
    TokenBucket(TokenBucket),
    /// Rejects the classes listed while every instance is loaded.
    SloGated {
        /// Classes that are rejected.
        classes: Vec<String>,
        /// Least effective load from which on they are. \[requests\]
        threshold: u64,
    },
}

/// What a request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// One token of the bucket.
    Request,
    /// As many as it has prompt tokens.
    PromptTokens,
}

impl Cost {
    /// The name in configurations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::PromptTokens => "prompt-tokens",
        }
    }
}

/// A bucket that fills at a constant rate, and is full at first.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenBucket {
    rate_per_s: f64,
    burst: f64,
    cost: Cost,
    level: f64,
    filled_us: u64,
}

impl TokenBucket {
    /// A full bucket of `burst` tokens that gains `rate_per_s`.
    #[must_use]
    pub fn new(rate_per_s: f64, burst: f64, cost: Cost) -> Self {
        Self { rate_per_s, burst, cost, level: burst, filled_us: 0 }
    }

    fn admits(&mut self, now_us: u64, request: &RequestFacts<'_>) -> bool {
        let gained = (now_us - self.filled_us) as f64 * self.rate_per_s / 1e6;
        self.level = (self.level + gained).min(self.burst);
        self.filled_us = now_us;
        let cost = match self.cost {
            Cost::Request => 1.0,
            Cost::PromptTokens => request.prompt_tokens as f64,
        };
        let admitted = cost <= self.level;
        if admitted {
            self.level -= cost;
        }
        admitted
    }
}

impl Admission {
    /// Whether it looks at what instances report.
    #[must_use]
    pub fn reads_signals(&self) -> bool {
        matches!(self, Self::SloGated { .. })
    }

    /// Decides on a request at this tick.
    pub fn admits(&mut self, now_us: u64, request: &RequestFacts<'_>, table: &SignalTable) -> bool {
        match self {
            Self::AlwaysAdmit => true,
            Self::RejectAll => false,
            Self::TokenBucket(bucket) => bucket.admits(now_us, request),
            Self::SloGated { classes, threshold } => {
                let gated = classes.iter().any(|class| class == request.slo_class);
                let least = (0..table.rows()).map(|row| table.effective_load(row)).min().unwrap_or(0);
                !(gated && least >= *threshold)
            }
        }
    }
}
