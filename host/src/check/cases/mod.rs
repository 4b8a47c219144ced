//! How each case is decided; a file per group.

mod declarations;
mod determinism;
mod endurance;
mod order;
mod parameters;
mod sweep;

use super::generate::Generator;
use super::search::{Found, Violation};
use super::situation::{Feed, Trial};
use super::subject::{Reads, Subject};
use super::verdict::{CaseResult, Example};
use super::world::World;
use super::{Case, Observer, Options};

/// Cases that are decided together, from the same calls.
const TOGETHER: [&[Case]; 2] = [
    &[Case::NoFault, Case::NoExit, Case::NoHang],
    &[Case::NoPanic, Case::Reads, Case::NoError, Case::RowCount, Case::Finite, Case::Range, Case::Hooks],
];

/// Splits cases, in order, into those that are decided together.
pub(super) fn steps(cases: &[Case]) -> Vec<Vec<Case>> {
    let group = |case: Case| TOGETHER.iter().position(|group| group.contains(&case));
    let mut steps: Vec<Vec<Case>> = Vec::new();
    for &case in cases {
        let known = steps.iter_mut().find(|step| group(case).is_some() && group(step[0]) == group(case));
        match known {
            Some(step) => step.push(case),
            None => steps.push(vec![case]),
        }
    }
    steps
}

/// Decides the cases of one step.
pub(super) fn decide(
    step: &[Case],
    subject: &Subject<'_>,
    options: &Options,
    observer: &mut dyn Observer,
) -> Vec<CaseResult> {
    let generator = Generator::new(subject, options);
    let Some(&case) = step.first() else { return Vec::new() };
    let one = match case {
        Case::NoFault | Case::NoExit | Case::NoHang => {
            return sweep::survives(step, subject, generator, observer);
        }
        Case::NoPanic
        | Case::Reads
        | Case::NoError
        | Case::RowCount
        | Case::Finite
        | Case::Range
        | Case::Hooks => return sweep::answers(step, subject, generator),
        Case::Loads | Case::Manifest => CaseResult::not_applicable(case, "it is a case of libraries"),
        Case::Metadata => declarations::metadata(subject),
        Case::Defaults => parameters::defaults(subject),
        Case::UnknownParameter => parameters::unknown(subject),
        Case::ParameterSchema => parameters::schema(subject),
        Case::OptionalReads => sweep::optional_reads(subject, generator),
        Case::Deterministic => determinism::deterministic(subject, generator),
        Case::RowOrder | Case::Permutation => order::row_order(case, subject, generator),
        Case::DeclaredOrder => order::declared_order(subject, generator),
        Case::Speed => endurance::speed(subject, generator, options),
        Case::Memory => endurance::memory(subject, generator, options),
    };
    vec![one]
}

/// What a search means for a case.
fn result(case: Case, reads: &Reads, found: Found) -> CaseResult {
    match found {
        Found::Nothing { kept } => CaseResult::passed(case, trials(kept)),
        Found::Unclear(fault) => CaseResult::behind(case, fault.case()),
        Found::Broken { trial, violation } => {
            let example = Some(example(reads, &trial, &violation));
            CaseResult { example, ..CaseResult::failed(case, violation.what) }
        }
    }
}

fn trials(number: usize) -> String {
    format!("{number} trial{}", if number == 1 { "" } else { "s" })
}

/// Shows the calls of a trial up to the one that went wrong.
pub(super) fn example(reads: &Reads, trial: &Trial, violation: &Violation) -> Example {
    let last = violation.call.map_or(0, |call| call + 1);
    let calls = trial.calls.iter().take(last).map(|call| call.feed(reads, &trial.world)).collect::<Vec<_>>();
    let shown = trial.calls.iter().map(|call| call.instances.len()).max().unwrap_or(0).max(1);
    let mut lines = trial.world.differences(&World::of(shown));
    for (index, feed) in calls.iter().enumerate() {
        let indent = if calls.len() > 1 { "  " } else { "" };
        if calls.len() > 1 {
            lines.push(format!("call {}", index + 1));
        }
        lines.extend(feed.describe().into_iter().map(|line| format!("{indent}{line}")));
        if index + 1 < calls.len() && !trial.calls[index].instances.is_empty() {
            lines.push(format!("{indent}then routed to row {}", trial.calls[index].chosen_row()));
        }
    }
    let trial = serde_json::json!({
        "setup": trial.world.to_json(),
        "calls": calls.iter().map(Feed::to_json).collect::<Vec<_>>(),
    });
    Example { lines, trial }
}
