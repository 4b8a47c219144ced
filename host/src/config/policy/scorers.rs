//! The long form of scorers: a list of maps.

use super::super::error::Diagnostic;
use super::super::limits;
use super::super::reader::{MapReader, Sink, wrong};
use super::super::tree::{self, Node};
use super::PolicyRef;
use super::short::{self, Weighted, repeated};

/// The value of `scorers:`: a short form, or a list. With `shared`, weights come from elsewhere.
pub(super) fn read(node: &Node, path: &str, shared: bool, sink: &Sink) -> Option<Vec<Weighted>> {
    if node.text().is_some() && !shared {
        return short::read(node, sink);
    }
    let tree::Value::List(items) = &node.value else {
        sink.error(wrong(node, path, "a list of scorers"));
        return None;
    };
    if items.is_empty() || items.len() > limits::SCORERS {
        sink.error(wrong(node, path, &format!("a list of 1 to {} scorers", limits::SCORERS)));
        return None;
    }
    // Other parameters make it another scorer; but weights by class tell scorers apart by name alone.
    let is_repeated = |a: &PolicyRef, b: &PolicyRef| if shared { a.is_same(b) } else { a == b };
    let mut scorers: Vec<Weighted> = Vec::new();
    let mut good = true;
    for (index, item) in items.iter().enumerate() {
        match read_scorer(item, &format!("{path}[{index}]"), shared, sink) {
            Some(scorer) => {
                if let Some(first) = scorers.iter().find(|other| is_repeated(&other.policy, &scorer.policy)) {
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

fn read_scorer(node: &Node, path: &str, shared: bool, sink: &Sink) -> Option<Weighted> {
    if node.entries().is_none() {
        sink.error(wrong(node, path, "a map such as `{name: queue-depth, weight: 2}`"));
        return None;
    }
    let mut map = MapReader::new(Some(node), path, sink);
    let policy = PolicyRef::read_map(&mut map, sink);
    let weight = map.take("weight");
    let path = map.path("weight");
    map.finish();
    let weight = match weight {
        Some(node) if shared => {
            let message = "with `by_class`, weights are given there alone";
            sink.error(Diagnostic::at(&node.span, message));
            None
        }
        None if shared => Some(0.0),
        None => {
            sink.error(Diagnostic::at(&node.span, format!("`{path}` is missing")));
            None
        }
        Some(node) => match node.number().map(|number| short::check(number, &tree::real(number))) {
            Some(Ok(weight)) => Some(weight),
            Some(Err(message)) => {
                sink.error(Diagnostic::at(&node.span, message));
                None
            }
            None => {
                sink.error(wrong(node, &path, "a number above 0"));
                None
            }
        },
    };
    let policy = policy?;
    let span = policy.name.span.clone();
    Some(Weighted { policy, weight: weight?, span })
}
