//! JSON Schema of configurations: what an editor needs to complete, explain and check them.
//!
//! Most of it comes from the code that reads configurations, so that it cannot fall behind:
//!
//! | file | part | made from |
//! |---|---|---|
//! | `options` | every key with a fixed name | what the reader asks for, its bounds, and its defaults |
//! | `texts` | what each of them means | by hand; a test counts them |
//! | `latency` | latency models and figures | by hand, with the reader's limits |
//! | `parts` | plugins, targets, profiles | the same |
//! | `policies` | names, parameters | the catalogue: built-in policies and manifests |
//! | `routing` | scorers, filters, pickers, weights | by hand, over `policies` |
//! | `workload`, `distribution` | `workload:` | the types that serde reads |
//! | `complete` | what a file must have that builds on no other | by hand |
//!
//! Only keywords that mean the same in draft 7 and in draft 2020-12 are used: editors know the one
//! better than the other.

mod complete;
mod distribution;
mod latency;
mod options;
mod parts;
mod policies;
mod routing;
mod texts;
mod workload;

use serde_json::{Map, Value, json};

use crate::registry::Catalogue;

/// What a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// A configuration of a run, or a base of one.
    Run,
    /// A workload in a file of its own.
    Workload,
    /// A cluster profile.
    Profile,
}

impl File {
    const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Workload => "workload",
            Self::Profile => "profile",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Run => "A Pointsman run",
            Self::Workload => "A Pointsman workload",
            Self::Profile => "A Pointsman cluster profile",
        }
    }
}

/// The schema of a kind of file, in draft 2020-12. Names and parameters of policies are those of the
/// catalogue.
#[must_use]
pub fn schema(file: File, catalogue: &Catalogue) -> Value {
    let mut definitions = Map::new();
    let root = match file {
        File::Run => {
            parts::define(&mut definitions);
            policies::define(catalogue, &mut definitions);
            routing::define(&mut definitions);
            workload::define(&mut definitions);
            let mut root = options::root();
            root["allOf"] = json!([complete::unless_based()]);
            root
        }
        File::Workload => {
            workload::define(&mut definitions);
            json!({ "allOf": [reference("workload"), reference("complete-workload")] })
        }
        File::Profile => {
            parts::define(&mut definitions);
            parts::profile()
        }
    };
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:pointsman:{}:{}", file.name(), env!("CARGO_PKG_VERSION")),
        "title": file.title(),
    });
    for (key, value) in root.as_object().into_iter().flatten() {
        schema[key] = value.clone();
    }
    schema["$defs"] = Value::Object(definitions);
    schema
}

/// A reference to a definition.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A map with these keys and no others.
fn map(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// The schema with a description.
fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}
