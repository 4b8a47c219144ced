//! A decides and B is asked too: how often, and where, B would have decided otherwise.
//!
//! This says nothing of what would have come of it. After the first decision that differs, B would have
//! met another cluster than the one it is asked about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::answer::Side;
use super::ask::{AskError, side};
use crate::experiment::conduct::{Conducted, Means, run_seeds};
use crate::experiment::judge::ALPHA;
use crate::experiment::part::Asked;
use crate::experiment::plan::Arm;
use crate::experiment::results::{Interval, RunOutcome};
use crate::experiment::statistics::Sample;
use crate::policy::Disagreement;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowAnswer {
    /// The version of this form.
    pub schema_version: u32,
    /// `shadow`.
    pub mode: String,
    /// A, which decided.
    pub a: Side,
    /// B, which was asked too.
    pub b: Side,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// All requests, then by class.
    pub rows: Vec<ShadowRow>,
    /// Some disagreements: those on which B sees most to gain, over all seeds.
    pub examples: Vec<Example>,
}

/// Requests of all classes, or of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowRow {
    /// The class; `None`: all.
    pub slo_class: Option<String>,
    /// Decisions, and what became of them, over all seeds.
    pub asked: Asked,
    /// The share on which they do not agree: mean over seeds with its 95 % interval.
    pub differing: Interval,
}

/// A disagreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// In the run of which seed.
    pub seed: u64,
    /// On what.
    #[serde(flatten)]
    pub disagreement: Disagreement,
}

/// Lets `arm` decide, and asks its rival too, on so many seeds.
///
/// # Errors
///
/// If a run failed.
pub fn ask_shadow(arm: &Arm, seeds: &[u64], means: &mut Means<'_>) -> Result<ShadowAnswer, AskError> {
    let mut conducted = Conducted { runs: vec![Vec::new()], seeds: Vec::new() };
    run_seeds(std::slice::from_ref(arm), seeds, &mut conducted, means)?;
    let mut found = Vec::new();
    for run in &conducted.runs[0] {
        match &run.outcome {
            RunOutcome::Failed(message) => {
                return Err(AskError::Failed { side: 'A', seed: run.seed, message: message.clone() });
            }
            RunOutcome::Measured(one) => found.extend(one.parts.as_ref().map(|parts| (run.seed, parts))),
        }
    }
    let classes: BTreeSet<&String> = found.iter().flat_map(|(_, parts)| parts.asked.keys()).collect();
    let mut rows = Vec::new();
    for class in std::iter::once(None).chain(classes.into_iter().map(Some)) {
        let by_seed: Vec<Asked> = found
            .iter()
            .map(|(_, parts)| {
                let here = parts.asked.iter().filter(|(name, _)| class.is_none_or(|class| class == *name));
                sum(here.map(|(_, asked)| *asked))
            })
            .collect();
        let shares: Vec<f64> = by_seed
            .iter()
            .filter(|asked| asked.decisions > 0)
            .map(|asked| asked.differing as f64 / asked.decisions as f64)
            .collect();
        let Some(sample) = Sample::of(&shares) else { continue };
        let bounds = sample.interval(ALPHA);
        rows.push(ShadowRow {
            slo_class: class.cloned(),
            asked: sum(by_seed.into_iter()),
            differing: Interval {
                estimate: sample.mean,
                // A share stays within 0 and 1, whatever a symmetric interval says.
                low: bounds.map(|(low, _)| low.max(0.0)),
                high: bounds.map(|(_, high)| high.min(1.0)),
                seeds: sample.count,
            },
        });
    }
    // A single class is all requests.
    if rows.len() == 2 {
        rows.pop();
    }
    let examples = found.iter().flat_map(|(seed, parts)| {
        parts.examples.iter().map(|one| Example { seed: *seed, disagreement: one.clone() })
    });
    let mut examples: Vec<Example> = examples.collect();
    let gain = |one: &Example| one.disagreement.gain_to_b().unwrap_or(f64::NEG_INFINITY);
    examples.sort_by(|x, y| gain(y).total_cmp(&gain(x)));
    examples.truncate(10);
    Ok(ShadowAnswer {
        schema_version: 1,
        mode: "shadow".to_owned(),
        a: side(arm),
        b: arm.rival.as_ref().map_or_else(|| side(arm), |rival| side(&rival.arm)),
        seeds: conducted.seeds,
        rows,
        examples,
    })
}

/// Counts added up; means weighed by disagreements.
fn sum(all: impl Iterator<Item = Asked>) -> Asked {
    let all: Vec<Asked> = all.collect();
    let mean = |of: fn(&Asked) -> Option<f64>| {
        let known: Vec<(f64, f64)> =
            all.iter().filter_map(|one| Some((of(one)?, one.differing as f64))).collect();
        let weight: f64 = known.iter().map(|(_, weight)| weight).sum();
        (weight > 0.0).then(|| known.iter().map(|(value, weight)| value * weight).sum::<f64>() / weight)
    };
    Asked {
        decisions: all.iter().map(|one| one.decisions).sum(),
        differing: all.iter().map(|one| one.differing).sum(),
        gain_to_b: mean(|one| one.gain_to_b),
        loss_to_a: mean(|one| one.loss_to_a),
    }
}
