//! `pointsman calibrate`: with which parameters does the simulation agree with what was measured?

use std::path::{Path, PathBuf};

use clap::Args;

use super::measuring::{Measuring, MeasuringArgs};
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::calibrate::{Fit, Fitting, HeldOut, fit, hold_out, read_layers};
use crate::config::Resolved;
use crate::engine::{LatencyModel, StepModel};
use crate::measured::MeasuredRun;
use crate::replay::Server;
use crate::report::Style;
use crate::report::calibrate::{Made, held_out, terminal, write_profile};
use crate::report::file::OutputFile;
use crate::report::validate::terminal as validation;
use crate::validate::{Thresholds, Validation, validate};

const EXAMPLES: &str = "\
The search starts from the latency model of the configuration: `roofline` with typical efficiencies is a
good start for any model and GPU. Parameters come with intervals, and with what the data cannot tell.
Runs of several workloads and rates tell more than long ones. How: host/docs/latency.md.

Examples:
  pointsman calibrate server.yaml a.csv b.csv c.csv --hold-out --out profiles/mine.yaml
  pointsman calibrate server.yaml a.csv --fix alpha2_us --requests 3000
  pointsman calibrate server.yaml --layers measured/layers --out profiles/mine.yaml";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CalibrateArgs {
    #[command(flatten)]
    measuring: MeasuringArgs,
    /// A parameter that stays as it is; repeatable
    #[arg(long = "fix", value_name = "PARAMETER", help_heading = "Fit")]
    fixed: Vec<String>,
    /// Requests of each run to fit to, from its beginning
    #[arg(long, value_name = "N", default_value_t = 1500, help_heading = "Fit",
          value_parser = clap::value_parser!(u64).range(1..))]
    requests: u64,
    /// Replays of all runs at most, of one fit
    #[arg(long, value_name = "N", default_value_t = 400, help_heading = "Fit",
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    max_replays: u64,
    /// Predict each run from a fit to the others, too
    #[arg(long, help_heading = "Fit")]
    hold_out: bool,
    /// Instead of fitting to runs: a table of the measured layers in this folder (dense.csv, per_sequence.csv,
    /// attention.csv)
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["runs", "hold_out"], requires = "out", help_heading = "Fit")]
    layers: Option<PathBuf>,
    /// Write a profile with the parameters to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
}

/// Does it.
pub(super) fn run(args: &CalibrateArgs, messages: &Messages) -> Result<(), CliError> {
    let place = args.out.as_deref().map(OutputFile::check).transpose().map_err(CliError::NoPlace)?;
    if let (Some(folder), Some(place)) = (&args.layers, &place) {
        return table(args, folder, place);
    }
    let measuring = args.measuring.open()?;
    if args.hold_out && measuring.runs.len() < 2 {
        return Err(CliError::Usage("--hold-out needs two runs at least".to_owned()));
    }
    let stdout = Stdout::set_aside()?;
    measuring.resolved.warnings.iter().for_each(|warning| messages.diagnostic(warning));
    let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
    let server = Server { resolved: &measuring.resolved, catalogue: &measuring.catalogue };
    let runs: Vec<&MeasuredRun> = measuring.runs.iter().collect();
    let fitting = Fitting {
        server: &server,
        runs: &runs,
        client: &measuring.client,
        requests: args.requests as usize,
        fixed: &args.fixed,
        most_replays: args.max_replays as usize,
    };
    let found = fit(&fitting).map_err(CliError::Fit)?;
    stdout.print(|out| {
        terminal(&found, out, style)?;
        writeln!(out)
    })?;
    let fitted = check(&measuring, &found)?;
    stdout.print(|out| {
        writeln!(out, "{}", style.title("the runs that it was fitted to"))?;
        validation(&fitted, &Thresholds::default(), out, style)
    })?;
    let mut predicted: Vec<HeldOut> = Vec::new();
    if args.hold_out {
        predicted = hold_out(&fitting, &Thresholds::default(), |_| ()).map_err(CliError::Fit)?;
        stdout.print(|out| {
            writeln!(out)?;
            held_out(&predicted, out, style)
        })?;
    }
    if let Some(place) = place {
        let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
        let made = Made {
            resolved: &measuring.resolved,
            latency: &found.latency,
            estimates: &found.estimates,
            origin: format!("Fitted by `pointsman calibrate` to measured runs: {}.", names.join(", ")),
            held_out: &predicted,
        };
        place.write(|out| write_profile(&made, out)).map_err(CliError::NotWritten)?;
    }
    Ok(())
}

/// A profile of measured layers.
fn table(args: &CalibrateArgs, folder: &Path, place: &OutputFile) -> Result<(), CliError> {
    let (resolved, _) = args.measuring.resolve()?;
    let figures = resolved.profile.as_ref().and_then(|profile| profile.figures.architecture.as_ref());
    let Some(architecture) = figures else {
        let message = "--layers needs a profile that has `architecture`: how many layers there are";
        return Err(CliError::Usage(message.to_owned()));
    };
    let layers = read_layers(folder, architecture.layers).map_err(CliError::Layers)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let alpha = resolved.settings.latency.alpha;
    let made = Made {
        latency: &LatencyModel { alpha, step: StepModel::Table(layers.table.into()) },
        resolved: &resolved,
        estimates: &[],
        origin: format!(
            "Put together by `pointsman calibrate` from measured layers: {name}. {} points of attention were extrapolated.",
            layers.filled
        ),
        held_out: &[],
    };
    place.write(|out| write_profile(&made, out)).map_err(CliError::NotWritten)
}

/// All runs, whole, with the parameters that were found.
fn check(measuring: &Measuring, found: &Fit) -> Result<Vec<Validation>, CliError> {
    let mut resolved: Resolved = measuring.resolved.clone();
    resolved.settings.latency = found.latency.clone();
    let server = Server { resolved: &resolved, catalogue: &measuring.catalogue };
    let thresholds = Thresholds::default();
    let all = measuring.runs.iter().map(|run| validate(&server, run, &measuring.client, &thresholds));
    Ok(all.collect::<Result<_, _>>()?)
}
