//! What happens when a policy fails.
//!
//! `on_error: fail`, `skip` and `{fallback: NAME}` speak of all kinds; a map with the keys
//! `scorer`, `scheduler` and `priority` of each. A fallback for all kinds takes the place of a
//! policy of its own kind; policies of the other kinds fail the run.

use serde_json::{Value, json};

use super::super::reader::{MapReader, Sink, choice, wrong};
use super::super::tree::Node;
use super::PolicyRef;

/// What happens when a policy of some kind fails.
#[derive(Debug, Clone, PartialEq)]
pub enum OnError {
    /// The same for every kind.
    All(OnErrorAction),
    /// For each kind.
    ByKind {
        /// A scorer failed.
        scorer: OnErrorAction,
        /// A scheduler failed.
        scheduler: OnErrorAction,
        /// A priority failed.
        priority: OnErrorAction,
    },
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq)]
pub enum OnErrorAction {
    /// The run ends.
    Fail,
    /// This decision is made without the policy (`model.md` section 9).
    Skip,
    /// Another policy takes its place for the rest of the run, with its weight.
    Fallback(Box<PolicyRef>),
}

const WORDS: [(&str, bool); 2] = [("fail", false), ("skip", true)];

impl OnError {
    pub(super) fn read(node: Option<&Node>, path: &str, sink: &Sink) -> Option<Self> {
        let Some(node) = node else { return Some(Self::All(OnErrorAction::Fail)) };
        let kinds = ["scorer", "scheduler", "priority"];
        if node.entries().is_some() && kinds.iter().any(|kind| node.get(kind).is_some()) {
            let mut map = MapReader::new(Some(node), path, sink);
            let mut read = |kind| match map.take(kind) {
                Some(node) => OnErrorAction::read(node, &map.path(kind), sink),
                None => Some(OnErrorAction::Fail),
            };
            let (scorer, scheduler, priority) = (read("scorer"), read("scheduler"), read("priority"));
            map.finish();
            return Some(Self::ByKind { scorer: scorer?, scheduler: scheduler?, priority: priority? });
        }
        OnErrorAction::read(node, path, sink).map(Self::All)
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::All(action) => action.to_value(),
            Self::ByKind { scorer, scheduler, priority } => json!({
                "scorer": scorer.to_value(),
                "scheduler": scheduler.to_value(),
                "priority": priority.to_value(),
            }),
        }
    }
}

impl OnErrorAction {
    fn read(node: &Node, path: &str, sink: &Sink) -> Option<Self> {
        if node.entries().is_some() {
            let mut map = MapReader::new(Some(node), path, sink);
            let fallback = map.take("fallback");
            let path = map.path("fallback");
            map.finish();
            // Any other key has been reported already.
            if node.entries().is_some_and(<[_]>::is_empty) {
                sink.error(wrong(node, path.trim_end_matches(".fallback"), EXPECTED));
            }
            return PolicyRef::read(fallback?, &path, sink).map(|policy| Self::Fallback(Box::new(policy)));
        }
        if node.text().is_none() {
            sink.error(wrong(node, path, EXPECTED));
            return None;
        }
        choice(node, path, &WORDS, sink).map(|skip| if skip { Self::Skip } else { Self::Fail })
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Fail => json!("fail"),
            Self::Skip => json!("skip"),
            Self::Fallback(policy) => json!({ "fallback": policy.to_value() }),
        }
    }
}

const EXPECTED: &str = "`fail`, `skip` or `{fallback: NAME}`";
