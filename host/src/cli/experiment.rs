//! `pointsman experiment`: many runs, and a verdict on every claim.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use super::flags::ConfigFlags;
use super::interrupt::Interrupt;
use super::lab::{Lab, LabArgs, say_warnings};
use super::outputs::Format;
use super::progress::ProgressMode;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::config::experiment::{ExperimentSpec, SeedSpec};
use crate::experiment::cache::Cache;
use crate::experiment::check;
use crate::experiment::conduct::conduct;
use crate::experiment::plan::Arm;
use crate::experiment::results::{Results, Verdict};
use crate::report::{Style, experiment as report};

const EXAMPLES: &str = "\
Examples:
  pointsman experiment configs/experiments/compound.yaml
  pointsman experiment configs/experiments/compound.yaml --out results --jobs 8
  pointsman experiment configs/experiments/joint.yaml --seeds 3 --set workload.limit=500
  pointsman experiment mine.yaml --plugin libmy_scorer.so --strict";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExperimentArgs {
    /// The experiment, a YAML file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the results go: report.html, summary.md, results.json, .csv and .parquet, plots, and what
    /// is kept of every run [default: pointsman-out/NAME]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Use the seeds 1 to N instead of those of the file: for a first look
    #[arg(long, value_name = "N", help_heading = "Run")]
    seeds: Option<u32>,
    /// Make every run anew, even those whose results are known
    #[arg(long, help_heading = "Run")]
    fresh: bool,
    /// Exit with code 4 unless every claim is confirmed
    #[arg(long, help_heading = "Run")]
    strict: bool,
    #[command(flatten)]
    flags: ConfigFlags,
    #[command(flatten)]
    lab: LabArgs,
    /// Form of the summary on standard output; `json` is what results.json holds
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
    /// No summary and no progress; errors and warnings stay
    #[arg(short, long, conflicts_with = "format", help_heading = "Output")]
    quiet: bool,
    /// When to show progress on standard error; `auto`: on a terminal
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    progress: ProgressMode,
}

/// Where results go if nobody says.
pub(super) const OUT: &str = "pointsman-out";

/// Does it.
pub(super) fn experiment(args: &ExperimentArgs, messages: &Messages) -> Result<(), CliError> {
    if args.flags.names("--seed") {
        let message =
            "--seed has no say here: the file names the seeds, and --seeds N takes the seeds 1 to N";
        return Err(CliError::Usage(message.to_owned()));
    }
    let mut spec = ExperimentSpec::load(&args.file, &args.flags.overrides()?)?;
    match args.seeds {
        Some(0) => return Err(CliError::Usage("--seeds must be at least 1".to_owned())),
        Some(seeds) => spec.seeds = SeedSpec::first(seeds.into()),
        None => {}
    }
    let mut lab = Lab::new(&args.lab, Interrupt::listen())?;
    let arms = arms(&spec, &mut lab)?;
    check::classes(&spec, &arms)?;
    check::terms(&spec, &arms)?;
    say_warnings(&arms, messages);
    let directory = args.out.clone().unwrap_or_else(|| Path::new(OUT).join(&spec.name));
    let cache = open_cache(&directory, args.fresh)?;
    let stdout = Stdout::set_aside()?;
    let progress = if args.quiet { ProgressMode::None } else { args.progress };
    let results = lab.work(&arms, &cache, progress, |means| conduct(&spec, &arms, command(), means));
    let results = results.map_err(|error| CliError::of_lab(error, &directory))?;
    report::write_all(&results, &directory).map_err(CliError::NotWritten)?;
    show(args, &results, &directory, &stdout, messages)?;
    finish(args, &results)
}

fn arms(spec: &ExperimentSpec, lab: &mut Lab<'_>) -> Result<Vec<Arm>, CliError> {
    spec.arms.iter().map(|arm| lab.arm(arm.name.clone(), arm.levels.clone(), &arm.config)).collect()
}

/// The results of runs, kept beside those of the experiment.
pub(super) fn open_cache(directory: &Path, fresh: bool) -> Result<Cache, CliError> {
    let runs = directory.join("runs");
    let error = |cause| CliError::Unwritable { path: runs.clone(), cause };
    if fresh && runs.is_dir() {
        Cache::clear(&runs).map_err(error)?;
    }
    Cache::open(&runs).map_err(error)
}

fn show(
    args: &ExperimentArgs,
    results: &Results,
    directory: &Path,
    stdout: &Stdout,
    messages: &Messages,
) -> Result<(), CliError> {
    if args.quiet {
        return Ok(());
    }
    match args.format {
        Format::Json => stdout.print(|out| report::json::write(results, out)),
        Format::Text => {
            let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
            stdout.print(|out| {
                report::terminal::write(results, style, &mut *out)?;
                writeln!(out, "\n{} {}", style.title("Report"), directory.join("report.html").display())
            })
        }
    }
}

fn finish(args: &ExperimentArgs, results: &Results) -> Result<(), CliError> {
    let runs = results.arms.iter().flat_map(|arm| &arm.runs);
    if runs.clone().next().is_some() && runs.clone().all(|run| run.outcome.failure().is_some()) {
        return Err(CliError::AllFailed);
    }
    if args.strict && results.hypotheses.iter().any(|claim| claim.verdict != Verdict::Confirmed) {
        return Err(CliError::NotHeld);
    }
    Ok(())
}

/// The command as it was typed, for whoever wants to make the experiment again.
pub(super) fn command() -> String {
    let words = env::args().skip(1).map(|word| {
        let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@+%".contains(c);
        if !word.is_empty() && word.chars().all(is_plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    });
    std::iter::once("pointsman".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
