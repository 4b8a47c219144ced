//! JSON lines and what can be wrong with them.

use serde::Deserialize;

use super::input::Lines;
use crate::workload::WorkloadError;

/// Reads the current line as a `T`, whose keys are `keys`.
pub(super) fn read<'a, T: Deserialize<'a>>(lines: &'a Lines, keys: &[&str]) -> Result<T, WorkloadError> {
    serde_json::from_slice(lines.line()).map_err(|error| explain(lines, keys, &error))
}

fn explain(lines: &Lines, keys: &[&str], error: &serde_json::Error) -> WorkloadError {
    let column = Some(error.column() as u64).filter(|&column| column > 0);
    if error.is_eof() {
        return lines.error(column, "the line ends in the middle: it is truncated");
    }
    // The library appends its own place, whose line is always 1.
    let text = error.to_string();
    let mut problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem).to_owned();
    if let Some(key) = problem.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next())
        && let Some(near) = nearest(key, keys)
    {
        problem = format!("unknown field `{key}`: did you mean `{near}`?");
    }
    if error.is_syntax() {
        problem = format!("not a JSON object on one line: {problem}");
    }
    lines.error(column, problem)
}

/// The name that was probably meant, if one is near.
pub(super) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let best = names.iter().map(|&other| (likeness(other), other)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|&(likeness, _)| likeness > 0.8).map(|(_, other)| other)
}
