//! Seeds are run, look after look, until the answer is clear or the budget is spent.

use std::collections::BTreeMap;

use super::answer::{Answer, Side, Verdict};
use super::mode::Mode;
use super::one_cluster::{OneCluster, look_at};
use super::question::Question;
use super::weigh::{Pair, Weighed, weigh};
use crate::experiment::conduct::{ConductError, Conducted, Means, run_seeds};
use crate::experiment::measurement::Measurement;
use crate::experiment::plan::{Arm, routing};
use crate::experiment::results::RunOutcome;

/// Says whether there is time for so many more seeds, of which so many have been run.
pub type Budget<'a> = dyn FnMut(u32, u32) -> bool + 'a;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The runs could not be made.
    #[error(transparent)]
    Conduct(#[from] ConductError),
    /// A run failed.
    #[error("{side} failed in seed {seed}: {message}")]
    Failed {
        /// `A` or `B`.
        side: char,
        /// The seed.
        seed: u64,
        /// Why.
        message: String,
    },
    /// The two did not meet the same requests.
    #[error(
        "in seed {seed}, A and B did not meet the same requests: nothing can be compared; please report this"
    )]
    OtherRequests {
        /// The seed.
        seed: u64,
    },
    /// No metric that decides has a value.
    #[error("`{0}` has no value in these runs: there is nothing to compare")]
    NoValue(String),
    /// No two windows were whole.
    #[error(
        "in seed {seed}, no pair of windows ended before the last arrival: choose a shorter --window, or a longer workload"
    )]
    NoWindows {
        /// The seed.
        seed: u64,
    },
}

/// Asks whether the second arm is better than the first. For a test on one cluster there is a third arm, on
/// which both are.
///
/// # Errors
///
/// If a run failed, or the arms did not meet the same requests.
pub fn ask(
    question: &Question,
    arms: &[Arm],
    first_seed: u64,
    means: &mut Means<'_>,
    budget: &mut Budget<'_>,
) -> Result<Answer, AskError> {
    let mut conducted = Conducted { runs: vec![Vec::new(); arms.len()], seeds: Vec::new() };
    let mut weighed: Option<(Weighed, Option<OneCluster>)> = None;
    let mut stopped = "all seeds used";
    for (look, &count) in question.looks.counts().iter().enumerate() {
        let done = conducted.seeds.len() as u32;
        if look > 0 && !budget(count - done, done) {
            stopped = "out of time";
            break;
        }
        let seeds: Vec<u64> = (done..count).map(|index| first_seed.wrapping_add(index.into())).collect();
        run_seeds(arms, &seeds, &mut conducted, means)?;
        let pairs = pairs(&conducted)?;
        let (seen, one_cluster) = match conducted.runs.get(2) {
            None => (weigh(question, &pairs, look), None),
            Some(_) => {
                let (seen, one) = look_at(question, &pairs, &shared(question, &conducted)?, look);
                (seen, Some(one))
            }
        };
        if let Some(metric) = question
            .deciding
            .iter()
            .find(|metric| !seen.rows.iter().any(|row| row.metric == metric.to_string()))
        {
            return Err(AskError::NoValue(metric.to_string()));
        }
        let is_settled = seen.is_settled;
        let is_identical = seen.verdict == Verdict::Identical;
        weighed = Some((seen, one_cluster));
        if is_settled {
            stopped = if is_identical { "identical" } else { "decided" };
            break;
        }
    }
    let (weighed, one_cluster) = weighed.ok_or(ConductError::Interrupted)?;
    let because = because(&weighed, conducted.seeds.len());
    Ok(Answer {
        schema_version: 1,
        a: side(&arms[0]),
        b: side(&arms[1]),
        mode: question.mode.name().to_owned(),
        notes: notes(&conducted, arms, one_cluster.as_ref()),
        one_cluster,
        seeds: conducted.seeds,
        looks: question.looks.counts().to_vec(),
        stopped: stopped.to_owned(),
        min_effect: question.min_effect,
        rows: weighed.rows,
        guardrails: weighed.guardrails,
        verdict: weighed.verdict,
        because,
    })
}

fn pairs<'c>(conducted: &'c Conducted) -> Result<Vec<Pair<'c>>, AskError> {
    let mut pairs = Vec::new();
    for (a, b) in conducted.runs[0].iter().zip(&conducted.runs[1]) {
        let measured = |side: char, outcome: &'c RunOutcome| match outcome {
            RunOutcome::Measured(one) => Ok(&**one),
            RunOutcome::Failed(message) => {
                Err(AskError::Failed { side, seed: a.seed, message: message.clone() })
            }
        };
        let (seed, a, b) = (a.seed, measured('A', &a.outcome)?, measured('B', &b.outcome)?);
        if a.arrivals_sha256 != b.arrivals_sha256 {
            return Err(AskError::OtherRequests { seed });
        }
        pairs.push(Pair { seed, a, b });
    }
    Ok(pairs)
}

/// The runs in which both shared the cluster.
fn shared<'c>(question: &Question, conducted: &'c Conducted) -> Result<Vec<&'c Measurement>, AskError> {
    let mut shared = Vec::new();
    for (run, whole) in conducted.runs[2].iter().zip(&conducted.runs[0]) {
        let seed = run.seed;
        let (one, whole) = match (&run.outcome, &whole.outcome) {
            (RunOutcome::Measured(one), RunOutcome::Measured(whole)) => (one, whole),
            (RunOutcome::Failed(message), _) | (_, RunOutcome::Failed(message)) => {
                return Err(AskError::Failed { side: 'B', seed, message: message.clone() });
            }
        };
        if one.arrivals_sha256 != whole.arrivals_sha256 {
            return Err(AskError::OtherRequests { seed });
        }
        let has_windows = one.parts.as_ref().is_some_and(|parts| parts.window_pairs > 0);
        if matches!(question.mode, Mode::Switchback(_)) && !has_windows {
            return Err(AskError::NoWindows { seed });
        }
        shared.push(&**one);
    }
    Ok(shared)
}

pub(super) fn side(arm: &Arm) -> Side {
    Side { composition: composition(arm), libraries: arm.libraries().into_iter().collect() }
}

/// The policies of an arm in short form.
pub(in crate::experiment) fn composition(arm: &Arm) -> String {
    let policy = &arm.resolved.policy;
    let mut composition = routing(&policy.routing);
    composition += &format!(", {}", policy.scheduler);
    if policy.priority.name.value != "constant" {
        composition += &format!(" with {}", policy.priority);
    }
    if policy.admission.name.value != "always-admit" {
        composition += &format!(", {}", policy.admission);
    }
    composition
}

fn because(weighed: &Weighed, seeds: usize) -> String {
    let named = |verdict: Verdict| {
        let rows = weighed.rows.iter().filter(|row| row.decides && row.verdict == verdict);
        rows.map(|row| format!("`{}`", row.metric)).collect::<Vec<_>>().join(", ")
    };
    match weighed.verdict {
        Verdict::Identical => {
            format!("every request fared the same in all {seeds} seeds: this is seen, not tested")
        }
        Verdict::Better => match named(Verdict::Equivalent) {
            equal if equal.is_empty() => format!("in {}", named(Verdict::Better)),
            equal => format!("in {}, and equivalent in {equal}", named(Verdict::Better)),
        },
        Verdict::Worse => format!("in {}", named(Verdict::Worse)),
        Verdict::Equivalent => "all differences are within the smallest effect of interest".to_owned(),
        Verdict::Different => format!("in {}", named(Verdict::Different)),
        Verdict::GuardrailBroken => "B makes it worse than allowed".to_owned(),
        Verdict::Undecided => match named(Verdict::Undecided) {
            open if open.is_empty() => "a guardrail is undecided".to_owned(),
            open => format!("the seeds do not say for {open}"),
        },
    }
}

fn notes(conducted: &Conducted, arms: &[Arm], one_cluster: Option<&OneCluster>) -> Vec<String> {
    let mut notes = one_cluster.map(OneCluster::notes).unwrap_or_default();
    for (name, runs) in ["A", "B"].into_iter().zip(&conducted.runs) {
        let growing = runs.iter().filter(
            |run| matches!(&run.outcome, RunOutcome::Measured(one) if one.still_growing == Some(true)),
        );
        let count = growing.count();
        if 2 * count > runs.len() {
            notes.push(format!(
                "{name} is past saturation in {count} of {} seeds: latencies depend on how long the run is",
                runs.len()
            ));
        }
    }
    let mut warned: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, runs) in ["A", "B"].into_iter().zip(&conducted.runs) {
        for run in runs {
            let RunOutcome::Measured(one) = &run.outcome else { continue };
            for warning in &one.warnings {
                let names = warned.entry(warning).or_default();
                if names.last() != Some(&name) {
                    names.push(name);
                }
            }
        }
    }
    notes.extend(warned.into_iter().map(|(warning, names)| format!("{warning} ({})", names.join(" and "))));
    if arms[0].origins.is_trace {
        notes.push(
            "a trace has nothing random in it: seeds differ in tie-breaks and random policies alone, and \
             intervals say nothing about other days"
                .to_owned(),
        );
    }
    notes
}
