//! What happens when a policy fails.
//!
//! `on_error: fail`, `skip` and `{fallback: NAME}` speak of all kinds; a map with the keys
//! `scorer`, `scheduler`, `priority`, `filter`, `picker` and `admission` of each. A fallback for all kinds takes the place of a
//! policy of its own kind; policies of the other kinds fail the run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::reader::{MapReader, Sink, choice, wrong};
use super::super::tree::Node;
use super::PolicyRef;
use crate::policy::PolicyKind;

/// What happens when a policy of some kind fails.
#[derive(Debug, Clone, PartialEq)]
pub enum OnError {
    /// The same for every kind.
    All(OnErrorAction),
    /// By kind; a kind that is not there fails.
    ByKind(BTreeMap<PolicyKind, OnErrorAction>),
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
        let kinds = PolicyKind::ALL;
        if node.entries().is_some() && kinds.iter().any(|kind| node.get(kind.name()).is_some()) {
            let mut map = MapReader::new(Some(node), path, sink);
            let mut read = |kind: PolicyKind| match map.take(kind.name()) {
                Some(node) => OnErrorAction::read(node, &map.path(kind.name()), sink).map(|one| (kind, one)),
                None => Some((kind, OnErrorAction::Fail)),
            };
            // All of them are read, so that each mistake is told.
            let actions: Vec<Option<(PolicyKind, OnErrorAction)>> = kinds.map(&mut read).into();
            map.finish();
            return actions.into_iter().collect::<Option<_>>().map(Self::ByKind);
        }
        OnErrorAction::read(node, path, sink).map(Self::All)
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::All(action) => action.to_value(),
            Self::ByKind(actions) => {
                let entries =
                    actions.iter().map(|(kind, action)| (kind.name().to_owned(), action.to_value()));
                Value::Object(entries.collect())
            }
        }
    }

    /// What happens when a policy of this kind fails.
    #[must_use]
    pub fn action(&self, kind: PolicyKind) -> &OnErrorAction {
        match self {
            Self::All(action) => action,
            Self::ByKind(actions) => actions.get(&kind).unwrap_or(&OnErrorAction::Fail),
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
