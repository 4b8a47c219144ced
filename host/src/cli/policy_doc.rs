//! A policy as JSON: the same in every command that describes policies.

use pointsman_plugin_api::{About, attribute, hook, signal};
use serde::Serialize;
use serde_json::Value;

use crate::registry::{Need, Parameter, Policy};

/// Everything that a policy says about itself.
#[derive(Serialize)]
pub(super) struct PolicyDoc<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) aliases: &'a [String],
    pub(super) version: &'a str,
    pub(super) summary: &'a str,
    pub(super) parameters: Vec<ParameterDoc<'a>>,
    pub(super) signals: Vec<NeedDoc<'a>>,
    pub(super) attributes: Vec<NeedDoc<'a>>,
    pub(super) hooks: Vec<NeedDoc<'a>>,
    /// Abilities of a host that it cannot work without.
    requires: &'a [String],
    depends_on_order: bool,
    /// Of pickers alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uses_scores: Option<bool>,
}

/// A parameter.
#[derive(Serialize)]
pub(super) struct ParameterDoc<'a> {
    pub(super) name: &'a str,
    /// In words.
    #[serde(rename = "type")]
    pub(super) ty: String,
    /// Absent where the way in which it is written does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Value>,
    pub(super) doc: &'a str,
    schema: Value,
    rust_type: &'a str,
    pub(super) rust_default: &'a str,
}

/// A signal, an attribute or a hook.
#[derive(Serialize)]
pub(super) struct NeedDoc<'a> {
    pub(super) id: &'a str,
    pub(super) required: bool,
    /// Whether this host has it.
    pub(super) known: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) doc: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) freshness: Option<Freshness>,
}

/// How old a signal is when a policy sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Freshness {
    /// The router knows it by itself.
    Current,
    /// As old as the instance's last report: up to `cluster.signals.refresh_interval_us`.
    LastReport,
}

impl<'a> PolicyDoc<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        let signals = policy.signals.iter().map(|need| {
            let about = about(signal::CATALOGUE, need);
            let fresh =
                |about: &About| if about.current { Freshness::Current } else { Freshness::LastReport };
            NeedDoc { freshness: about.map(fresh), ..NeedDoc::new(need, about) }
        });
        let attributes =
            policy.attributes.iter().map(|need| NeedDoc::new(need, about(attribute::CATALOGUE, need)));
        let hooks = policy.hooks.iter().map(|need| {
            let known = hook::ALL.iter().find(|hook| hook.id() == need.id);
            NeedDoc { known: known.is_some(), doc: known.map(|hook| hook.doc()), ..NeedDoc::new(need, None) }
        });
        Self {
            name: &policy.name,
            kind: &policy.kind,
            aliases: &policy.aliases,
            version: &policy.version,
            summary: &policy.summary,
            parameters: policy.parameters.iter().map(ParameterDoc::new).collect(),
            signals: signals.collect(),
            attributes: attributes.collect(),
            hooks: hooks.collect(),
            requires: &policy.requires,
            depends_on_order: policy.depends_on_order,
            uses_scores: (policy.kind == "picker").then_some(policy.uses_scores),
        }
    }
}

fn about(catalogue: &'static [About], need: &Need) -> Option<&'static About> {
    catalogue.iter().find(|about| about.id == need.id)
}

impl<'a> NeedDoc<'a> {
    fn new(need: &'a Need, about: Option<&'static About>) -> Self {
        Self {
            id: &need.id,
            required: need.required,
            known: about.is_some(),
            ty: about.map(|about| about.ty),
            unit: about.map(|about| about.unit),
            doc: about.map(|about| about.doc),
            freshness: None,
        }
    }
}

impl<'a> ParameterDoc<'a> {
    fn new(parameter: &'a Parameter) -> Self {
        Self {
            name: &parameter.name,
            ty: parameter.value_type().name(),
            default: parameter.default_value(),
            doc: &parameter.doc,
            schema: parameter.schema(),
            rust_type: &parameter.ty,
            rust_default: &parameter.default,
        }
    }
}
