//! A scorer that learns time to first token from what requests met, and scores by its prediction.

mod pending;
mod rls;

use pending::{Decision, Pending};
use pointsman_plugin_api::prelude::*;
use rls::{Features, Rls};

parameters! {
    /// Parameters of `ttft-predictor`.
    pub struct Params {
        /// What an observation weighs after the next one of the same instance, as a share; 1: nothing is
        /// forgotten. \[0 to 1\]
        forgetting: f64 = 0.995,
        /// Observations that every candidate must have before predictions count; until then the load
        /// decides. \[requests\]
        min_samples: u64 = 20,
        /// Decisions that are remembered until their outcome is known; the oldest go first. \[requests\]
        pending: u64 = 8192,
        /// Pull of the weights towards 0 where there is little to learn from.
        ridge: f64 = 0.01,
    }
}

/// Instances beyond this are not learnt about: far more than a cluster has.
const MOST_INSTANCES: u64 = 1 << 20;
/// The same for requests on their way.
const MOST_PENDING: u64 = 1 << 24;

/// Predicts time to first token per instance, online.
struct TtftPredictor {
    params: Params,
    block_size: f64,
    models: Vec<Rls>,
    pending: Pending,
    /// Scratch: a prediction for each candidate. \[s\]
    predictions: Vec<f64>,
}

impl TtftPredictor {
    /// What the prediction is made from; scaled so that each is about 1 in a busy cluster.
    fn features(&self, request: &Request<'_>, instances: &Instances<'_>, row: usize) -> Features {
        let cached = instances.get(&signal::CACHED_PREFIX_BLOCKS)[row] as f64 * self.block_size;
        let uncached = (request.get(&attribute::PROMPT_TOKENS) as f64 - cached).max(0.0);
        [
            1.0,
            uncached / 1_000.0,
            instances.get(&signal::WAITING_TOKENS)[row] as f64 / 10_000.0,
            instances.get(&signal::BATCH_SIZE)[row] as f64 / 100.0,
            instances.get(&signal::PENDING_REQUESTS)[row] as f64 / 10.0,
            instances.get(&signal::PENDING_TRANSFER_LATENCY)[row] as f64 / 100_000.0,
        ]
    }

    fn is_warm(&self, numbers: &[u64]) -> bool {
        let observations = |number: &u64| self.models.get(*number as usize).map_or(0, Rls::observations);
        numbers.iter().all(|number| observations(number) >= self.params.min_samples)
    }
}

impl Scorer for TtftPredictor {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "ttft-predictor",
        aliases: &[],
        summary: "predicts time to first token from what earlier requests met, and prefers the shortest",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::QUEUE_DEPTH.required(),
        signal::BATCH_SIZE.required(),
        signal::PENDING_REQUESTS.required(),
        signal::WAITING_TOKENS.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
    ];
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required(), attribute::PROMPT_TOKENS.required()];
    const HOOKS: &'static [Need] = &[hook::COMPLETED.required()];

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        if !(params.forgetting > 0.5 && params.forgetting <= 1.0) {
            return Err(format!("`forgetting` must be above 0.5 and at most 1, not {}", params.forgetting));
        }
        if !(params.ridge >= 1e-9 && params.ridge <= 1e9) {
            return Err(format!("`ridge` must be from 1e-9 to 1e9, not {}", params.ridge));
        }
        if !(1..=MOST_PENDING).contains(&params.pending) {
            return Err(format!("`pending` must be from 1 to {MOST_PENDING}, not {}", params.pending));
        }
        if params.min_samples == 0 {
            return Err("`min_samples` must be at least 1: a prediction from nothing is none".into());
        }
        Ok(Self {
            block_size: setup.get(&setup::BLOCK_SIZE) as f64,
            models: Vec::new(),
            pending: Pending::new(params.pending as usize),
            predictions: Vec::new(),
            params,
        })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let numbers = instances.get(&signal::INSTANCE);
        self.predictions.clear();
        if self.is_warm(numbers) {
            for (row, &number) in numbers.iter().enumerate() {
                let features = self.features(request, instances, row);
                // No time is negative, whatever a straight line says.
                self.predictions.push(self.models[number as usize].predict(&features).max(0.0));
            }
        } else {
            self.predictions.extend(instances.effective_load().map(|load| load as f64));
        }
        let least = self.predictions.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.predictions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (score, value) in scores.iter_mut().zip(&self.predictions) {
            *score = if most > least { ((most - value) / (most - least)).clamp(0.0, 1.0) } else { 1.0 };
        }
        Ok(())
    }

    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        let instance = instances.get(&signal::INSTANCE)[chosen];
        if instance < MOST_INSTANCES {
            let features = self.features(request, instances, chosen);
            let instance = instance as usize;
            self.pending.remember(Decision { request: request.get(&attribute::ID), instance, features });
        }
        Ok(())
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        let Some(decision) = self.pending.take(completion.request().get(&attribute::ID)) else {
            return Ok(());
        };
        // One that was dropped never had a first token.
        let Some(ttft_us) = completion.try_get(&outcome::TTFT_US) else { return Ok(()) };
        if self.models.len() <= decision.instance {
            self.models.resize_with(decision.instance + 1, || Rls::new(self.params.ridge));
        }
        let Params { forgetting, ridge, .. } = self.params;
        self.models[decision.instance].observe(&decision.features, ttft_us as f64 / 1e6, forgetting, ridge);
        Ok(())
    }
}

export! { scorers: [TtftPredictor] }

#[cfg(test)]
mod tests;
