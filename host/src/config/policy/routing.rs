//! Routing: scorers with weights and a picker, in a short or a long form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::error::{ConfigError, Diagnostic};
use super::super::reader::{MapReader, Sink, wrong};
use super::super::tree::Node;
use super::picker::{PICKERS, TIE_BREAKS};
use super::short::{self, Weighted, repeated};
use super::{PolicyRef, TieBreak, classes, scorers};
use crate::policy::Picker;

/// How an instance is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingSpec {
    /// The scorers in configured order; empty for a picker that needs none.
    pub scorers: Vec<ScorerSpec>,
    /// For the named SLO classes other weights, one for each scorer; 0 where the class does not
    /// name it. The scorers' own weights are those of all other classes.
    pub by_class: BTreeMap<String, Vec<f64>>,
    /// Who chooses.
    pub picker: Picker,
    /// Who is chosen among equals.
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
    pub(super) fn of_picker(picker: Picker) -> Self {
        Self { scorers: Vec::new(), by_class: BTreeMap::new(), picker, tie_break: TieBreak::Random }
    }

    fn of_scorers(scorers: Vec<Weighted>) -> Self {
        let read = |one: Weighted| ScorerSpec { policy: one.policy, weight: one.weight };
        Self { scorers: scorers.into_iter().map(read).collect(), ..Self::of_picker(Picker::MaxScore) }
    }

    /// Refuses two names of one scorer, such as an alias beside the name. `identity` says which
    /// policy a name means.
    pub fn check_repeats<I: PartialEq>(&self, identity: impl Fn(&PolicyRef) -> I) -> Result<(), ConfigError> {
        for (index, scorer) in self.scorers.iter().enumerate() {
            let same = |other: &&ScorerSpec| identity(&other.policy) == identity(&scorer.policy);
            if let Some(first) = self.scorers[..index].iter().find(same) {
                let (again, first) = (&scorer.policy.name.span, &first.policy.name.span);
                return Err(repeated(&scorer.policy, again, first).into());
            }
        }
        Ok(())
    }

    pub(super) fn read(node: Option<&Node>, path: &str, sink: &Sink) -> Option<Self> {
        let Some(node) = node else { return Some(Self::of_picker(Picker::RoundRobin)) };
        if let Some(text) = node.text() {
            return match Picker::named(text.trim()) {
                Some(picker) => Some(Self::of_picker(picker)).filter(|_| needs_none(picker, node, sink)),
                None => short::read(node, sink).map(Self::of_scorers),
            };
        }
        if node.entries().is_none() {
            sink.error(wrong(node, path, "scorers such as `pa:3,qd:2`, a picker, or a map"));
            return None;
        }
        Self::read_long(MapReader::new(Some(node), path, sink), sink)
    }

    fn read_long(mut map: MapReader<'_>, sink: &Sink) -> Option<Self> {
        let classes = map.take_written("by_class");
        let list = map.take_written("scorers");
        let shared = classes.is_some();
        let path = map.path("scorers");
        let listed = list.map(|node| scorers::read(node, &path, shared, sink));
        let has_scorers = list.is_some() || shared;
        let default = if has_scorers { Picker::MaxScore } else { Picker::RoundRobin };
        let picker = map.choice("picker", default, &PICKERS);
        let tie_break = map.choice("tie_break", TieBreak::Random, &TIE_BREAKS);
        if picker == Picker::RoundRobin {
            map.warn_without_effect(&["tie_break"], "`round-robin` never has a tie");
        }
        if picker != Picker::MaxScore {
            let why = format!("the picker `{}` asks no scorers", picker.name());
            map.warn_without_effect(&["scorers", "by_class"], &why);
        } else if !has_scorers {
            let message = format!("the picker `max-score` needs scorers, and `{path}` is missing");
            sink.error(Diagnostic::at(&map.span(), message));
        }
        let class_path = map.path("by_class");
        map.finish();
        let listed = match listed {
            Some(listed) => Some(listed?),
            None => None,
        };
        let mut routing = match classes {
            Some(node) => classes::read(node, &class_path, listed, sink)?,
            None => Self::of_scorers(listed.unwrap_or_default()),
        };
        if picker != Picker::MaxScore {
            // Nobody asks them: a record of the run should not say that somebody did.
            routing = Self::of_picker(picker);
        }
        Some(Self { picker, tie_break, ..routing })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = json!({ "picker": self.picker.name(), "tie_break": self.tie_break.name() });
        if self.picker != Picker::MaxScore {
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
            value["by_class"] = Value::Object(all);
        }
        value
    }
}

/// `max-score` alone has nothing to choose by.
fn needs_none(picker: Picker, node: &Node, sink: &Sink) -> bool {
    if picker == Picker::MaxScore {
        let help = "give scorers with weights: `pa:3,qd:2`".to_owned();
        sink.error(Diagnostic::at(&node.span, "the picker `max-score` needs scorers").help(help));
    }
    picker != Picker::MaxScore
}
