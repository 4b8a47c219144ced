//! Policies by kind, from a catalogue: their names, and the parameters that go with each.

use serde_json::{Map, Value, json};

use super::{map, reference};
use crate::registry::{Catalogue, Entry, Kind, Origin};

/// What a name or a label is made of.
pub(super) const WORD: &str = "[A-Za-z0-9_./-]+";

/// A name as a configuration may write it.
struct Name {
    written: String,
    summary: String,
    /// The definitions of its parameters; several where the name alone is ambiguous.
    parameters: Vec<String>,
}

/// For every kind `K`: `K` (a name or a map), `K-item` (the same, complete), `K-name`, `K-map`,
/// `K-fits` (what holds for the keys of such a map) and parameters by policy.
pub(super) fn define(catalogue: &Catalogue, definitions: &mut Map<String, Value>) {
    for kind in Kind::ALL {
        let names = names(kind, catalogue, definitions);
        let kind = kind.name();
        let mut define = |suffix: &str, schema| definitions.insert(format!("{kind}{suffix}"), schema);
        let part = |suffix: &str| reference(&format!("{kind}{suffix}"));
        define("", json!({ "anyOf": [part("-name"), part("-map")] }));
        let complete = json!({ "allOf": [part("-map"), { "required": ["name"] }] });
        define("-item", json!({ "anyOf": [part("-name"), complete] }));
        define("-name", name(&names));
        let mut long = map(json!({ "name": written_name(), "params": parameters(), "library": library() }));
        long["allOf"] = json!([part("-fits")]);
        define("-map", long);
        define("-fits", fits(kind, &names));
    }
}

/// The keys of a map that names a policy.
pub(super) fn written_name() -> Value {
    json!({ "type": "string", "description": "Its name or an alias; `NAME@LABEL` for that of one of several libraries." })
}

/// The parameters of a policy that is not known.
pub(super) fn parameters() -> Value {
    json!({ "type": ["object", "null"], "description": "Its parameters; what is left out has its default." })
}

/// The library of a policy.
pub(super) fn library() -> Value {
    json!({ "type": ["string", "null"], "minLength": 1, "description": "The library that it comes from, where several have one of this name." })
}

/// The names that scorers may have in a short form, as a regular expression.
pub(super) fn alternatives(catalogue_names: &Value) -> String {
    let known = catalogue_names["anyOf"].as_array().into_iter().flatten();
    let known = known.filter_map(|one| one["const"].as_str()).map(|name| name.replace('.', "\\."));
    let all: Vec<String> = known.chain([format!("{WORD}@{WORD}")]).collect();
    format!("(?:{})", all.join("|"))
}

fn name(names: &[Name]) -> Value {
    let known = names.iter().map(|name| json!({ "const": name.written, "description": name.summary }));
    let labelled = json!({
        "type": "string", "pattern": format!("^{WORD}@{WORD}$"),
        "description": "That of the library with this label in `plugins`.",
    });
    json!({ "anyOf": known.chain([labelled]).collect::<Vec<_>>() })
}

/// A policy of a library that is named may be any; else the name must be known. Its parameters are
/// those of the policy.
fn fits(kind: &str, names: &[Name]) -> Value {
    let mut rules = vec![json!({
        "if": { "required": ["library"] },
        "else": { "properties": { "name": reference(&format!("{kind}-name")) } },
    })];
    // Names with the same parameters share a rule.
    let mut groups: Vec<(&[String], Vec<&str>)> = Vec::new();
    for name in names {
        match groups.iter_mut().find(|(parameters, _)| *parameters == name.parameters) {
            Some((_, group)) => group.push(&name.written),
            None => groups.push((&name.parameters, vec![&name.written])),
        }
    }
    for (parameters, group) in groups {
        let parameters = match parameters {
            [one] => reference(one),
            several => json!({ "anyOf": several.iter().map(|one| reference(one)).collect::<Vec<_>>() }),
        };
        rules.push(json!({
            "if": { "properties": { "name": { "enum": group } }, "required": ["name"], "not": { "required": ["library"] } },
            "then": { "properties": { "params": parameters } },
        }));
    }
    json!({ "allOf": rules })
}

/// All names of a kind, and the definitions of their parameters.
fn names(kind: Kind, catalogue: &Catalogue, definitions: &mut Map<String, Value>) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let entries: Vec<Entry<'_>> = catalogue.entries().filter(|entry| entry.kind == kind).collect();
    let is_own = |name: &str| entries.iter().any(|entry| entry.policy.name == name);
    for entry in &entries {
        let policy = entry.policy;
        let definition = define_parameters(entry, definitions);
        let summary = format!("{} ({})", policy.summary, origin(entry));
        let labels: &[String] = match &entry.origin {
            Origin::BuiltIn => &[],
            Origin::Library { labels, .. } => labels,
        };
        for name in std::iter::once(&policy.name).chain(&policy.aliases) {
            let labelled = labels.iter().map(|label| format!("{name}@{label}"));
            // A policy's own name goes before another's alias.
            let bare = (*name == policy.name || !is_own(name)).then(|| name.clone());
            for written in bare.into_iter().chain(labelled) {
                match names.iter_mut().find(|known| known.written == written) {
                    Some(known) => known.parameters.push(definition.clone()),
                    None => names.push(Name {
                        written,
                        summary: summary.clone(),
                        parameters: vec![definition.clone()],
                    }),
                }
            }
        }
    }
    names
}

fn origin(entry: &Entry<'_>) -> String {
    match &entry.origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::Library { record, .. } => format!("{} {}", record.name, record.version),
    }
}

/// Defines the parameters of a policy and returns the name of the definition.
fn define_parameters(entry: &Entry<'_>, definitions: &mut Map<String, Value>) -> String {
    let policy = entry.policy;
    let properties: Map<String, Value> =
        policy.parameters.iter().map(|one| (one.name.clone(), one.schema())).collect();
    let mut schema = map(properties.into());
    schema["type"] = json!(["object", "null"]);
    schema["description"] =
        json!(format!("Parameters of the {} `{}`: {}", entry.kind, policy.name, policy.summary));
    let plain = format!("{}-{}-parameters", entry.kind, policy.name);
    // Another build of a policy may have other parameters under the same names.
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let fresh = |name: &String| definitions.get(name).is_none_or(|known| *known == schema);
    let name = std::iter::once(plain.clone()).chain(numbered).find(fresh).unwrap_or(plain);
    definitions.insert(name.clone(), schema);
    name
}
