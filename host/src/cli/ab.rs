//! `pointsman ab`: is B better than A?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::ab_mode::{self, Asked, ModeArgs};
use super::flags::ConfigFlags;
use super::interrupt::Interrupt;
use super::lab::{Lab, LabArgs, say_warnings};
use super::outputs::Format;
use super::progress::ProgressMode;
use super::stdout::Stdout;
use super::{CliError, Messages, question};
use crate::config::experiment::MetricRef;
use crate::config::{Config, Override, Spanned};
use crate::experiment::ab::{Answer, AskError, Mode, Question, Verdict, ask, ask_shadow};
use crate::experiment::cache::Cache;
use crate::experiment::plan::Arm;
use crate::experiment::statistics::Looks;
use crate::policy::Assignment;
use crate::report::file::OutputFile;
use crate::report::{Style, ab as report};

const EXAMPLES: &str = "\
Examples:
  pointsman ab configs/rr.yaml --b pa:3,qd:2,kv:2
  pointsman ab configs/static-default.yaml --b '{scheduler: priority-fcfs, priority: slo-class}'
  pointsman ab configs/kv-pressure.yaml --b-plugin target/release/libkv_pressure.so
  pointsman ab configs/rr.yaml --a pa:3,qd:2 --b pa:3,qd:2,kv:2 --metric 'ttft_p99{class=critical}' \\
      --guardrail 'e2e_p99<=+1%' --min-effect 2% --strict
  pointsman ab configs/rr.yaml --b pa:3,qd:2,kv:2 --mode split --share 10%
  pointsman ab configs/static-default.yaml --b pa:2,qd:2,kv:5 --mode shadow";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct AbArgs {
    /// The configuration that both build on, a YAML file
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// What A is: a routing such as `pa:3,qd:2`, or the policies as YAML, such as
    /// `{scheduler: sjf}` [default: the configuration as it is]
    #[arg(long, value_name = "POLICIES", help_heading = "A and B")]
    a: Option<String>,
    /// What B is
    #[arg(long, value_name = "POLICIES", help_heading = "A and B")]
    b: Option<String>,
    /// Policies of this library take the place of others of the same name in A; repeatable
    #[arg(long, value_name = "FILE", help_heading = "A and B")]
    a_plugin: Vec<PathBuf>,
    /// The same for B: a new build against the one that is found
    #[arg(long, value_name = "FILE", help_heading = "A and B")]
    b_plugin: Vec<PathBuf>,
    /// A metric that decides, such as `ttft_p99{class=critical}`; repeatable [default: ttft_mean,
    /// ttft_p99, e2e_mean]
    #[arg(long = "metric", value_name = "METRIC", help_heading = "Question")]
    metrics: Vec<String>,
    /// What B must not make worse, such as `e2e_p99<=+1%`; repeatable
    #[arg(long = "guardrail", value_name = "BOUND", help_heading = "Question")]
    guardrails: Vec<String>,
    /// The smallest effect of interest: differences within it are equivalence [default: 1%]
    #[arg(long, value_name = "PERCENT", help_heading = "Question")]
    min_effect: Option<String>,
    #[command(flatten)]
    mode: ModeArgs,
    /// Seeds before the first look; all of them with --mode shadow
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(2..=10_000))]
    min_seeds: u32,
    /// Seeds at most [default: 40]
    #[arg(long, value_name = "N", help_heading = "Budget",
          value_parser = clap::value_parser!(u32).range(2..=10_000))]
    max_seeds: Option<u32>,
    /// No further look that would end after this time, such as `10min`
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = "Budget")]
    max_time: Option<Duration>,
    /// Exit with code 4 unless B is `better`, or `not-worse`: better, equivalent or identical
    #[arg(long, value_name = "THAN", value_enum, num_args = 0..=1, default_missing_value = "better",
          require_equals = true, help_heading = "Output")]
    strict: Option<Strict>,
    #[command(flatten)]
    flags: ConfigFlags,
    #[command(flatten)]
    lab: LabArgs,
    /// Write the answer with all its figures to this JSON file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Keep the results of runs in this directory, and make none twice
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    cache: Option<PathBuf>,
    /// Form of the answer on standard output
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
    /// When to show progress on standard error; `auto`: on a terminal
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    progress: ProgressMode,
}

/// What B has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strict {
    /// Better in a metric that decides, worse in none, with all guardrails.
    Better,
    /// Better, equivalent or identical.
    NotWorse,
}

/// Where nobody says what decides.
const METRICS: [&str; 3] = ["ttft_mean", "ttft_p99", "e2e_mean"];

/// Enough for effects of a few percent, and minutes rather than hours.
const MAX_SEEDS: u32 = 40;

/// Whether a metric can be told of a part of the requests of a run. Gaps between tokens are kept by class only.
fn is_of_parts(metric: &MetricRef) -> bool {
    metric.metric().is_of_groups() && !metric.metric().name.starts_with("itl")
}

/// Does it.
pub(super) fn ab(args: &AbArgs, messages: &Messages) -> Result<(), CliError> {
    let asked = args.mode.asked(messages)?;
    let mode = match asked {
        Asked::Better(mode) => mode,
        Asked::Shadow => {
            args.needs_no_question(messages)?;
            Mode::Paired
        }
    };
    let question = args.question(mode)?;
    let place = args.out.as_deref().map(OutputFile::check).transpose().map_err(CliError::NoPlace)?;
    let mut lab = Lab::new(&args.lab, Interrupt::listen())?;
    let mut arms = args.arms(&mut lab)?.to_vec();
    say_warnings(&arms, messages);
    let assignment = match asked {
        Asked::Better(mode) => mode.assignment(),
        Asked::Shadow => Some(Assignment::Shadow),
    };
    if let Some(assignment) = assignment {
        arms.push(ab_mode::shared(&arms[0], &arms[1], assignment, mode.windows())?);
    }
    let first_seed = arms[0].resolved.seed;
    let directory = tempfile::tempdir();
    let directory = directory.map_err(|cause| CliError::Unwritable { path: std::env::temp_dir(), cause })?;
    let cached = args.cache.as_deref().unwrap_or(directory.path());
    let cache =
        Cache::open(cached).map_err(|cause| CliError::Unwritable { path: cached.to_owned(), cause })?;
    let stdout = Stdout::set_aside()?;
    let failed = |error| match error {
        AskError::Conduct(error) => CliError::of_lab(error, cached),
        other => CliError::Ab(other),
    };
    let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
    if asked == Asked::Shadow {
        let seeds: Vec<u64> =
            (0..u64::from(args.min_seeds)).map(|index| first_seed.wrapping_add(index)).collect();
        let arm = &arms[2..];
        let answer = lab.work(arm, &cache, args.progress, |means| ask_shadow(&arm[0], &seeds, means));
        let answer = answer.map_err(failed)?;
        if let Some(place) = &place {
            place.write(|out| report::write_json(&answer, out)).map_err(CliError::NotWritten)?;
        }
        return match args.format {
            Format::Json => stdout.print(|out| report::write_json(&answer, out)),
            Format::Text => stdout.print(|out| report::write_shadow(&answer, style, out)),
        };
    }
    let begun = now();
    let mut budget = |more: u32, done: u32| {
        // As many seconds a seed as so far.
        let ahead = (now() - begun).mul_f64(f64::from(more) / f64::from(done.max(1)));
        args.max_time.is_none_or(|most| now() - begun + ahead <= most)
    };
    let answer =
        lab.work(&arms, &cache, args.progress, |means| ask(&question, &arms, first_seed, means, &mut budget));
    let answer = answer.map_err(failed)?;
    if let Some(place) = &place {
        place.write(|out| report::write_json(&answer, out)).map_err(CliError::NotWritten)?;
    }
    match args.format {
        Format::Json => stdout.print(|out| report::write_json(&answer, out))?,
        Format::Text => stdout.print(|out| report::write(&answer, style, out))?,
    }
    args.hold_to(&answer)
}

impl AbArgs {
    /// How often two routings differ is no question of better or worse.
    fn needs_no_question(&self, messages: &Messages) -> Result<(), CliError> {
        if self.strict.is_some() {
            let message = "--strict: with --mode shadow there is no better or worse to hold B to";
            return Err(CliError::Usage(message.to_owned()));
        }
        let given = [
            ("--metric", !self.metrics.is_empty()),
            ("--guardrail", !self.guardrails.is_empty()),
            ("--min-effect", self.min_effect.is_some()),
            ("--max-seeds", self.max_seeds.is_some()),
            ("--max-time", self.max_time.is_some()),
        ];
        for (option, _) in given.iter().filter(|(_, is_given)| *is_given) {
            messages.warning(format!("{option} has no effect with --mode shadow"));
        }
        Ok(())
    }

    fn question(&self, mode: Mode) -> Result<Question, CliError> {
        let usage = |option: &str, problem: String| CliError::Usage(format!("{option}: {problem}"));
        let of_mode = |option: &str, metric: &MetricRef| {
            if mode == Mode::Paired || is_of_parts(metric) {
                return Ok(());
            }
            let problem = format!("`{metric}` is not known of one of two routings on one cluster");
            Err(usage(option, format!("{problem}; use --mode paired")))
        };
        let deciding = question::metrics(&self.metrics, &METRICS)?;
        deciding.iter().try_for_each(|metric| of_mode("--metric", metric))?;
        let guardrails = question::guardrails(&self.guardrails)?;
        guardrails.iter().try_for_each(|guardrail| of_mode("--guardrail", &guardrail.metric))?;
        let min_effect = question::min_effect(self.min_effect.as_deref().unwrap_or("1%"))?;
        let max_seeds = self.max_seeds.unwrap_or(MAX_SEEDS.max(self.min_seeds));
        if self.min_seeds > max_seeds {
            let problem = format!("{} is above --max-seeds {max_seeds}", self.min_seeds);
            return Err(usage("--min-seeds", problem));
        }
        Ok(Question {
            deciding,
            guardrails,
            min_effect,
            looks: Looks::doubling(self.min_seeds, max_seeds),
            mode,
        })
    }

    fn arms(&self, lab: &mut Lab<'_>) -> Result<[Arm; 2], CliError> {
        if self.a.is_none() && self.b.is_none() && self.a_plugin.is_empty() && self.b_plugin.is_empty() {
            let message = "A and B are the same: say what B is, with --b or --b-plugin";
            return Err(CliError::Usage(message.to_owned()));
        }
        let mut arm = |name: &str, policies: &Option<String>, plugins: &[PathBuf]| {
            let mut overrides = self.flags.overrides()?;
            if let Some(policies) = policies {
                overrides.push(Override::policies(&format!("--{name}"), policies)?);
            }
            let config = Config::load(Path::new(&self.config), &overrides)?;
            lab.arm_with(Spanned::of_default(name.to_uppercase()), BTreeMap::new(), &config, plugins)
        };
        let (a, b) = (arm("a", &self.a, &self.a_plugin)?, arm("b", &self.b, &self.b_plugin)?);
        if a.origins.workload_sha256 != b.origins.workload_sha256 {
            let message = "A and B have different workloads: only policies and clusters can be compared";
            return Err(CliError::Usage(message.to_owned()));
        }
        Ok([a, b])
    }

    fn hold_to(&self, answer: &Answer) -> Result<(), CliError> {
        let is_held = match (self.strict, answer.verdict) {
            (None, _) | (Some(_), Verdict::Better) => true,
            (Some(Strict::NotWorse), verdict) => {
                matches!(verdict, Verdict::Equivalent | Verdict::Identical)
            }
            (Some(Strict::Better), _) => false,
        };
        if is_held { Ok(()) } else { Err(CliError::NotHeld) }
    }
}

pub(super) fn now() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "the budget of time; the plan of looks bounds the error in any case"
    )]
    Instant::now()
}
