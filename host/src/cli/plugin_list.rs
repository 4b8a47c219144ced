//! `pointsman plugin list`: what policies there are, and where they come from.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::look::{self, FormatArgs, LookArgs};
use super::outputs::Format;
use super::policy_doc::PolicyDoc;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::registry::{Catalogue, Entry, Kind, LibraryRecord, Origin, Policy};
use crate::report::{Style, Table, plain};

const EXAMPLES: &str = "\
Examples:
  pointsman plugin list
  pointsman plugin list --plugin target/release/libmy_scorer.so
  pointsman plugin list --config configs/full-compound.yaml
  pointsman plugin list --format json";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    format: FormatArgs,
}

/// Does it.
pub(super) fn list(args: &ListArgs, messages: &Messages) -> Result<(), CliError> {
    let catalogue = args.look.catalogue()?;
    let stdout = Stdout::set_aside()?;
    match args.format.format {
        Format::Text => {
            let style = look::style(&stdout, messages);
            stdout.print(|out| write_text(&catalogue, style, out))?;
        }
        Format::Json => stdout.print(|out| write_json(&catalogue, out))?,
    }
    catalogue.left_out().iter().for_each(|error| messages.warning(format!("left out: {error}")));
    Ok(())
}

/// The library of a policy, and the labels that tell it from others.
pub(super) fn library<'a>(entry: &'a Entry<'_>) -> Option<(&'a LibraryRecord, &'a [String])> {
    match &entry.origin {
        Origin::BuiltIn => None,
        Origin::Library { record, labels } => Some((record, labels)),
    }
}

/// The libraries of the list, each once, with their labels.
fn libraries(catalogue: &Catalogue) -> Vec<(LibraryRecord, Vec<String>)> {
    let entries: Vec<Entry<'_>> = catalogue.entries().collect();
    let known = entries.iter().filter_map(library).map(|(record, labels)| (record.clone(), labels.to_vec()));
    let unknown = catalogue.of_unknown_kinds().map(|(_, record)| (record, Vec::new()));
    let mut libraries: Vec<(LibraryRecord, Vec<String>)> = Vec::new();
    for library in known.chain(unknown) {
        if !libraries.iter().any(|(other, _)| *other == library.0) {
            libraries.push(library);
        }
    }
    libraries
}

/// A policy of the list, whether or not its kind is known.
struct Row<'a> {
    policy: &'a Policy,
    library: Option<LibraryRecord>,
}

fn write_text(catalogue: &Catalogue, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let libraries = libraries(catalogue);
    let mut table = Table::new(3, ["Policies", "from", "summary"]);
    let mut heads = Vec::new();
    let mut group = |head: String, rows: Vec<Row<'_>>| {
        if rows.is_empty() {
            return;
        }
        heads.push(format!("  {head}"));
        table.row([format!("  {head}")]);
        for Row { policy, library } in rows {
            let number = libraries.iter().position(|(other, _)| Some(other) == library.as_ref());
            table.row([
                format!("    {}", plain(&policy.name)),
                number.map_or_else(|| "built in".to_owned(), |number| format!("[{}]", number + 1)),
                plain(&summary(policy)).into_owned(),
            ]);
        }
    };
    for kind in Kind::ALL {
        let entries = catalogue.entries().filter(|entry| entry.kind == kind);
        let row = |entry: Entry<'_>| library(&entry).map(|(record, _)| record.clone());
        group(
            kind.name().to_owned(),
            entries.map(|entry| Row { policy: entry.policy, library: row(entry) }).collect(),
        );
    }
    let strangers = catalogue.of_unknown_kinds();
    let strangers = strangers.map(|(policy, record)| Row { policy, library: Some(record) });
    group("of kinds that this host does not know".to_owned(), strangers.collect());
    for line in table.titled_lines_within("Policies", style) {
        let is_head = heads.contains(&line);
        writeln!(out, "{}", if is_head { style.name(line) } else { line })?;
    }
    write_libraries(&libraries, style, out)?;
    writeln!(
        out,
        "\n{}",
        style.faint("Parameters, what a policy reads, how it is written: pointsman plugin explain NAME")
    )
}

/// What it does, and its other names.
fn summary(policy: &Policy) -> String {
    match &policy.aliases[..] {
        [] => policy.summary.clone(),
        aliases => format!("{}; also {}", policy.summary, aliases.join(", ")),
    }
}

fn write_libraries(
    libraries: &[(LibraryRecord, Vec<String>)],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if libraries.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(6, ["Libraries", "version", "API", "compiler", "sha256", "path"]);
    for (index, (record, labels)) in libraries.iter().enumerate() {
        let label = if labels.is_empty() { String::new() } else { format!(" @{}", labels.join(", @")) };
        table.row([
            format!("  [{}] {}{}", index + 1, plain(&record.name), plain(&label)),
            plain(&record.version).into_owned(),
            plain(&record.api_version).into_owned(),
            plain(compiler(&record.rustc)).into_owned(),
            record.sha256.chars().take(8).chain(['…']).collect(),
            plain(&record.path).into_owned(),
        ]);
    }
    writeln!(out)?;
    let lines = table.titled_lines("Libraries", style);
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// `rustc 1.95.0 (hash date)` without what is in the parentheses.
fn compiler(rustc: &str) -> &str {
    rustc.split(" (").next().unwrap_or(rustc)
}

#[derive(Serialize)]
struct Document<'a> {
    policies: Vec<PolicyRow<'a>>,
    libraries: Vec<LibraryRecord>,
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct PolicyRow<'a> {
    #[serde(flatten)]
    policy: PolicyDoc<'a>,
    /// Names the library by its hash; null: built in.
    library_sha256: Option<String>,
    labels: Vec<String>,
}

fn write_json(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let known = catalogue.entries().map(|entry| PolicyRow {
        policy: PolicyDoc::new(entry.policy),
        library_sha256: library(&entry).map(|(record, _)| record.sha256.clone()),
        labels: library(&entry).map(|(_, labels)| labels.to_vec()).unwrap_or_default(),
    });
    let unknown = catalogue.of_unknown_kinds().map(|(policy, record)| PolicyRow {
        policy: PolicyDoc::new(policy),
        library_sha256: Some(record.sha256),
        labels: Vec::new(),
    });
    let document = Document {
        policies: known.chain(unknown).collect(),
        libraries: libraries(catalogue).into_iter().map(|(record, _)| record).collect(),
        left_out: catalogue.left_out().iter().map(ToString::to_string).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
