//! `pointsman validate`: how far is the simulation from what was measured?

use std::path::PathBuf;

use clap::Args;

use super::measuring::MeasuringArgs;
use super::outputs::Format;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::measured::read_levels;
use crate::replay::Server;
use crate::report::Style;
use crate::report::validate::{json, terminal, write_plots};
use crate::validate::{Threshold, Thresholds, Validation, validate};

const EXAMPLES: &str = "\
A run is a CSV file with a line of names and a request a line: when it was sent, prompt and output
tokens, time to first token, time to last token. host/docs/latency.md describes the formats.

Examples:
  pointsman validate server.yaml measured.csv
  pointsman validate server.yaml a.csv b.csv --threshold e2e_mean=4% --threshold ttft_p99=15% --strict
  pointsman validate server.yaml saturated.csv --columns arrival=sched_arrival_s --max-in-flight 256

Exit codes: 0 done; 2 a file is wrong; 4 a figure is further off than it may be (with --strict).";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ValidateArgs {
    #[command(flatten)]
    measuring: MeasuringArgs,
    /// How far off a figure may be, such as `e2e_mean=4%`; repeatable
    /// [default: ttft_mean=17.8%, ttft_p99=31%, tpot_mean=6.9%, e2e_mean=6.8%]
    #[arg(long = "threshold", value_name = "FIGURE=PERCENT", help_heading = "Verdict")]
    thresholds: Vec<Threshold>,
    /// Exit with code 4 unless every run keeps every threshold
    #[arg(long, help_heading = "Verdict")]
    strict: bool,
    /// The server's own series, drawn beside the simulated one: CSV with t [s], running, waiting, kv_cache_pct
    #[arg(long, value_name = "FILE", requires = "plots", help_heading = "Output")]
    series: Option<PathBuf>,
    /// Draw each run over time into this folder
    #[arg(long, value_name = "FOLDER", help_heading = "Output")]
    plots: Option<PathBuf>,
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
}

/// Does it.
pub(super) fn run(args: &ValidateArgs, messages: &Messages) -> Result<(), CliError> {
    let measuring = args.measuring.open()?;
    let levels = args.series.as_deref().map(read_levels).transpose().map_err(CliError::Measured)?;
    let stdout = Stdout::set_aside()?;
    measuring.resolved.warnings.iter().for_each(|warning| messages.diagnostic(warning));
    let server = Server { resolved: &measuring.resolved, catalogue: &measuring.catalogue };
    let thresholds = Thresholds::default().with(&args.thresholds);
    let all: Vec<Validation> = measuring
        .runs
        .iter()
        .map(|run| validate(&server, run, &measuring.client, &thresholds))
        .collect::<Result<_, _>>()?;
    match args.format {
        Format::Text => {
            let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
            stdout.print(|out| terminal(&all, &thresholds, out, style))?;
        }
        Format::Json => stdout.print(|out| {
            serde_json::to_writer_pretty(&mut *out, &json(&all, &thresholds))?;
            writeln!(out)
        })?,
    }
    if let Some(directory) = &args.plots {
        write_plots(&all, levels.as_deref(), directory).map_err(CliError::NotWritten)?;
    }
    if args.strict && !all.iter().all(Validation::holds) {
        return Err(CliError::NotHeld);
    }
    Ok(())
}
