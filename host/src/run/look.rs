//! What somebody wants to know of a run besides its results. Nothing of it influences the run.

use crate::metrics::{Attribution, Attributor, Collector, Routings};
use crate::policy::{DecisionRecorder, DecisionView};

/// What is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Look {
    /// Which scorer decided.
    pub attribution: bool,
    /// Which signals made a difference: each scorer is asked once more for every signal that it reads.
    pub probes: bool,
}

/// Writes down what is looked at of the routing decisions.
pub(super) struct Recorder {
    routings: Routings,
    attributor: Option<Attributor>,
}

impl Recorder {
    /// For a cluster of so many instances; `None` where nothing is looked at.
    pub(super) fn new(look: &Look, instances: u32) -> Option<Self> {
        let attributor = look.attribution.then(Attributor::default);
        attributor.is_some().then(|| Self { routings: Routings::new(instances), attributor })
    }

    /// What it comes to when the run is over and the collector sorted.
    pub(super) fn finish(self, collector: &Collector) -> Option<Attribution> {
        let regrets_us = self.routings.regrets_us(collector.records());
        self.attributor.map(|attributor| attributor.finish(&regrets_us))
    }
}

impl DecisionRecorder for Recorder {
    fn decided(&mut self, decision: &DecisionView<'_>) {
        self.routings.add(decision);
        if let Some(attributor) = &mut self.attributor {
            attributor.add(decision);
        }
    }
}
