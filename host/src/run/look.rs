//! What somebody wants to know of a run besides its results. Nothing of it influences the run.

use crate::metrics::{Attribution, Attributor, DecisionLog, Routings, Waits};
use crate::policy::{DecisionRecorder, DecisionView, Router};

/// What is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Look {
    /// Which scorer decided.
    pub attribution: bool,
    /// Which signals made a difference: each scorer is asked once more for every signal that it reads.
    pub probes: bool,
    /// The share of the decisions that is kept, above 0 and up to 1: some 100 bytes and 8 for each signal
    /// and scorer of each candidate. `None`: none is.
    pub decisions: Option<f64>,
}

/// Writes down what is looked at of the routing decisions.
pub(super) struct Recorder {
    routings: Routings,
    attributor: Option<Attributor>,
    log: Option<DecisionLog>,
}

impl Recorder {
    /// For a cluster of so many instances; `None` where nothing is looked at.
    pub(super) fn new(look: &Look, instances: u32, router: &Router) -> Option<Self> {
        let attributor = look.attribution.then(Attributor::default);
        let log = look.decisions.map(|share| DecisionLog::new(share, router.signal_ids()));
        let is_wanted = attributor.is_some() || log.is_some();
        is_wanted.then(|| Self { routings: Routings::new(instances), attributor, log })
    }

    /// What it comes to when the run is over, with how long its requests waited.
    pub(super) fn finish(mut self, waits: Waits) -> (Option<Attribution>, Option<DecisionLog>) {
        let regrets_us = self.routings.regrets_us(waits);
        if let Some(log) = &mut self.log {
            log.judge(&regrets_us);
        }
        (self.attributor.map(|attributor| attributor.finish(&regrets_us)), self.log)
    }
}

impl DecisionRecorder for Recorder {
    fn decided(&mut self, decision: &DecisionView<'_>) {
        self.routings.add(decision);
        if let Some(attributor) = &mut self.attributor {
            attributor.add(decision);
        }
        if let Some(log) = &mut self.log {
            log.add(decision);
        }
    }
}
