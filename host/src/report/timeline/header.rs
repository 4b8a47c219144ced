//! What a trace says of itself: `otherData`.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Timeline;
use super::event::{Event, What};
use super::sampling::STRETCH_US;
use super::tracks::COUNTERS;
use crate::report::number::{count, plural, short};
use crate::run::{Outcome, Used};

/// The version of the form of the file. It grows when a program that reads the file must change.
const SCHEMA_VERSION: u32 = 1;
/// What the file says it is.
const FORMAT: &str = "pointsman-timeline";

/// What there is of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// Routing decisions.
    pub(super) requests: u64,
    pub(super) steps: u64,
    /// Blocking reloads are a part of their step.
    pub(super) transfers: u64,
    pub(super) preemptions: u64,
    pub(super) drops: u64,
    pub(super) rejections: u64,
}

impl Counts {
    /// Counts a record that begins something.
    pub(super) fn add(&mut self, event: &Event) {
        let counter = match event {
            Event::Routed { .. } => &mut self.requests,
            Event::Rejected { .. } => &mut self.rejections,
            Event::Step(_) => &mut self.steps,
            Event::Offload(_) | Event::Reload { .. } => &mut self.transfers,
            Event::Moment { what: What::Preempted, .. } => &mut self.preemptions,
            Event::Moment { what: What::Dropped, .. } => &mut self.drops,
            Event::Moment { .. } | Event::Levels { .. } => return,
        };
        *counter += 1;
    }
}

impl Timeline {
    /// `otherData`.
    pub(super) fn header(&self, outcome: &Outcome) -> serde_json::Result<Value> {
        let record = &outcome.provenance;
        let config = serde_json::to_vec(&record.config)?;
        let units: serde_json::Map<String, Value> = [("ts", "us"), ("dur", "us")]
            .into_iter()
            .chain(COUNTERS)
            .map(|(name, unit)| (name.to_owned(), unit.into()))
            .collect();
        let counters = if self.has_all_changes() { Value::Null } else { self.grid.period_us().into() };
        let window = self.sampling.window.map(|window| {
            let end_us = Some(window.end_us).filter(|&end_us| end_us < u64::MAX);
            json!({ "start_us": window.start_us, "end_us": end_us })
        });
        Ok(json!({
            "format": FORMAT,
            "schema_version": SCHEMA_VERSION,
            "host_version": record.host_version,
            "seed": record.seed,
            "end_us": self.end_us,
            "units": units,
            "config": {
                "sha256": hex(&Sha256::digest(&config)),
                "cluster": record.config["cluster"],
                "policies": outcome.policies.iter().map(policy).collect::<Vec<_>>(),
                "workload": { "description": record.workload.description, "sha256": record.workload.sha256 },
            },
            "sampling": {
                "share": self.keeper.share,
                "automatic": self.sampling.is_automatic(),
                "stretch_us": STRETCH_US,
                "window": window,
                "counter_period_us": counters,
            },
            "kept": self.keeper.kept,
            "seen": self.seen,
        }))
    }

    /// What somebody should know who did not ask for a part of the run.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let (kept, seen) = (&self.keeper.kept, &self.seen);
        if let Some(window) = self.sampling.window.filter(|window| window.start_us > self.end_us) {
            let seconds = |us: u64| short(us as f64 / 1e6);
            return Some(format!(
                "the window of the timeline begins at {} s, after the end of the run at {} s",
                seconds(window.start_us),
                seconds(self.end_us)
            ));
        }
        (self.sampling.is_automatic() && self.keeper.share < 1.0).then(|| {
            format!(
                "the timeline holds 1 in {} of the requests and of the time, so that it stays below 200 MB: {} of \
                 {}, {} of {}; --timeline-window START..END keeps a part whole, --timeline-sample 1 everything",
                count((1.0 / self.keeper.share) as u64),
                count(kept.requests),
                plural(seen.requests, "request"),
                count(kept.steps),
                plural(seen.steps, "step"),
            )
        })
    }
}

/// A policy in one line: `scorer prefix-affinity x3`.
fn policy(used: &Used) -> String {
    let weight = used.weight.map(|weight| format!(" x{weight}")).unwrap_or_default();
    let note = used.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{} {}{weight}{note}", used.role, used.name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
