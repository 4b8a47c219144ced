//! `pointsman tune`: which weights and parameters are best?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::ab::now;
use super::experiment::{OUT, command, open_cache};
use super::flags::ConfigFlags;
use super::interrupt::Interrupt;
use super::lab::{Lab, LabArgs, say_warnings};
use super::outputs::Format;
use super::progress::ProgressMode;
use super::stdout::Stdout;
use super::tuned_files::configs;
use super::{CliError, Messages, question};
use crate::config::space::SpaceSpec;
use crate::config::{Config, Override, Spanned};
use crate::experiment::ab::{Mode, Question};
use crate::experiment::check::class_of;
use crate::experiment::plan::Arm;
use crate::experiment::statistics::Looks;
use crate::experiment::tune::{self, Answer, Ask, Points, Rung, Standing, TuneError, plan, points, runs};
use crate::metrics::Better;
use crate::report::{Style, tune as report};

const EXAMPLES: &str = "\
A space is a routing whose weights may be open: 1..5 (both ends), 0..1/0.25 (with a step), 1|2|4 or
{1,2,4} (a list). Weight 0 leaves a scorer out. Or it is policies as YAML, with any value open.

Examples:
  pointsman tune configs/static-default.yaml --space 'pa:1..5,qd:1..5,kv:0..3'
  pointsman tune configs/full-offload.yaml --rate 28 \\
      --space 'pa:1..5,qd:1..5,kv-pressure-slo:0..5' \\
      --metric 'ttft_p99{class=critical}' --metric e2e_mean --guardrail 'hit_rate>=-5%'
  pointsman tune configs/static-default.yaml --space 'pa:3,qd:1|2|4' \\
      --vary policy.scheduler=fcfs,sjf --vary cluster.engine.max_num_batched_tokens=1024,2048,4096
  pointsman tune configs/static-default.yaml --space '{routing: {scorers: [
      {name: pa, weight: 1..4, params: {capacity_blocks: 500|2000}}, {name: qd, weight: 1..3}]}}'";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct TuneArgs {
    /// The configuration that all points build on, and that they are compared with
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// A routing with open weights such as `pa:1..5,qd:1|2|4`, or policies as YAML with open values
    #[arg(long, value_name = "POLICIES", help_heading = "Space")]
    space: Option<String>,
    /// The levels of any other value, such as `cluster.kv.blocks=500,1000..3000/1000`; repeatable
    #[arg(long, value_name = "PATH=LEVELS", help_heading = "Space")]
    vary: Vec<String>,
    /// Points at most: of a larger space so many are drawn at random
    #[arg(long, value_name = "N", default_value_t = 500, help_heading = "Space",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_points: u32,
    /// A metric that decides, such as `ttft_p99{class=critical}`; of several, a Pareto front is found;
    /// repeatable [default: ttft_mean, e2e_p99]
    #[arg(long = "metric", value_name = "METRIC", help_heading = "Question")]
    metrics: Vec<String>,
    /// What a point must not make worse, such as `e2e_p99<=+1%`; repeatable
    #[arg(long = "guardrail", value_name = "BOUND", help_heading = "Question")]
    guardrails: Vec<String>,
    /// The smallest effect of interest: differences within it are equivalence
    #[arg(long, value_name = "PERCENT", default_value = "1%", help_heading = "Question")]
    min_effect: String,
    /// Points of the front at most
    #[arg(long, value_name = "N", default_value_t = 6, help_heading = "Question",
          value_parser = clap::value_parser!(u32).range(1..=35))]
    front: u32,
    /// Seeds of all points at first
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    first_seeds: u32,
    /// Seeds of the points that are left at the end of the search
    #[arg(long, value_name = "N", default_value_t = 16, help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// After each rung, one of so many points goes on, with so many times the seeds
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(2..=100))]
    eta: u32,
    /// Seeds of the claims, which the search never sees
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(2..=10_000))]
    held_out: u32,
    /// Runs at most: of a larger space fewer points are drawn
    #[arg(long, value_name = "N", help_heading = "Budget")]
    max_runs: Option<u64>,
    /// No further rung that would leave no time for the claims within this time, such as `10min`
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = "Budget")]
    max_time: Option<Duration>,
    /// Make every run anew, even those whose results are known
    #[arg(long, help_heading = "Run")]
    fresh: bool,
    /// Exit with code 4 unless a point of the front is better: in a metric, and worse in none
    #[arg(long, help_heading = "Output")]
    strict: bool,
    #[command(flatten)]
    flags: ConfigFlags,
    #[command(flatten)]
    lab: LabArgs,
    /// Where the results go: tune.json, points.csv, a configuration for each point of the front, and
    /// what is kept of every run [default: pointsman-out/tune-CONFIG]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Form of the answer on standard output; `json` is what tune.json holds
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
    /// No answer and no progress; errors and warnings stay
    #[arg(short, long, conflicts_with = "format", help_heading = "Output")]
    quiet: bool,
    /// When to show progress on standard error; `auto`: on a terminal
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    progress: ProgressMode,
}

/// Where nobody says what decides: the wait for the first token, and the slowest answers.
const METRICS: [&str; 2] = ["ttft_mean", "e2e_p99"];

/// Does it.
pub(super) fn tune(args: &TuneArgs, messages: &Messages) -> Result<(), CliError> {
    let question = args.question()?;
    let spec = args.spec()?;
    let overrides = args.flags.overrides()?;
    let mut lab = Lab::new(&args.lab, Interrupt::listen())?;
    let mut arm = |name: String, more: Vec<Override>| {
        let all: Vec<Override> = overrides.iter().cloned().chain(more).collect();
        lab.arm(Spanned::of_default(name), BTreeMap::new(), &Config::load(&args.config, &all)?)
    };
    let baseline = arm("baseline".to_owned(), Vec::new())?;
    for metric in question.deciding.iter().chain(question.guardrails.iter().map(|one| &one.metric)) {
        class_of(metric, &[&baseline])?;
    }
    let seed = baseline.resolved.seed;
    let (points, rungs) = args.plan(&spec, seed, question.deciding.len())?;
    // Whatever is wrong with a name or a value is found here, at its place.
    arm("probe".to_owned(), spec.probe())?;
    let mut arms = vec![baseline];
    for levels in &points.points {
        arms.push(arm(spec.label(levels), spec.point(levels))?);
    }
    check(&arms)?;
    say_warnings(&arms, messages);
    let directory = args.directory();
    let cache = open_cache(&directory, args.fresh)?;
    let stdout = Stdout::set_aside()?;
    let chosen = if question.deciding.len() == 1 { 1 } else { args.front };
    let ask = Ask {
        question,
        spec: &spec,
        points: &points,
        rungs: &rungs,
        front: args.front as usize,
        held_out: args.held_out,
        config: args.config.display().to_string(),
        command: command(),
    };
    let begun = now();
    let claims = u64::from(args.held_out) * (u64::from(chosen) + 1);
    let mut budget = |more: u64, done: u64| {
        // As many seconds a run as so far; the claims are made in any case.
        let ahead = (now() - begun).mul_f64((more + claims) as f64 / done.max(1) as f64);
        args.max_time.is_none_or(|most| now() - begun + ahead <= most)
    };
    let progress = if args.quiet { ProgressMode::None } else { args.progress };
    let answer = lab.work(&arms, &cache, progress, |means| tune::tune(&ask, &arms, means, &mut budget));
    let mut answer = answer.map_err(|error| match error {
        TuneError::Conduct(error) => CliError::of_lab(error, &directory),
        other => CliError::Tune(other),
    })?;
    let configs = configs(&args.config, &spec, &points, &overrides, &mut answer, &directory)?;
    report::write_all(&answer, &configs, &directory).map_err(CliError::NotWritten)?;
    show(args, &answer, &directory, &stdout, messages)?;
    let is_better = |point: &tune::FrontPoint| point.standing == Standing::Better;
    if args.strict && !answer.front.iter().any(is_better) { Err(CliError::NotHeld) } else { Ok(()) }
}

impl TuneArgs {
    fn question(&self) -> Result<Question, CliError> {
        let deciding = question::metrics(&self.metrics, &METRICS)?;
        if let Some(metric) = deciding.iter().find(|metric| metric.metric().better == Better::Neither) {
            let problem = format!("--metric: neither less nor more of `{metric}` is better");
            return Err(CliError::Usage(problem));
        }
        if self.first_seeds > self.seeds {
            let problem = format!("--first-seeds: {} is above --seeds {}", self.first_seeds, self.seeds);
            return Err(CliError::Usage(problem));
        }
        Ok(Question {
            deciding,
            guardrails: question::guardrails(&self.guardrails)?,
            min_effect: question::min_effect(&self.min_effect)?,
            looks: Looks::once(self.held_out),
            mode: Mode::Paired,
        })
    }

    fn spec(&self) -> Result<SpaceSpec, CliError> {
        if self.space.is_none() && self.vary.is_empty() {
            let message = "there is nothing to search: give --space 'pa:1..5,qd:1..5', or --vary";
            return Err(CliError::Usage(message.to_owned()));
        }
        Ok(SpaceSpec::read(self.space.as_deref(), &self.vary)?)
    }

    /// The points and the rungs for them, within the budget of runs.
    fn plan(&self, spec: &SpaceSpec, seed: u64, metrics: usize) -> Result<(Points, Vec<Rung>), CliError> {
        let least = if metrics == 1 { 1 } else { self.front as usize };
        let rungs = |count: usize| plan(count, self.first_seeds, self.seeds, self.eta, least);
        let all =
            |count: usize| runs(&rungs(count)) + u64::from(self.held_out) * (least.min(count) as u64 + 1);
        let fits = |count: usize| self.max_runs.is_none_or(|most| all(count) <= most);
        let mut found = points(spec, self.max_points as usize, seed);
        match found.points.len() {
            0 => {
                let message = "no point of this space has a scorer: a weight above 0 is missing";
                return Err(CliError::Usage(message.to_owned()));
            }
            1 => {
                let message = "this space has a single point: all of its combinations choose alike; open more \
                               weights, as in `pa:1..5,qd:1..5`, or ask `pointsman ab` about it";
                return Err(CliError::Usage(message.to_owned()));
            }
            count if !fits(count) => {
                let most = (2..count).rev().find(|&count| fits(count)).ok_or_else(|| {
                    let least = all(2);
                    CliError::Usage(format!(
                        "--max-runs: two points alone need {least} runs; fewer seeds need less"
                    ))
                })?;
                found = points(spec, most, seed);
            }
            _ => {}
        }
        let rungs = rungs(found.points.len());
        Ok((found, rungs))
    }

    fn directory(&self) -> PathBuf {
        let stem = self.config.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.out.clone().unwrap_or_else(|| Path::new(OUT).join(format!("tune-{}", stem.unwrap_or_default())))
    }
}

/// Points that met other requests could not be compared.
fn check(arms: &[Arm]) -> Result<(), CliError> {
    let other = arms.iter().find(|arm| arm.origins.workload_sha256 != arms[0].origins.workload_sha256);
    other.map_or(Ok(()), |arm| {
        let message = format!(
            "`{}` has another workload than the baseline: only policies and clusters can be compared",
            arm.name.value
        );
        Err(CliError::Usage(message))
    })
}

fn show(
    args: &TuneArgs,
    answer: &Answer,
    directory: &Path,
    stdout: &Stdout,
    messages: &Messages,
) -> Result<(), CliError> {
    match args.format {
        _ if args.quiet => Ok(()),
        Format::Json => stdout.print(|out| report::write_json(answer, out)),
        Format::Text => {
            let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
            stdout.print(|out| {
                report::write(answer, style, &mut *out)?;
                writeln!(out, "\n{} {}", style.title("All points"), directory.join("points.csv").display())
            })
        }
    }
}
