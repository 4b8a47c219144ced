//! Routing: filters, scorers with weights and a picker, in a short or a long form.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use super::super::error::ConfigError;
use super::super::keys::Key;
use super::super::limits;
use super::super::reader::{MapReader, Sink, wrong};
use super::super::tree::{Node, Value};
use super::short::{self, Weighted, repeated};
use super::tie_break::TIE_BREAKS;
use super::{PolicyRef, TieBreak, classes, scorers};

/// How an instance is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingSpec {
    /// The filters in configured order.
    pub filters: Vec<PolicyRef>,
    /// The scorers in configured order; a picker may need none.
    pub scorers: Vec<ScorerSpec>,
    /// For the named SLO classes other weights, one for each scorer; 0 where the class does not
    /// name it. The scorers' own weights are those of all other classes.
    pub by_class: BTreeMap<String, Vec<f64>>,
    /// Who chooses.
    pub picker: PolicyRef,
    /// Who is chosen among equals, by a picker that asks.
    pub tie_break: TieBreak,
}

/// A scorer and its say.
#[derive(Debug, Clone, PartialEq)]
pub struct ScorerSpec {
    /// The policy.
    pub policy: PolicyRef,
    /// Its weight; 0 only where `by_class` gives its `default` none.
    pub weight: f64,
}

impl RoutingSpec {
    fn of_picker(picker: PolicyRef) -> Self {
        Self {
            filters: Vec::new(),
            scorers: Vec::new(),
            by_class: BTreeMap::new(),
            picker,
            tie_break: TieBreak::Random,
        }
    }

    /// Scorers under the picker that goes with them.
    pub(super) fn of_scorers(scorers: Vec<ScorerSpec>) -> Self {
        Self { scorers, ..Self::of_picker(PolicyRef::of_default("max-score")) }
    }

    fn of_weighted(scorers: Vec<Weighted>) -> Self {
        let read = |one: Weighted| ScorerSpec { policy: one.policy, weight: one.weight };
        Self::of_scorers(scorers.into_iter().map(read).collect())
    }

    /// Takes the scorers out: the picker asks none.
    pub fn forget_scorers(&mut self) {
        self.scorers.clear();
        self.by_class.clear();
    }

    /// Refuses two names of one scorer, such as an alias beside the name. `identity` says which
    /// policy a name means. With other parameters it is another scorer, unless weights by class have to
    /// tell them apart.
    pub fn check_repeats<I: PartialEq>(&self, identity: impl Fn(&PolicyRef) -> I) -> Result<(), ConfigError> {
        for (index, scorer) in self.scorers.iter().enumerate() {
            let same = |other: &&ScorerSpec| {
                (!self.by_class.is_empty() || other.policy.params == scorer.policy.params)
                    && identity(&other.policy) == identity(&scorer.policy)
            };
            if let Some(first) = self.scorers[..index].iter().find(same) {
                let (again, first) = (&scorer.policy.name.span, &first.policy.name.span);
                return Err(repeated(&scorer.policy, again, first).into());
            }
        }
        Ok(())
    }

    pub(super) fn read(node: Option<&Node>, path: &str, sink: &Sink) -> Option<Self> {
        let Some(node) = node else { return Some(Self::of_picker(PolicyRef::of_default("round-robin"))) };
        if let Some(text) = node.text() {
            // Scorers have weights, a picker has none.
            return if short::is_picker(text) {
                PolicyRef::from_text(node, 0..text.len(), sink).map(Self::of_picker)
            } else {
                short::read(node, sink).map(Self::of_weighted)
            };
        }
        if node.entries().is_none() {
            sink.error(wrong(node, path, "scorers such as `pa:3,qd:2`, a picker, or a map"));
            return None;
        }
        Self::read_long(MapReader::new(Some(node), path, sink), sink)
    }

    /// The keys of the long form.
    pub(in super::super) fn keys() -> Vec<Key> {
        let sink = Sink::listening();
        Self::read_long(MapReader::new(Some(&Node::blank()), "", &sink), &sink);
        sink.into_keys()
    }

    fn read_long(mut map: MapReader<'_>, sink: &Sink) -> Option<Self> {
        let classes = map.take_written("by_class");
        let list = map.take_written("scorers");
        let shared = classes.is_some();
        let path = map.path("scorers");
        let listed = list.map(|node| scorers::read(node, &path, shared, sink));
        let default = if list.is_some() || shared { "max-score" } else { "round-robin" };
        let picker = match map.take_written("picker") {
            Some(node) => PolicyRef::read(node, &map.path("picker"), sink),
            None => Some(PolicyRef::of_default(default)),
        };
        let filters = match map.take_written("filters") {
            Some(node) => filters(node, &map.path("filters"), sink),
            None => Some(Vec::new()),
        };
        let tie_break = map.choice("tie_break", TieBreak::Random, &TIE_BREAKS);
        let class_path = map.path("by_class");
        map.finish();
        let listed = match listed {
            Some(listed) => Some(listed?),
            None => None,
        };
        let routing = match classes {
            Some(node) => classes::read(node, &class_path, listed, sink)?,
            None => Self::of_weighted(listed.unwrap_or_default()),
        };
        Some(Self { filters: filters?, picker: picker?, tie_break, ..routing })
    }

    pub(super) fn to_value(&self) -> serde_json::Value {
        let mut value = json!({ "picker": self.picker.to_value(), "tie_break": self.tie_break.name() });
        if !self.filters.is_empty() {
            value["filters"] = self.filters.iter().map(PolicyRef::to_value).collect();
        }
        if self.scorers.is_empty() {
            return value;
        }
        let classes = !self.by_class.is_empty();
        let scorers = self.scorers.iter().map(|scorer| {
            let mut entry = scorer.policy.to_value();
            if !classes {
                entry["weight"] = json!(scorer.weight);
            }
            entry
        });
        value["scorers"] = scorers.collect();
        if classes {
            let own: Vec<f64> = self.scorers.iter().map(|scorer| scorer.weight).collect();
            let named = self.by_class.iter().map(|(class, weights)| (class.clone(), json!(weights)));
            let all: Map<_, _> = named.chain([("default".to_owned(), json!(own))]).collect();
            value["by_class"] = serde_json::Value::Object(all);
        }
        value
    }
}

/// The value of `filters:`: a list, or one alone.
fn filters(node: &Node, path: &str, sink: &Sink) -> Option<Vec<PolicyRef>> {
    let Value::List(items) = &node.value else {
        return PolicyRef::read(node, path, sink).map(|filter| vec![filter]);
    };
    if items.len() > limits::FILTERS {
        sink.error(wrong(node, path, &format!("a list of at most {} filters", limits::FILTERS)));
        return None;
    }
    let read = |(index, item)| PolicyRef::read(item, &format!("{path}[{index}]"), sink);
    // All of them are read, so that each mistake is told.
    let filters: Vec<Option<PolicyRef>> = items.iter().enumerate().map(read).collect();
    filters.into_iter().collect()
}
