//! The command line: `pointsman run`, and the commands of `pointsman plugin` and `pointsman config`.
//!
//! One file per command; beside them what commands share: `flags` (values of a configuration),
//! `plugins`, `look` and `resolving` (where libraries are looked for), `measuring` (what real servers did), `policy_doc`, `policy_text` and
//! `policy_usage` (how policies are described), `outputs` and `timeline` (where results go), `stdout`, `messages`
//! and `progress` (what a person sees meanwhile), `isolation` and `worker` (a command in a process of
//! its own), `interrupt`, `error` and `exit`.

#[cfg(unix)]
mod ab;
mod ab_mode;
mod bar_target;
mod calibrate;
#[cfg(unix)]
mod chatter;
#[cfg(unix)]
mod check_inside;
#[cfg(unix)]
mod check_worker;
mod config_check;
mod config_schema;
mod config_show;
mod decisions;
mod error;
pub mod exit;
#[cfg(unix)]
mod experiment;
mod flags;
mod interrupt;
mod isolated;
mod isolation;
#[cfg(unix)]
mod lab;
mod look;
#[cfg(unix)]
mod measure;
mod measuring;
mod messages;
mod outputs;
#[cfg(unix)]
mod plugin_check;
mod plugin_explain;
mod plugin_inspect;
mod plugin_list;
mod plugin_new;
mod plugins;
mod policy_doc;
mod policy_text;
mod policy_usage;
mod progress;
#[cfg(unix)]
mod question;
mod record;
mod resolving;
mod run;
#[cfg(unix)]
mod runs_bar;
mod stdout;
mod timeline;
#[cfg(unix)]
mod tune;
#[cfg(unix)]
mod tuned_files;
mod validate;
#[cfg(unix)]
mod worker;

pub use error::CliError;
pub use messages::Messages;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What is typed.
#[derive(Debug, Parser)]
#[command(name = "pointsman", version, about, long_about = ABOUT, after_help = EXIT_CODES)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const ABOUT: &str = "\
A laboratory for the policies that decide where an LLM inference request runs, and when: routing \
scorers and schedulers, loaded from dynamic libraries and tried on a simulated serving cluster.";

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the run failed, or its results could not be written
  2    usage, configuration or input data
  3    a plugin could not be loaded, or failed
  4    done, but a claim or a gate does not hold (with --strict)
  130  interrupted";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// When to use colour; `auto`: on a terminal, unless NO_COLOR says otherwise
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Messages")]
    pub color: Colour,
    /// Say more: the whole layout comparison of a library that does not fit, libraries left out
    #[arg(short, long, global = true, help_heading = "Messages")]
    pub verbose: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Even into files and pipes.
    Always,
    /// Not at all.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a cluster under the policies and the workload of a configuration
    ///
    /// Prints which policies decided and where they came from, then latencies, goodput and what the
    /// instances did. A value given by a flag takes the place of the one in the configuration; the
    /// default holds where neither gives one. The same configuration and seed give the same results, to
    /// the byte.
    Run(Box<run::RunArgs>),
    /// Ask whether policies B are better than policies A
    ///
    /// Both meet the same requests on each seed, and their differences are taken seed by seed. Seeds are
    /// run until the answer is clear, at looks that are planned, so that looking often does not find
    /// differences that are not there. How: host/docs/statistics.md.
    #[cfg(unix)]
    Ab(Box<ab::AbArgs>),
    /// Make many runs, and test claims about them
    ///
    /// The file names arms (compositions of policies, or levels of factors), seeds, metrics and claims.
    /// Every arm meets the same requests on each seed. Each claim gets a verdict with its estimate and
    /// interval. An experiment that is ended goes on where it was when it is started again.
    #[cfg(unix)]
    Experiment(Box<experiment::ExperimentArgs>),
    /// Search the weights and parameters of policies for the best ones
    ///
    /// All points of the space meet the same requests on a few seeds, the better half on twice as many,
    /// and so on. What is left, a Pareto front if there are several metrics, is compared with the
    /// configuration as it is on seeds that the search never saw: only these are claims. A search that is
    /// ended goes on where it was. How: host/docs/tune.md.
    #[cfg(unix)]
    Tune(Box<tune::TuneArgs>),
    /// Compare the simulation with measured runs of a real server
    ///
    /// Each run is replayed on the simulated server: the same requests at the same times. Times to first and last
    /// token, their percentiles and the throughput are held against those measured, and the course over time
    /// beside it. How far to trust which number: host/docs/latency.md.
    Validate(Box<validate::ValidateArgs>),
    /// Look for the latency parameters with which the simulation agrees with measured runs
    ///
    /// Replays the runs again and again with other parameters, by least squares over figures of stretches of each
    /// run, and says how well each parameter is known. Writes a profile.
    Calibrate(Box<calibrate::CalibrateArgs>),
    /// Look at policy libraries
    Plugin {
        /// What to do with them.
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Look at the routing decisions of a run
    Decisions {
        /// What to do with them.
        #[command(subcommand)]
        command: decisions::DecisionsCommand,
    },
    /// Look at configurations
    Config {
        /// What to do with them.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Make one run of an experiment
    #[cfg(unix)]
    #[command(hide = true, name = measure::MEASURE)]
    Measure(measure::MeasureArgs),
    /// Do another command as a worker process
    #[cfg(unix)]
    #[command(hide = true)]
    Worker(worker::WorkerArgs),
}

/// The commands on policy libraries.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// List all policies: built in, and of the libraries that are found
    ///
    /// Libraries are only read, not run.
    List(plugin_list::ListArgs),
    /// Show what a library says about itself, without running it
    ///
    /// Its hash, compiler and API version, whether this host can load it, and its policies with their
    /// parameters and what they read.
    Inspect(plugin_inspect::InspectArgs),
    /// Explain a policy: where it comes from, its parameters, what it reads, how it is written
    ///
    /// Libraries are only read, not run. A name that several policies have is explained for all.
    Explain(plugin_explain::ExplainArgs),
    /// Make a crate with a policy to begin with, which builds as it is
    ///
    /// The crate has a policy that works, its parameters, tests, a README, licences and a run that uses
    /// it. It belongs to no workspace, so it may lie anywhere.
    New(plugin_new::NewArgs),
    /// Check whether libraries do as they should: a validator for those who write policies
    ///
    /// Every policy is asked about thousands of situations: the corners of what can be, random ones, and
    /// sequences of calls, in processes of their own, which a library may crash. Each case is a promise
    /// of the plugin API; `--cases` lists them. What breaks a promise is made as small as it can be, and
    /// shown.
    #[cfg(unix)]
    Check(Box<plugin_check::CheckArgs>),
    /// Check what standard input names
    #[cfg(unix)]
    #[command(hide = true, name = check_inside::INSIDE)]
    CheckInside,
}

/// The commands on configurations.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check whether configurations could be run, without running them
    ///
    /// Builds their policies and opens their workloads, so everything is found that a run would find
    /// before its first event.
    Check(config_check::CheckArgs),
    /// Print a configuration with everything filled in: bases, flags, defaults
    Show(config_show::ShowArgs),
    /// Print a JSON Schema of configurations, for editors
    ///
    /// The names and parameters of policies are those of the libraries that are found.
    Schema(config_schema::SchemaArgs),
}

impl Cli {
    /// Does what is typed, says what went wrong, and returns the exit code.
    #[must_use]
    pub fn execute(&self) -> u8 {
        let messages = Messages::new(&self.global);
        match &self.command {
            #[cfg(unix)]
            Command::Worker(args) => worker::enter(args, &messages),
            command => messages.code(command.run(&messages)),
        }
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// Why it could not be done, with the exit code for it.
    pub fn run(&self, messages: &Messages) -> Result<(), CliError> {
        match self {
            Self::Run(args) => run::run(args, messages),
            #[cfg(unix)]
            Self::Ab(args) => ab::ab(args, messages),
            #[cfg(unix)]
            Self::Experiment(args) => experiment::experiment(args, messages),
            #[cfg(unix)]
            Self::Tune(args) => tune::tune(args, messages),
            Self::Calibrate(args) => calibrate::run(args, messages),
            Self::Validate(args) => validate::run(args, messages),
            #[cfg(unix)]
            Self::Measure(_) => Err(CliError::Usage("`measure` is for worker processes".to_owned())),
            Self::Plugin { command } => command.run(messages),
            Self::Config { command } => command.run(messages),
            Self::Decisions { command } => command.run(messages),
            #[cfg(unix)]
            Self::Worker(_) => Err(CliError::Usage("a worker has no worker".to_owned())),
        }
    }
}

impl ConfigCommand {
    fn run(&self, messages: &Messages) -> Result<(), CliError> {
        match self {
            Self::Check(args) => config_check::check(args, messages),
            Self::Show(args) => config_show::show(args, messages),
            Self::Schema(args) => config_schema::print(args, messages),
        }
    }
}

impl PluginCommand {
    fn run(&self, messages: &Messages) -> Result<(), CliError> {
        match self {
            Self::New(args) => plugin_new::new(args, messages),
            Self::List(args) => plugin_list::list(args, messages),
            Self::Inspect(args) => plugin_inspect::inspect_files(args, messages),
            Self::Explain(args) => plugin_explain::explain(args, messages),
            #[cfg(unix)]
            Self::Check(args) => plugin_check::check(args, messages),
            #[cfg(unix)]
            Self::CheckInside => check_inside::inside(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
