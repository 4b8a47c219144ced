//! `slo-gated`: under load, only what matters.

use pointsman_plugin_api::attribute::SLO_CLASS;
use pointsman_plugin_api::{Admission, Instances, Need, PolicyInfo, Request, Setup, parameters};

use super::LOAD_SIGNALS;

parameters! {
    /// Parameters of `slo-gated`.
    pub struct Params {
        /// The SLO classes that are rejected while every instance is loaded; must be given.
        classes: Vec<String> = Vec::new(),
        /// Least effective load from which on they are; must be given. \[requests\]
        threshold: Option<u64> = None,
    }
}

/// Rejects the classes listed while the least effective load is at least the threshold.
pub struct SloGated {
    classes: Vec<String>,
    threshold: u64,
}

impl Admission for SloGated {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "slo-gated",
        aliases: &[],
        summary: "rejects the classes listed while every instance is loaded",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = LOAD_SIGNALS;
    const ATTRIBUTES: &'static [Need] = &[SLO_CLASS.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        if params.classes.is_empty() {
            return Err("`classes` must be given: a list of one class or more".into());
        }
        let threshold = params.threshold.ok_or("`threshold` must be given")?;
        Ok(Self { classes: params.classes, threshold })
    }

    fn admit(&mut self, request: &Request<'_>, instances: &Instances<'_>) -> Result<bool, String> {
        let class = request.get(&SLO_CLASS);
        let gated = self.classes.iter().any(|gated| gated == class);
        let least = instances.effective_load().min().unwrap_or(0);
        Ok(!(gated && least >= self.threshold))
    }
}
