//! What must not change an answer: where a row stands, who else is asked about, and time.

use pointsman_plugin_api::{Key, Order};
use rand::seq::SliceRandom as _;

use super::super::Case;
use super::super::fault::Fault;
use super::super::generate::Generator;
use super::super::search::{Judgement, Violation, search};
use super::super::situation::{Situation, Trial};
use super::super::subject::Subject;
use super::super::trial::{Transcript, perform};
use super::super::verdict::{CaseResult, Verdict};
use super::determinism::shown;
use super::result;
use crate::random;

/// Answers that differ by less than this part of their size are equal: a sum over rows in another
/// order is another number in its last digits.
const TOLERANCE: f64 = 1e-9;

/// Whether each row has the same answer wherever it stands.
pub(super) fn row_order(case: Case, subject: &Subject<'_>, generator: Generator) -> CaseResult {
    if subject.policy.depends_on_order {
        return CaseResult::not_applicable(case, "it says that it depends on the order of the rows");
    }
    let found = search(generator.sweep(), |trial| {
        let orders: Vec<Vec<usize>> = trial.calls.iter().enumerate().map(reordering).collect();
        let calls = trial.calls.iter().zip(&orders);
        let reordered =
            Trial { calls: calls.map(|(call, order)| call.reordered(order)).collect(), ..trial.clone() };
        compare(
            subject,
            trial,
            &reordered,
            |call, answers| {
                if answers.len() != orders[call].len() {
                    // One answer for all rows.
                    return answers.to_vec();
                }
                let mut back = answers.to_vec();
                orders[call].iter().zip(answers).for_each(|(&row, answer)| back[row] = *answer);
                back
            },
            |row, there, here| {
                let answer = subject.answer(row);
                format!("{answer} is {here}, and {there} where the rows stand in another order")
            },
        )
    });
    result(case, &subject.reads(), found)
}

/// Another order of the rows of a call: reversed, or shuffled.
fn reordering((call, situation): (usize, &Situation)) -> Vec<usize> {
    let rows = situation.rows();
    let mut order: Vec<usize> = (0..rows).rev().collect();
    if call % 2 == 1 {
        order.shuffle(&mut random::stream(call as u64, "check/reordering"));
    }
    order
}

/// Compares the answers of two trials, the second one's brought into the order of the first by
/// `back`. A difference counts only if each of the two trials repeats its own answers.
fn compare(
    subject: &Subject<'_>,
    trial: &Trial,
    other: &Trial,
    back: impl Fn(usize, &[Key]) -> Vec<Key>,
    say: impl Fn(usize, String, String) -> String,
) -> Judgement {
    let run = |trial: &Trial| perform(subject, trial);
    let (first, second) = match (run(trial), run(other)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(fault), _) | (_, Err(fault)) => return Judgement::Unclear(fault),
    };
    let mut in_the_way = None;
    let mut is_kept = false;
    for (call, (here, there)) in first.iter().zip(&second).enumerate() {
        let (Ok(here), Ok(there)) = (&here.values, &there.values) else {
            in_the_way = in_the_way.or_else(|| here.fault().or_else(|| there.fault()).cloned());
            continue;
        };
        let there = back(call, there);
        if let Some(row) = here.iter().zip(&there).position(|(a, b)| !is_close(*a, *b)) {
            let what = say(row, shown(there[row]), shown(here[row]));
            return if is_repeated(&first, run(trial)) && is_repeated(&second, run(other)) {
                Judgement::Broken(Violation::in_call(call, what))
            } else {
                Judgement::Kept
            };
        }
        is_kept = true;
    }
    match in_the_way {
        Some(fault) if !is_kept => Judgement::Unclear(fault),
        _ => Judgement::Kept,
    }
}

fn is_repeated(first: &Transcript, again: Result<Transcript, Fault>) -> bool {
    // NaN is equal to nothing, so the comparison is that of `is_close`.
    again.is_ok_and(|again| {
        let values = |transcript: &Transcript| {
            transcript.iter().flat_map(|answer| answer.values.clone().unwrap_or_default()).collect::<Vec<_>>()
        };
        let (first, again) = (values(first), values(&again));
        first.len() == again.len() && first.iter().zip(&again).all(|(a, b)| is_close(*a, *b))
    })
}

/// Equal up to rounding. Where a value is not finite there is nothing to compare: another case
/// reports it.
fn is_close(a: Key, b: Key) -> bool {
    let close = |a: f64, b: f64| {
        let size = a.abs().max(b.abs()).max(1.0);
        !a.is_finite() || !b.is_finite() || (a - b).abs() <= TOLERANCE * size
    };
    close(a.major, b.major) && close(a.minor, b.minor)
}

/// Whether the order of a queue policy is as stable as it says.
pub(super) fn declared_order(subject: &Subject<'_>, generator: Generator) -> CaseResult {
    const CASE: Case = Case::DeclaredOrder;
    let Some(first) = generator.sweep().next() else { return CaseResult::passed(CASE, "") };
    let object = match subject.build_usual(&first.world) {
        Ok(object) => object,
        Err(fault) => return CaseResult::behind(CASE, fault.case()),
    };
    let order = match object.order() {
        Some(Order::ChangesWithState) | None => {
            return CaseResult::not_applicable(CASE, "it says that its order may change at any time");
        }
        Some(order) => order,
    };
    let later_us = if order == Order::Fixed { 3_600_000_000 } else { 0 };
    let uses_priority = object.uses_priority();
    let found = search(generator.sweep(), |trial| {
        // Each situation by itself: an object that has seen others may know more.
        let Some(call) = trial.calls.first() else { return Judgement::Kept };
        let together = Trial { calls: vec![call.clone()], ..trial.clone() };
        let alone = Trial { calls: one_by_one(call, later_us, uses_priority), ..trial.clone() };
        together_and_alone(subject, &together, &alone)
    });
    let result = result(CASE, &subject.reads(), found);
    if result.verdict != Verdict::Passed {
        return result;
    }
    let order = if order == Order::Fixed { "fixed" } else { "changes with time" };
    let priority = if uses_priority { " and with priorities" } else { "" };
    CaseResult { detail: format!("{order}{priority}, {}", result.detail), ..result }
}

/// The requests of a call, each asked about by itself, last first, and later. All that can change
/// while they wait has changed.
fn one_by_one(call: &Situation, later_us: u64, uses_priority: bool) -> Vec<Situation> {
    let at = |row: usize| {
        let mut request = call.requests[row].clone();
        // It arrived and entered the queue when it did, not later.
        request.settle(call.now_us);
        request.held = (request.held + 500_000) % 1_000_000;
        if !uses_priority {
            request.priority += 1001;
        }
        Situation { now_us: call.now_us + later_us, requests: vec![request], ..Situation::default() }
    };
    (0..call.requests.len()).rev().map(at).collect()
}

fn together_and_alone(subject: &Subject<'_>, together: &Trial, alone: &Trial) -> Judgement {
    let run = |trial: &Trial| perform(subject, trial);
    let (first, second) = match (run(together), run(alone)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(fault), _) | (_, Err(fault)) => return Judgement::Unclear(fault),
    };
    let Some(Ok(keys)) = first.first().map(|answer| &answer.values) else {
        return first
            .iter()
            .find_map(|answer| answer.fault())
            .map_or(Judgement::Kept, |fault| Judgement::Unclear(fault.clone()));
    };
    for (row, answer) in (0..keys.len()).rev().zip(&second) {
        let Ok(values) = &answer.values else {
            return answer.fault().map_or(Judgement::Kept, |fault| Judgement::Unclear(fault.clone()));
        };
        let Some(&key) = values.first() else { continue };
        if !is_close(keys[row], key) {
            let is_later = together.calls[0].now_us != alone.calls[0].now_us;
            let what = format!(
                "{} is {}, and {} by itself{}",
                subject.answer(row),
                shown(keys[row]),
                shown(key),
                if is_later { " an hour later" } else { " with less to compute" }
            );
            let is_sure = is_repeated(&first, run(together)) && is_repeated(&second, run(alone));
            return if is_sure { Judgement::Broken(Violation::in_call(0, what)) } else { Judgement::Kept };
        }
    }
    Judgement::Kept
}
