//! Equal objects, equal calls: equal answers.

use pointsman_plugin_api::Key;

use super::super::Case;
use super::super::cells::number;
use super::super::fault::Fault;
use super::super::generate::Generator;
use super::super::search::{Judgement, Violation, search};
use super::super::situation::Trial;
use super::super::subject::Subject;
use super::super::trial::{Answer, Session, Transcript, perform};
use super::super::verdict::CaseResult;
use super::super::world::World;
use super::result;

/// Three objects of one seed: two by themselves, and one with another object that is asked in
/// between. (A fourth one, in another process, is for whoever has one.)
pub(super) fn deterministic(subject: &Subject<'_>, generator: Generator) -> CaseResult {
    let disturbance = Generator { seed: generator.seed.wrapping_add(1), ..generator };
    let disturbances: Vec<Trial> = disturbance.sequences().collect();
    let mut digest = Digest::default();
    let mut number = 0;
    let found = search(generator.sequences(), |trial| {
        number += 1;
        let first = match perform(subject, trial) {
            Ok(transcript) => transcript,
            Err(fault) => return Judgement::Unclear(fault),
        };
        digest.add(&first);
        if let Some(violation) = differs(subject, &first, perform(subject, trial), "an equal object") {
            return Judgement::Broken(violation);
        }
        let other = disturbances[number % disturbances.len()].clone();
        let disturbed = disturbed(subject, trial, &other);
        if let Some(violation) =
            differs(subject, &first, disturbed, "an equal object, with calls of another one in between")
        {
            return Judgement::Broken(violation);
        }
        match first.iter().find_map(Answer::fault) {
            Some(fault) if first.iter().all(|answer| answer.values.is_err()) => {
                Judgement::Unclear(fault.clone())
            }
            _ => Judgement::Kept,
        }
    });
    let result = result(Case::Deterministic, &subject.reads(), found);
    CaseResult { figures: Some(serde_json::json!({"digest": format!("{:016x}", digest.0)})), ..result }
}

/// The trial, with calls of another object before each of its calls.
fn disturbed(subject: &Subject<'_>, trial: &Trial, other: &Trial) -> Result<Transcript, Fault> {
    let other = Trial { world: World { seed: other.world.seed ^ 0xd15, ..other.world }, ..other.clone() };
    let mut disturbance = Session::start(subject, subject.reads(), &other)?;
    disturbance.step();
    let mut session = Session::start(subject, subject.reads(), trial)?;
    while session.step() {
        disturbance.step();
    }
    Ok(session.end())
}

/// How the answers of two objects differ.
fn differs(
    subject: &Subject<'_>,
    first: &Transcript,
    second: Result<Transcript, Fault>,
    which: &str,
) -> Option<Violation> {
    let second = match second {
        Ok(second) => second,
        Err(fault) => {
            let what = format!("{which} cannot be built: {fault}");
            return Some(Violation { call: None, what });
        }
    };
    let of_first = first.iter().map(Some).chain(std::iter::repeat(None));
    let of_second = second.iter().map(Some).chain(std::iter::repeat(None));
    let calls = first.len().max(second.len());
    of_first.zip(of_second).take(calls).enumerate().find_map(|(call, pair)| {
        let what = difference(subject, which, pair.0, pair.1)?;
        Some(Violation::in_call(call, what))
    })
}

fn difference(
    subject: &Subject<'_>,
    which: &str,
    first: Option<&Answer>,
    second: Option<&Answer>,
) -> Option<String> {
    let (Some(first), Some(second)) = (first, second) else {
        return Some(format!("only one of two answers: one has panicked before ({which})"));
    };
    match (&first.values, &second.values) {
        (Ok(first), Ok(second)) => {
            let row = first.iter().zip(second).position(|(a, b)| !is_same(*a, *b))?;
            let [a, b] = [first[row], second[row]].map(shown);
            Some(format!("{} is {a}, and {b} from {which}", subject.answer(row)))
        }
        (Err(a), Err(b)) if std::mem::discriminant(a) == std::mem::discriminant(b) => None,
        (Err(fault), _) => Some(format!("{fault}; not so from {which}")),
        (_, Err(fault)) => Some(format!("{fault}, only from {which}")),
    }
}

/// Bit for bit, except that one NaN is as good as another: that there is one is another case's
/// business.
fn is_same(a: Key, b: Key) -> bool {
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    same(a.major, b.major) && same(a.minor, b.minor)
}

/// A value as a person would write it.
pub(super) fn shown(key: Key) -> String {
    match key.minor {
        0.0 => number(key.major),
        minor => format!("({}, {})", number(key.major), number(minor)),
    }
}

/// A number that stands for all answers, to compare those of two processes.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn add(&mut self, transcript: &Transcript) {
        for key in transcript.iter().filter_map(|answer| answer.values.as_ref().ok()).flatten() {
            for value in [key.major, key.minor] {
                let bits = if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
                self.0 = (self.0 ^ bits).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }
}
