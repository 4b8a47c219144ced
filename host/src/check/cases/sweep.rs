//! Cases about single answers, over all situations that are tried.

use super::super::cells::number;
use super::super::fault::Fault;
use super::super::generate::Generator;
use super::super::search::{Found, Judgement, Violation, search};
use super::super::shrink::{ATTEMPTS, shrink};
use super::super::subject::Subject;
use super::super::trial::{Answer, Transcript, perform, perform_with};
use super::super::verdict::CaseResult;
use super::super::{Case, Observer};
use super::result;
use crate::registry::Kind;

/// Makes all calls and looks at nothing but that the process is still there. Whoever watches the
/// process decides the rest.
pub(super) fn survives(
    step: &[Case],
    subject: &Subject<'_>,
    generator: Generator,
    observer: &mut dyn Observer,
) -> Vec<CaseResult> {
    let mut calls = 0;
    for (number, trial) in generator.sweep().enumerate() {
        observer.trying(number);
        calls += perform(subject, &trial).map_or(0, |transcript| transcript.len());
    }
    step.iter().map(|&case| CaseResult::passed(case, format!("{calls} calls"))).collect()
}

/// One look at all situations for all cases of the step.
pub(super) fn answers(step: &[Case], subject: &Subject<'_>, generator: Generator) -> Vec<CaseResult> {
    let mut open: Vec<(Case, Found)> = step.iter().map(|&case| (case, Found::Nothing { kept: 0 })).collect();
    for trial in generator.sweep() {
        let outcome = perform(subject, &trial);
        for (case, found) in &mut open {
            match (judge(subject, *case, &outcome), &mut *found) {
                (_, Found::Broken { .. }) => {}
                (Judgement::Kept, Found::Nothing { kept }) => *kept += 1,
                (Judgement::Kept, Found::Unclear(_)) => *found = Found::Nothing { kept: 1 },
                (Judgement::Unclear(fault), Found::Nothing { kept: 0 }) => *found = Found::Unclear(fault),
                (Judgement::Unclear(_), _) => {}
                (Judgement::Broken(violation), _) => {
                    let (trial, violation) =
                        shrink(trial.clone(), violation, ATTEMPTS, |smaller| {
                            match judge(subject, *case, &perform(subject, smaller)) {
                                Judgement::Broken(violation) => Some(violation),
                                _ => None,
                            }
                        });
                    *found = Found::Broken { trial, violation };
                }
            }
        }
    }
    open.into_iter().map(|(case, found)| result(case, &subject.reads(), found)).collect()
}

/// What a transcript says about one case.
fn judge(subject: &Subject<'_>, case: Case, outcome: &Result<Transcript, Fault>) -> Judgement {
    let answers = match outcome {
        Ok(answers) => answers,
        Err(fault) if fault.case() == case => {
            let what = format!("when it is built: {fault}");
            return Judgement::Broken(Violation { call: None, what });
        }
        Err(fault) => return Judgement::Unclear(fault.clone()),
    };
    let mut in_the_way = None;
    let mut is_kept = false;
    for (call, answer) in answers.iter().enumerate() {
        match judge_one(subject, case, answer) {
            Ok(()) => is_kept = true,
            Err(One::Broken(what)) => return Judgement::Broken(Violation::in_call(call, what)),
            Err(One::Unclear(fault)) => in_the_way = in_the_way.or(Some(fault)),
        }
    }
    match in_the_way {
        Some(fault) if !is_kept => Judgement::Unclear(fault),
        _ => Judgement::Kept,
    }
}

/// Why one answer does not keep a promise.
enum One {
    Broken(String),
    Unclear(Fault),
}

fn judge_one(subject: &Subject<'_>, case: Case, answer: &Answer) -> Result<(), One> {
    if let Some(fault) = answer.fault() {
        let in_hook = answer.values.is_ok();
        let business = match fault {
            // An error of the hook is not one of the answer.
            Fault::Refused(_) if in_hook => Case::Hooks,
            fault => fault.case(),
        };
        if business == case {
            let place = if in_hook { "in a hook, " } else { "" };
            return Err(One::Broken(format!("{place}{fault}")));
        }
        // A call that comes to this has gone well in all that comes before.
        let has_answer = in_hook && case != Case::Hooks;
        let has_come_so_far = fault.has_come_back();
        if !(has_answer || has_come_so_far && case < business) {
            return Err(One::Unclear(fault.clone()));
        }
    }
    let Ok(values) = &answer.values else { return Ok(()) };
    let is_score = subject.kind == Kind::Scorer;
    for (row, key) in values.iter().enumerate() {
        match case {
            Case::Finite if !key.is_finite() => {
                let value = if key.major.is_finite() { key.minor } else { key.major };
                return Err(One::Broken(format!("{} is {value}", subject.answer(row))));
            }
            Case::Range if is_score && key.major.is_finite() && !(0.0..=1.0).contains(&key.major) => {
                return Err(One::Broken(format!("{} is {}", subject.answer(row), number(key.major))));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether it works when nothing is there that it does not require, hooks included.
pub(super) fn optional_reads(subject: &Subject<'_>, generator: Generator) -> CaseResult {
    const CASE: Case = Case::OptionalReads;
    let Some(reads) = subject.reads_required() else {
        return CaseResult::not_applicable(CASE, "it requires all that it reads");
    };
    let found = search(generator.sweep(), |trial| {
        let without = match perform_with(subject, reads.clone(), trial) {
            Ok(transcript) => transcript,
            Err(fault) => return Judgement::Unclear(fault),
        };
        let Some((call, fault)) = first_fault(&without) else { return Judgement::Kept };
        match fault {
            // A sentence that says what is missing is an answer, too.
            Fault::Refused(_) => Judgement::Kept,
            Fault::Insisted(_) => Judgement::Broken(Violation::in_call(call, fault.to_string())),
            // A call that fails anyway says nothing.
            _ => match perform(subject, trial) {
                Ok(with) if first_fault(&with).is_none() => {
                    Judgement::Broken(Violation::in_call(call, fault.to_string()))
                }
                _ => Judgement::Unclear(fault.clone()),
            },
        }
    });
    result(CASE, &reads, found)
}

fn first_fault(transcript: &Transcript) -> Option<(usize, &Fault)> {
    transcript.iter().enumerate().find_map(|(call, answer)| Some((call, answer.fault()?)))
}
