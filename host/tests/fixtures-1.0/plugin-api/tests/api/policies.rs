//! Small policies that the tests are made with.

use std::sync::atomic::{AtomicU32, Ordering};

use pointsman_plugin_api::{Signal, prelude::*};

/// How often a [`Fragile`] was called or dropped, panics included.
pub(crate) static CALLS: AtomicU32 = AtomicU32::new(0);

pointsman_plugin_api::parameters! {
    /// When to panic.
    pub struct Fragility {
        /// In the constructor.
        in_new: bool = false,
        /// In `score`.
        in_score: bool = false,
        /// In `routed`.
        in_routed: bool = false,
        /// When dropped.
        in_drop: bool = false,
    }
}

/// Panics where it is told to.
pub(crate) struct Fragile(Fragility);

impl Scorer for Fragile {
    type Params = Fragility;
    const INFO: PolicyInfo =
        PolicyInfo { name: "fragile", aliases: &[], summary: "panics on request", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::KV_UTILIZATION.required()];

    fn new(params: Fragility, _: &Setup<'_>) -> Result<Self, String> {
        assert!(!params.in_new, "in new");
        Ok(Self(params))
    }

    fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        assert!(!self.0.in_score, "in score");
        scores.fill(1.0);
        Ok(())
    }

    fn routed(&mut self, _: &Request<'_>, _: &Instances<'_>, chosen: usize) -> Result<(), String> {
        assert!(!self.0.in_routed, "in routed to {chosen}");
        Ok(())
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.0.in_drop, "in drop");
    }
}

/// A signal of a later version.
pub(crate) const LATER: Signal<f64> = Signal::new("later", "none", "From a later version.");

/// Reads what its parameter says.
pub(crate) struct Reader(u64);

pointsman_plugin_api::parameters! {
    /// What to read.
    pub struct What {
        /// A number of a case below.
        case: u64 = 0,
    }
}

impl Scorer for Reader {
    type Params = What;
    const INFO: PolicyInfo =
        PolicyInfo { name: "reader", aliases: &["r"], summary: "reads \"things\"", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[
        signal::KV_UTILIZATION.required(),
        signal::QUEUE_DEPTH.required(),
        signal::BATCH_SIZE.required(),
        signal::PENDING_REQUESTS.required(),
        LATER.optional(),
    ];
    const ATTRIBUTES: &'static [Need] = &[attribute::SLO_CLASS.required(), attribute::MAX_TOKENS.optional()];

    fn new(params: What, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(params.case))
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        match self.0 {
            0 => scores.copy_from_slice(instances.get(&signal::KV_UTILIZATION)),
            1 => scores.fill(instances.get(&LATER)[0]),
            2 => scores.fill(instances.try_get(&LATER).map_or(0.25, |later| later[0])),
            3 => scores.fill(instances.get(&signal::CACHE_HIT_RATE)[0]),
            4 => scores.fill(if request.get(&attribute::SLO_CLASS) == "critical" { 1.0 } else { 0.0 }),
            5 => scores.fill(request.get(&attribute::TENANT).len() as f64),
            6 => scores.fill(request.try_get(&attribute::MAX_TOKENS).map_or(-1.0, |cap| cap as f64)),
            7 => {
                for (score, load) in scores.iter_mut().zip(instances.effective_load()) {
                    *score = load as f64;
                }
            }
            8 => {
                for (row, score) in scores.iter_mut().enumerate() {
                    *score = instances.age_us(&signal::KV_UTILIZATION, row) as f64;
                }
            }
            9 => scores.fill(request.now_us() as f64),
            other => return Err(format!("no case {other}")),
        }
        Ok(())
    }
}
