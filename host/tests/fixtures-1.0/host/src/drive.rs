//! Calls policies over the generated inputs and writes down what they answer, to the last bit. Hosts
//! of later versions include this very file, so that their answers can be compared as text.

use std::fmt::Write as _;

use pointsman_plugin_api::{
    Key,
    abi::{Failure, PriorityBox, QueueCall, RResult, RSlice, RSliceMut, SchedulerBox, ScoreCall, ScorerBox},
};

#[path = "inputs.rs"]
mod inputs;

pub(crate) use inputs::INSTANCES;
use inputs::{ROWS, now_us, values};

/// The parameters that a policy is built with, each in turn: none, and a set of its own.
pub(crate) fn parameters(policy: &str) -> Vec<&'static str> {
    let own = match policy {
        "frozen-pressure" => r#"{"transfer_scale_us": 2500, "critical_weight": 0.125}"#,
        "frozen-reader" => r#"{"identity_weight": 1}"#,
        "frozen-spread" => r#"{"keep": 0.5, "jitter": 0.25}"#,
        "frozen-urgent" => r#"{"short_first": false, "favourite": "Zoë", "preemption_bonus": -3}"#,
        "frozen-age" => r#"{"point_us": 7, "critical": 1e-3}"#,
        "frozen-entry" => r#"{"unknown": 1}"#,
        _ => return vec!["{}"],
    };
    vec!["{}", own]
}

/// Asks a scorer for its scores and sends each request to the best, the first of equals.
pub(crate) fn scorer(object: &mut ScorerBox, signals: &[&str], attributes: &[&str]) -> String {
    let mut said = String::new();
    for (call, rows) in ROWS.into_iter().enumerate() {
        let request = attributes.iter().map(|id| values(id, call, 1)).collect::<Vec<_>>();
        let request = request.iter().map(|values| values.column()).collect::<Vec<_>>();
        let instances = signals.iter().map(|id| values(id, call, rows)).collect::<Vec<_>>();
        let instances = instances.iter().map(|values| values.column()).collect::<Vec<_>>();
        let input = ScoreCall {
            now_us: now_us(call),
            rows,
            request: RSlice::from_slice(&request),
            instances: RSlice::from_slice(&instances),
        };
        let mut scores = vec![f64::NAN; rows];
        let answer = object.score(input, RSliceMut::from_mut_slice(&mut scores));
        note(&mut said, "score", answer, &mut scores.iter().copied());
        let best = (0..rows).fold(0, |best, row| if scores[row] > scores[best] { row } else { best });
        note(&mut said, "routed", object.routed(input, best).map(|()| best), &mut std::iter::empty());
    }
    said
}

/// Asks a scheduler about its order and for keys.
pub(crate) fn scheduler(object: &mut SchedulerBox, attributes: &[&str]) -> String {
    let mut said = format!("  order {} uses_priority {}\n", object.order(), object.uses_priority());
    queues(attributes, |input| {
        let mut keys = vec![Key { major: f64::NAN, minor: f64::NAN }; input.rows];
        let answer = object.keys(input, RSliceMut::from_mut_slice(&mut keys));
        note(&mut said, "keys", answer, &mut keys.iter().flat_map(|key| [key.major, key.minor]));
    });
    said
}

/// Asks a priority policy about its order and for priorities.
pub(crate) fn priority(object: &mut PriorityBox, attributes: &[&str]) -> String {
    let mut said = format!("  order {}\n", object.order());
    queues(attributes, |input| {
        let mut priorities = vec![f64::NAN; input.rows];
        let answer = object.priorities(input, RSliceMut::from_mut_slice(&mut priorities));
        note(&mut said, "priorities", answer, &mut priorities.iter().copied());
    });
    said
}

fn queues(attributes: &[&str], mut ask: impl FnMut(QueueCall<'_>)) {
    for (call, rows) in ROWS.into_iter().enumerate() {
        let requests = attributes.iter().map(|id| values(id, call, rows)).collect::<Vec<_>>();
        let requests = requests.iter().map(|values| values.column()).collect::<Vec<_>>();
        ask(QueueCall { now_us: now_us(call), rows, requests: RSlice::from_slice(&requests) });
    }
}

/// A line: what was asked, what came back, and the numbers as the bits that they are.
fn note(
    said: &mut String,
    what: &str,
    answer: RResult<usize, Failure>,
    numbers: &mut dyn Iterator<Item = f64>,
) {
    let _ = match answer.into_result() {
        Ok(count) => write!(said, "  {what} {count}:"),
        Err(failure) => write!(said, "  {what} failed: {}", failure_text(&failure)),
    };
    for number in numbers {
        // One NaN is like another: it stands for what was not written.
        let _ = if number.is_nan() { write!(said, " -") } else { write!(said, " {:016x}", number.to_bits()) };
    }
    said.push('\n');
}

/// Without the place of a panic, which is a path of the machine that built the library.
pub(crate) fn failure_text(failure: &Failure) -> String {
    let message = failure.message.as_str();
    match message.strip_prefix("panicked at ").and_then(|rest| rest.split_once(": ")) {
        Some((_, text)) => format!("panicked: {text}"),
        None => format!("{message} (panicked: {})", failure.panicked),
    }
}
