//! One tree over another: maps merge, everything else replaces.
//!
//! Short and long forms mean the same, so a map over a short form meets its long form: with
//! `routing: pa:3,qd:2` below, `routing: {tie_break: first}` keeps the scorers. Where merging
//! would mix two different things, the upper one replaces the lower: the parameters of one
//! scheduler are no use to another, nor those of a made-up workload to a trace.

use super::tree::{Entry, Node, Value, join};

/// Puts `over` onto `under`; `path` is where both are, from the root.
pub(super) fn layer(under: Node, over: Node, path: &str) -> Node {
    if over.entries().is_none() {
        return over;
    }
    let mut under = if under.text().is_some() { long_form(under, path) } else { under };
    if replaces(&under, &over, path) {
        return over;
    }
    if path == "policy.routing" && (over.get("scorers").is_some() || over.get("by_class").is_some()) {
        remove(&mut under, &["scorers", "by_class"]);
    }
    match (under.value, over.value) {
        (Value::Map(below), Value::Map(above)) => {
            Node { value: Value::Map(merge(below, above, path)), span: over.span }
        }
        (_, value) => Node { value, span: over.span },
    }
}

fn merge(mut below: Vec<Entry>, above: Vec<Entry>, path: &str) -> Vec<Entry> {
    for entry in above {
        match below.iter_mut().find(|old| old.key == entry.key) {
            Some(old) => {
                let empty = Node { value: Value::Null, span: entry.key_span.clone() };
                let under = std::mem::replace(&mut old.value, empty);
                old.value = layer(under, entry.value, &join(path, &entry.key));
                old.key_span = entry.key_span;
            }
            None => below.push(entry),
        }
    }
    below
}

/// Takes keys out of a map.
pub(super) fn remove(node: &mut Node, keys: &[&str]) {
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|entry| !keys.contains(&entry.key.as_str()));
    }
}

fn replaces(under: &Node, over: &Node, path: &str) -> bool {
    match path {
        "policy.scheduler" | "policy.priority" | "policy.admission" | "policy.routing.picker" => {
            over.get("name").is_some()
        }
        "policy.on_error" => true,
        "workload" => over.get("trace").is_some() && under.get("trace").is_none(),
        _ => false,
    }
}

/// The long form of a policy that was written as a text.
fn long_form(node: Node, path: &str) -> Node {
    let key = match path {
        "policy.routing" if node.text().is_some_and(super::policy::is_picker) => "picker",
        "policy.routing" => "scorers",
        "policy.scheduler" | "policy.priority" | "policy.admission" | "policy.routing.picker" => "name",
        _ => return node,
    };
    let span = node.span.clone();
    let entry = Entry { key: key.to_owned(), key_span: span.clone(), value: node };
    Node { value: Value::Map(vec![entry]), span }
}
