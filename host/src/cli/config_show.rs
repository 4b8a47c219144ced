//! `pointsman config show`: a configuration with everything filled in.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::resolving::ResolvingArgs;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::config::keys;
use crate::registry::{Catalogue, Kind, PolicyRef};

const EXAMPLES: &str = "\
Examples:
  pointsman config show configs/full-compound.yaml
  pointsman config show configs/rr.yaml --routing pa:3,qd:2 --set cluster.kv.blocks=2000 > run.yaml

What it prints is a configuration that runs the same. Paths in it are as seen from the working directory.";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// The configuration
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    #[command(flatten)]
    resolving: ResolvingArgs,
    /// Form of the output
    #[arg(long, value_enum, default_value = "yaml", help_heading = "Output")]
    format: ShowFormat,
}

/// How a configuration is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShowFormat {
    /// As one writes it.
    Yaml,
    /// For programs.
    Json,
}

/// Does it.
pub(super) fn show(args: &ShowArgs, messages: &Messages) -> Result<(), CliError> {
    let (resolved, catalogue) = args.resolving.resolve(&args.config)?;
    let stdout = Stdout::set_aside()?;
    resolved.warnings.iter().for_each(|warning| messages.diagnostic(warning));
    let mut config = resolved.to_value();
    fill_in(&mut config["policy"], &catalogue);
    stdout.print(|out| match args.format {
        ShowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &config)?;
            writeln!(out)
        }
        ShowFormat::Yaml => {
            let order: Vec<String> = keys().into_iter().map(|key| key.path).collect();
            let text = serde_yaml::to_string(&ordered(&config, "", &order)).map_err(std::io::Error::other)?;
            write!(out, "{text}")
        }
    })
}

/// Writes out the parameters of every policy that is known.
fn fill_in(policy: &mut Value, catalogue: &Catalogue) {
    let fill = |kind, value: Option<&mut Value>| {
        if let Some(value) = value {
            fill_in_one(kind, value, catalogue);
        }
    };
    for (key, kind) in
        [("scheduler", Kind::Scheduler), ("priority", Kind::Priority), ("admission", Kind::Admission)]
    {
        fill(kind, policy.get_mut(key));
    }
    let Some(routing) = policy.get_mut("routing") else { return };
    fill_in_picker(routing, catalogue);
    for (key, kind) in [("scorers", Kind::Scorer), ("filters", Kind::Filter)] {
        for one in routing.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            fill(kind, Some(one));
        }
    }
}

/// A tie-break stands in one place alone: among the parameters of a picker that has it.
fn fill_in_picker(routing: &mut Value, catalogue: &Catalogue) {
    let tie_break = routing["tie_break"].clone();
    let picker = &mut routing["picker"];
    let is_given = picker["params"].get("tie_break").is_some();
    if !fill_in_one(Kind::Picker, picker, catalogue) {
        return;
    }
    if let Some(filled) = picker["params"].get_mut("tie_break").filter(|_| !is_given) {
        *filled = tie_break;
    }
    if let Some(routing) = routing.as_object_mut() {
        routing.remove("tie_break");
    }
}

/// Whether the policy is known. What is wrong with it, a run says.
fn fill_in_one(kind: Kind, value: &mut Value, catalogue: &Catalogue) -> bool {
    let Some(written) = value["name"].as_str() else { return false };
    let (name, label) = match written.split_once('@') {
        Some((name, label)) => (name, Some(label.to_owned())),
        None => (written, None),
    };
    let library = value["library"].as_str().map(PathBuf::from);
    let wanted = PolicyRef { label, library, ..PolicyRef::named(name) };
    let Ok(policy) = catalogue.policy(kind, &wanted) else { return false };
    for parameter in &policy.parameters {
        if let (None, Some(default)) = (value["params"].get(&parameter.name), parameter.default_value()) {
            value["params"][&parameter.name] = default;
        }
    }
    true
}

/// The same with keys in the order in which a configuration is documented; others keep theirs.
fn ordered(value: &Value, path: &str, order: &[String]) -> serde_yaml::Value {
    let Value::Object(entries) = value else {
        return match value {
            Value::Array(items) => items.iter().map(|item| ordered(item, "[]", order)).collect(),
            other => serde_yaml::to_value(other).unwrap_or_default(),
        };
    };
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let place = |key: &str| match key {
        // Policies, wherever they stand: the name first.
        "name" => 0,
        _ => order.iter().position(|known| *known == below(key)).map_or(usize::MAX, |at| at + 1),
    };
    let mut keys: Vec<&String> = entries.keys().collect();
    keys.sort_by_key(|key| place(key));
    let entry =
        |key: &String| (serde_yaml::Value::from(key.as_str()), ordered(&entries[key], &below(key), order));
    serde_yaml::Value::Mapping(keys.into_iter().map(entry).collect())
}
