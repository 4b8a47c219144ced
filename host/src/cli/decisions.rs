//! `pointsman decisions`: what a decisions file says.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::look::{self, FormatArgs};
use super::outputs::Format;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::metrics::{Attributor, LoggedDecision, is_sampled};
use crate::report::decisions::{self, DecisionFile};

/// The commands on decisions files.
#[derive(Debug, Subcommand)]
pub enum DecisionsCommand {
    /// Print one routing decision as a table
    ///
    /// Candidates are rows, scorers columns; then what would have changed the choice, and what it is
    /// thought to have cost.
    Show(ShowArgs),
    /// Print which scorers decided: what they flip, by class, and their share of the regret
    Summary(SummaryArgs),
}

/// The options of `show`.
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// What `pointsman run --decisions` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The request
    #[arg(value_name = "ID")]
    id: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// The options of `summary`.
#[derive(Debug, Clone, Args)]
pub struct SummaryArgs {
    /// What `pointsman run --decisions` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: FormatArgs,
}

impl DecisionsCommand {
    /// Does it.
    pub(super) fn run(&self, messages: &Messages) -> Result<(), CliError> {
        match self {
            Self::Show(args) => show(args, messages),
            Self::Summary(args) => summary(args, messages),
        }
    }
}

fn show(args: &ShowArgs, messages: &Messages) -> Result<(), CliError> {
    let file = decisions::read(&args.file)?;
    let found = file.decisions.iter().find(|decision| decision.id == args.id);
    let decision = found.ok_or_else(|| unknown(args, &file))?;
    let stdout = Stdout::set_aside()?;
    match args.format.format {
        Format::Text => print(&stdout, &decisions::one(decision, look::style(&stdout, messages))),
        Format::Json => stdout.print(|out| {
            serde_json::to_writer_pretty(&mut *out, decision)?;
            writeln!(out)
        }),
    }
}

fn summary(args: &SummaryArgs, messages: &Messages) -> Result<(), CliError> {
    let DecisionFile { header, decisions: all } = decisions::read(&args.file)?;
    let mut attributor = Attributor::default();
    all.iter().for_each(|decision| decision.view(|view| attributor.add(view)));
    let regret_us = |decision: &LoggedDecision| decision.regret_ms.map(|ms| (ms * 1e3).round() as u64);
    let attribution = attributor.finish(&all.iter().map(regret_us).collect::<Vec<_>>());
    let stdout = Stdout::set_aside()?;
    match args.format.format {
        Format::Text => {
            let style = look::style(&stdout, messages);
            print(&stdout, &decisions::summary(&attribution, &header.probes, style))
        }
        Format::Json => stdout.print(|out| decisions::write_json(&header, &attribution, out)),
    }
}

fn print(stdout: &Stdout, lines: &[String]) -> Result<(), CliError> {
    stdout.print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))
}

/// Why there is no such decision, and which there are.
fn unknown(args: &ShowArgs, file: &DecisionFile) -> CliError {
    let (path, id) = (args.file.display(), args.id);
    let why = if is_sampled(id, file.header.sample) {
        "it was not routed".to_owned()
    } else {
        format!("it does not belong to the sample of {} of the requests", file.header.sample)
    };
    let before = file.decisions.iter().rev().find(|decision| decision.id < id);
    let after = file.decisions.iter().find(|decision| decision.id > id);
    let near: Vec<_> = before.into_iter().chain(after).map(|decision| decision.id.to_string()).collect();
    let near = match near.is_empty() {
        true => "the file has no decisions".to_owned(),
        false => format!("the nearest are {}", near.join(" and ")),
    };
    CliError::Usage(format!("{path}: there is no decision on request {id}: {why}; {near}"))
}
