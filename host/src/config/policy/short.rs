//! The short form of scorers: `pa:3,qd:2,kv-pressure@new:3`.

use super::super::error::{Diagnostic, quoted};
use super::super::limits;
use super::super::reader::Sink;
use super::super::source::Span;
use super::super::tree::Node;
use super::PolicyRef;

/// A scorer of a short form with its weight and the place of both.
pub(super) struct Weighted {
    pub(super) policy: PolicyRef,
    pub(super) weight: f64,
    pub(super) span: Span,
}

/// Whether a text names a picker: scorers have weights, and several of them commas.
pub(in super::super) fn is_picker(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains([':', ','])
}

/// Reads the scorers of a text. Every mistake is noted at its column.
pub(super) fn read(node: &Node, sink: &Sink) -> Option<Vec<Weighted>> {
    let text = node.text()?;
    if text.split(',').nth(limits::SCORERS).is_some() {
        sink.error(Diagnostic::at(&node.span, format!("there are more than {} scorers", limits::SCORERS)));
        return None;
    }
    let mut scorers: Vec<Weighted> = Vec::new();
    let mut good = true;
    let mut start = 0;
    for part in text.split(',') {
        let range = start..start + part.len();
        start = range.end + 1;
        match one(node, part, range.start, sink) {
            Some(scorer) => {
                if let Some(first) = scorers.iter().find(|other| other.policy.is_same(&scorer.policy)) {
                    sink.error(repeated(&scorer.policy, &scorer.span, &first.span));
                    good = false;
                }
                scorers.push(scorer);
            }
            None => good = false,
        }
    }
    good.then_some(scorers)
}

/// The error for a scorer that is there twice.
pub(super) fn repeated(policy: &PolicyRef, again: &Span, first: &Span) -> Diagnostic {
    let message = format!("the scorer {} is there twice", quoted(&policy.to_string()));
    let diagnostic = Diagnostic::at(again, message).label("again here");
    let diagnostic = if std::sync::Arc::ptr_eq(&again.source, &first.source) {
        diagnostic.other(first, "first here")
    } else {
        diagnostic
    };
    diagnostic.help("give it once, with the sum of the weights".to_owned())
}

fn one(node: &Node, part: &str, start: usize, sink: &Sink) -> Option<Weighted> {
    let trimmed = part.trim();
    let from = start + (part.len() - part.trim_start().len());
    let span = node.sub_span(from..from + trimmed.len());
    let help = "scorers are written `NAME:WEIGHT`, separated by commas: `pa:3,qd:2`".to_owned();
    if trimmed.is_empty() {
        sink.error(Diagnostic::at(&span, "a scorer is missing between the commas").help(help));
        return None;
    }
    let Some((name, weight)) = trimmed.split_once(':') else {
        let message = format!("the scorer {} has no weight", quoted(trimmed));
        sink.error(Diagnostic::at(&span, message).help(help));
        return None;
    };
    if name.trim().is_empty() {
        sink.error(Diagnostic::at(&span, "a scorer has no name").help(help));
        return None;
    }
    let policy = PolicyRef::from_text(node, from..from + name.len(), sink);
    let shift = name.len() + 1 + (weight.len() - weight.trim_start().len());
    let weight_span = node.sub_span(from + shift..from + shift + weight.trim().len());
    let weight = match weight.trim() {
        "" => Err(format!("the scorer {} has no weight", quoted(name.trim()))),
        digits if !digits.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')) => {
            // `inf` and `nan` are numbers for Rust, and no weights for anyone.
            Err(format!("the weight {} is not a number", quoted(digits)))
        }
        digits => match digits.parse::<f64>() {
            Ok(weight) => check(weight, digits),
            Err(_) => Err(format!("the weight {} is not a number", quoted(digits))),
        },
    };
    let weight = match weight {
        Ok(weight) => Some(weight),
        Err(message) => {
            sink.error(Diagnostic::at(&weight_span, message).help(help));
            None
        }
    };
    Some(Weighted { policy: policy?, weight: weight?, span })
}

/// A weight is a finite number above 0.
pub(super) fn check(weight: f64, shown: &str) -> Result<f64, String> {
    if weight.is_finite() && weight > 0.0 && weight <= limits::WEIGHT {
        Ok(weight)
    } else if weight == 0.0 {
        Err("a weight of 0 would leave the scorer without a say".to_owned())
    } else {
        Err(format!("a weight must be a number above 0, at most 1e9, found {}", quoted(shown)))
    }
}
