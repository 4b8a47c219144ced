//! `pointsman plugin list`: what policies there are, and where they come from.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::outputs::Format;
use super::plugins::{self, PluginArgs};
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::registry::{Catalogue, Entry, LibraryRecord, Origin, Parameter};
use crate::report::{Style, Table};

const EXAMPLES: &str = "\
Examples:
  pointsman plugin list
  pointsman plugin list --plugin target/release/libmy_scorer.so
  pointsman plugin list --format json";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    plugins: PluginArgs,
    /// Form of the list
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
}

/// Does it.
pub(super) fn list(args: &ListArgs, messages: &Messages) -> Result<(), CliError> {
    let catalogue = plugins::catalogue(&args.plugins.sources())?;
    let stdout = Stdout::set_aside()?;
    match args.format {
        Format::Text => {
            let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
            stdout.print(|out| write_text(&catalogue, style, out))?;
        }
        Format::Json => stdout.print(|out| write_json(&catalogue, out))?,
    }
    catalogue.left_out().iter().for_each(|error| messages.warning(format!("left out: {error}")));
    Ok(())
}

fn library<'a>(entry: &'a Entry<'_>) -> Option<&'a LibraryRecord> {
    match &entry.origin {
        Origin::BuiltIn => None,
        Origin::Library { record, .. } => Some(record),
    }
}

/// The libraries of the list, each once.
fn libraries(entries: &[Entry<'_>]) -> Vec<LibraryRecord> {
    let mut libraries: Vec<LibraryRecord> = Vec::new();
    for record in entries.iter().filter_map(library) {
        if !libraries.contains(record) {
            libraries.push(record.clone());
        }
    }
    libraries
}

fn write_text(catalogue: &Catalogue, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<Entry<'_>> = catalogue.entries().collect();
    let libraries = libraries(&entries);
    let number = |record: &LibraryRecord| libraries.iter().position(|other| other == record).unwrap_or(0) + 1;
    let mut table = Table::new(6, ["Policies", "kind", "aliases", "from", "version", "summary"]);
    for entry in &entries {
        let policy = entry.policy;
        table.row([
            format!("  {}", policy.name),
            entry.kind.name().to_owned(),
            policy.aliases.join(", "),
            library(entry).map_or_else(|| "built in".to_owned(), |record| format!("[{}]", number(record))),
            policy.version.clone(),
            policy.summary.clone(),
        ]);
    }
    write_table(&table, "Policies", style, out)?;
    if !libraries.is_empty() {
        let mut table = Table::new(6, ["Libraries", "version", "API", "compiler", "sha256", "path"]);
        for record in &libraries {
            table.row([
                format!("  [{}] {}", number(record), record.name),
                record.version.clone(),
                record.api_version.clone(),
                compiler(&record.rustc),
                record.sha256.chars().take(8).chain(['…']).collect(),
                record.path.clone(),
            ]);
        }
        writeln!(out)?;
        write_table(&table, "Libraries", style, out)?;
    }
    Ok(())
}

/// `rustc 1.95.0 (hash date)` without what is in the parentheses.
fn compiler(rustc: &str) -> String {
    rustc.split(" (").next().unwrap_or(rustc).to_owned()
}

fn write_table(table: &Table, title: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let lines = table.titled_lines(title, style);
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

#[derive(Serialize)]
struct Document<'a> {
    policies: Vec<PolicyDocument<'a>>,
    libraries: Vec<LibraryRecord>,
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct PolicyDocument<'a> {
    name: &'a str,
    kind: &'a str,
    aliases: &'a [String],
    version: &'a str,
    summary: &'a str,
    parameters: &'a [Parameter],
    /// Names the library by its hash; null: built in.
    library_sha256: Option<String>,
    labels: Vec<String>,
}

fn write_json(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<Entry<'_>> = catalogue.entries().collect();
    let policies = entries.iter().map(|entry| PolicyDocument {
        name: &entry.policy.name,
        kind: entry.kind.name(),
        aliases: &entry.policy.aliases,
        version: &entry.policy.version,
        summary: &entry.policy.summary,
        parameters: &entry.policy.parameters,
        library_sha256: library(entry).map(|record| record.sha256.clone()),
        labels: match &entry.origin {
            Origin::BuiltIn => Vec::new(),
            Origin::Library { labels, .. } => labels.clone(),
        },
    });
    let document = Document {
        policies: policies.collect(),
        libraries: libraries(&entries),
        left_out: catalogue.left_out().iter().map(ToString::to_string).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
