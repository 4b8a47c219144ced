//! `pointsman plugin explain`: everything about one policy.

use std::io::{self, Write};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde::Serialize;

use super::look::{self, FormatArgs, LookArgs};
use super::outputs::Format;
use super::policy_doc::PolicyDoc;
use super::policy_text;
use super::policy_usage::{Usage, usage};
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::config::{did_you_mean, nearest};
use crate::registry::{Catalogue, Kind, LibraryRecord, Origin, Policy};
use crate::report::{Style, plain, wrap};

const EXAMPLES: &str = "\
Examples:
  pointsman plugin explain slo-class
  pointsman plugin explain pa --kind scorer
  pointsman plugin explain my-scorer --plugin target/release/libmy_scorer.so
  pointsman plugin explain my-scorer@new --config run.yaml";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// Its name or an alias; `NAME@LABEL` for that of one of several libraries
    #[arg(value_name = "POLICY")]
    name: String,
    /// Only policies of this kind
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Option<String>,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    format: FormatArgs,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = String> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).map(|kind| kind)
}

/// A policy that goes by the name.
struct Match<'a> {
    policy: &'a Policy,
    library: Option<(LibraryRecord, Vec<String>)>,
}

/// Does it.
pub(super) fn explain(args: &ExplainArgs, messages: &Messages) -> Result<(), CliError> {
    let catalogue = args.look.catalogue()?;
    let all = all(&catalogue, args.kind.as_deref());
    let (name, label) = match args.name.split_once('@') {
        Some((name, label)) => (name, Some(label)),
        None => (args.name.as_str(), None),
    };
    let goes_by = |policy: &Policy| policy.name == name || policy.aliases.iter().any(|alias| alias == name);
    let is_there = |one: &&Match<'_>| match (label, &one.library) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(label), Some((_, labels))) => labels.iter().any(|other| other == label),
    };
    let mut found: Vec<&Match<'_>> = all.iter().filter(|one| goes_by(one.policy)).filter(is_there).collect();
    if found.is_empty() {
        return Err(CliError::Usage(unknown(args, name, label, &all, &catalogue)));
    }
    // Those whose own name it is come first.
    found.sort_by_key(|one| one.policy.name != name);
    let stdout = Stdout::set_aside()?;
    match args.format.format {
        Format::Text => {
            let style = look::style(&stdout, messages);
            stdout.print(|out| write_text(&found, label, style, out))
        }
        Format::Json => stdout.print(|out| write_json(&found, label, out)),
    }
}

fn all<'a>(catalogue: &'a Catalogue, kind: Option<&str>) -> Vec<Match<'a>> {
    let known = catalogue.entries().map(|entry| Match {
        policy: entry.policy,
        library: match entry.origin {
            Origin::BuiltIn => None,
            Origin::Library { record, labels } => Some((record, labels)),
        },
    });
    let unknown = catalogue.of_unknown_kinds();
    let unknown = unknown.map(|(policy, record)| Match { policy, library: Some((record, Vec::new())) });
    known.chain(unknown).filter(|one| kind.is_none_or(|kind| one.policy.kind == kind)).collect()
}

/// Says what there is instead.
fn unknown(
    args: &ExplainArgs,
    name: &str,
    label: Option<&str>,
    all: &[Match<'_>],
    catalogue: &Catalogue,
) -> String {
    let what = args.kind.as_deref().unwrap_or("policy");
    let mut message = format!("there is no {what} `{}`", plain(&args.name));
    if let Some(label) = label {
        let labels: Vec<&str> = all
            .iter()
            .filter_map(|one| one.library.as_ref())
            .flat_map(|(_, labels)| labels)
            .map(String::as_str)
            .collect();
        if !labels.contains(&label) {
            let help = match nearest(label, labels.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if labels.is_empty() => {
                    "labels are given by the `plugins:` of a configuration: name it with --config".to_owned()
                }
                None => format!("there are {}", labels.join(", ")),
            };
            return format!("{message}: no library has the label `{}`; {help}", plain(label));
        }
    }
    let mut names: Vec<&str> = all
        .iter()
        .flat_map(|one| std::iter::once(&one.policy.name).chain(&one.policy.aliases))
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    if let Some(help) = did_you_mean(name, names.iter().copied()) {
        message += &format!("; {help}");
    }
    if let [first, rest @ ..] = catalogue.left_out() {
        let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
        message += &format!(" (left out: {first}{more})");
    }
    message
}

impl Match<'_> {
    /// How a configuration names it.
    fn written(&self, label: Option<&str>) -> String {
        match label {
            Some(label) => format!("{}@{label}", self.policy.name),
            None => self.policy.name.clone(),
        }
    }
}

fn write_text(
    found: &[&Match<'_>],
    label: Option<&str>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (index, one) in found.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let doc = PolicyDoc::new(one.policy);
        let mut lines = policy_text::lines(&doc, style);
        let origin = wrap("  ", &plain(&origin(one)), style.width, 2);
        lines.splice(1..1, origin.into_iter().map(|line| style.faint(line)));
        match usage(&doc, &one.written(label)) {
            Some(usage) => lines.extend(usage_lines(&usage, style)),
            None => {
                lines.push(format!("\n  This host does not know policies of kind `{}`.", plain(doc.kind)))
            }
        }
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

fn origin(one: &Match<'_>) -> String {
    let Some((record, labels)) = &one.library else { return "built in".to_owned() };
    let labels = if labels.is_empty() { String::new() } else { format!(", label {}", labels.join(", ")) };
    format!(
        "from {} ({} {}, API {}, {}, sha256 {}…{labels})",
        record.path,
        record.name,
        record.version,
        record.api_version,
        record.rustc.split(" (").next().unwrap_or_default(),
        record.sha256.chars().take(8).collect::<String>(),
    )
}

fn usage_lines(usage: &Usage, style: Style) -> Vec<String> {
    let mut lines = vec![String::new(), style.title("  In a configuration")];
    lines.extend(usage.short.iter().map(|line| format!("    {}", plain(line))));
    if !usage.long.is_empty() {
        lines.extend([String::new(), style.title("  With its parameters, here at their defaults")]);
        lines.extend(usage.long.iter().map(|line| format!("    {}", plain(line))));
    }
    lines.extend([String::new(), style.title("  On the command line"), format!("    {}", usage.flag)]);
    lines
}

#[derive(Serialize)]
struct Document<'a> {
    policies: Vec<PolicyRow<'a>>,
}

#[derive(Serialize)]
struct PolicyRow<'a> {
    #[serde(flatten)]
    policy: PolicyDoc<'a>,
    /// Null: built in.
    library: Option<&'a LibraryRecord>,
    labels: &'a [String],
    /// YAML, short and with parameters; null where the host does not know the kind.
    configuration: Option<Configuration>,
}

#[derive(Serialize)]
struct Configuration {
    short: String,
    long: Option<String>,
    flag: String,
}

fn write_json(found: &[&Match<'_>], label: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let policies = found.iter().map(|one| {
        let policy = PolicyDoc::new(one.policy);
        let configuration = usage(&policy, &one.written(label)).map(|Usage { short, long, flag }| {
            Configuration { short: short.join("\n"), long: (!long.is_empty()).then(|| long.join("\n")), flag }
        });
        PolicyRow {
            policy,
            library: one.library.as_ref().map(|(record, _)| record),
            labels: one.library.as_ref().map_or(&[], |(_, labels)| labels),
            configuration,
        }
    });
    serde_json::to_writer_pretty(&mut *out, &Document { policies: policies.collect() })?;
    writeln!(out)
}
