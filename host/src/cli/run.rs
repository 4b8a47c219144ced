//! `pointsman run`: one run, from its configuration to its results.

use std::path::{Path, PathBuf};

use clap::Args;

use super::flags::ConfigFlags;
use super::interrupt::Interrupt;
use super::isolated;
use super::isolation::IsolationArgs;
use super::outputs::{OutputArgs, Outputs};
use super::plugins::{self, PluginArgs};
use super::progress::{Progress, ProgressMode, Spectator};
use super::stdout::Stdout;
use super::{CliError, Messages, record};
use crate::config::{Config, Resolved};
use crate::engine::{Observer, RequestRecord};
use crate::metrics::{EXACT_REQUESTS, Keep};
use crate::registry::Sources;
use crate::report::json::Recorded;
use crate::report::number::{count, plural};
use crate::run::{Listener, Provenance, RunFailure, prepare_to_look, referenced_libraries};

const EXAMPLES: &str = "\
Examples:
  pointsman run configs/full-compound.yaml
  pointsman run configs/rr.yaml --routing pa:3,qd:2,kv-pressure:3 --seed 7
  pointsman run configs/rr.yaml --plugin libmy_scorer.so --routing my-scorer:1
  pointsman run configs/rr.yaml --trace trace.jsonl --limit 1000 --set cluster.instances=8
  pointsman run configs/rr.yaml --requests requests.csv --summary summary.json
  pointsman run configs/full-offload.yaml --timeline timeline.json.gz
  pointsman run configs/rr.yaml --plugin libmy_scorer.so --routing my-scorer:1 --isolate
  pointsman run --from summary.json";

const USAGE: &str = "pointsman run [OPTIONS] CONFIG\n       pointsman run [OPTIONS] --from SUMMARY";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(override_usage = USAGE, after_help = EXAMPLES)]
pub struct RunArgs {
    /// The configuration, a YAML file
    #[arg(value_name = "CONFIG", required_unless_present = "from")]
    config: Option<PathBuf>,
    /// Run again what this summary file records, byte for byte
    ///
    /// Libraries and trace must be the recorded ones: one whose hash differs is refused.
    #[arg(long, value_name = "SUMMARY", conflicts_with = "config", help_heading = "Run")]
    from: Option<PathBuf>,
    #[command(flatten)]
    flags: ConfigFlags,
    #[command(flatten)]
    plugins: PluginArgs,
    /// Ignore the libraries that the configuration or the record names: it is not one's own
    #[arg(long, help_heading = "Plugins")]
    no_config_plugins: bool,
    #[command(flatten)]
    isolation: IsolationArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Compute percentiles of the summary from every request, however many there are
    ///
    /// Up to 1,000,000 requests that is so in any case. Of more, counts, sums and means are exact too, but
    /// percentiles come from sketches, each within 0.05 % of itself, so that memory does not grow with the
    /// run; the summary says so. With this option, some 300 MB are needed for every million requests.
    #[arg(long, help_heading = "Output")]
    exact: bool,
    /// When to show a progress bar on standard error; `auto`: on a terminal
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    progress: ProgressMode,
}

/// Does it.
pub(super) fn run(args: &RunArgs, messages: &Messages) -> Result<(), CliError> {
    let mut progress = Progress::new(args.progress(), Interrupt::listen());
    let outputs = args.output.check()?;
    if args.isolation.is_wanted() {
        return isolated::run(&outputs, &args.isolation, progress, messages);
    }
    args.isolation.warn_of_what_has_no_effect(messages);
    simulate(args, &outputs, &mut progress, messages)
}

/// Does it as a worker process.
#[cfg(unix)]
pub(super) fn run_inside(
    args: &RunArgs,
    messages: &Messages,
    inside: &mut crate::worker::Inside,
) -> Result<(), CliError> {
    Interrupt::ignore();
    let outputs = args.output.check()?.at_stages(inside.directory());
    simulate(args, &outputs, inside, messages)
}

fn simulate(
    args: &RunArgs,
    outputs: &Outputs,
    spectator: &mut dyn Spectator,
    messages: &Messages,
) -> Result<(), CliError> {
    args.check_from()?;
    let recorded = args.from.as_deref().map(|path| record::read(path, messages)).transpose()?;
    let keep = args.keep(recorded.as_ref());
    let record = recorded.map(|recorded| recorded.provenance);
    let resolved = args.configuration(record.as_ref())?;
    let sources = args.sources(&resolved, record.as_ref());
    let inputs = inputs(args, &resolved, &sources);
    outputs.spare(inputs.iter().map(PathBuf::as_path))?;
    let catalogue = plugins::catalogue(&sources)?;
    if messages.is_verbose() {
        catalogue.left_out().iter().for_each(|error| messages.warning(format!("left out: {error}")));
    }
    let look = outputs.look(messages);
    // From here on, libraries run.
    let stdout = Stdout::set_aside()?;
    let prepared = prepare_to_look(resolved, &catalogue, record.as_ref(), look, &|| spectator.is_asked())?;
    let prepared = prepared.keeping(keep);
    prepared.warnings().iter().for_each(|warning| messages.diagnostic(warning));
    if args.exact {
        warn_of_needless_exactness(prepared.total(), outputs, messages);
    }
    let mut rows = outputs.rows();
    let mut timeline = outputs.timeline.observer(prepared.cluster(), messages)?;
    spectator.begin(prepared.total());
    let observer = timeline.as_mut().map(|timeline| timeline as &mut dyn Observer);
    let mut push = rows.as_mut().map(|rows| |record: &RequestRecord| rows.push(record));
    let listener = push.as_mut().map(|push| push as Listener<'_>);
    let outcome = prepared.execute_told(spectator, observer, listener);
    spectator.finish();
    let outcome = outcome?;
    outcome.warnings.iter().for_each(|warning| messages.warning(warning));
    if spectator.is_asked() {
        return Err(RunFailure::Interrupted.into());
    }
    outputs.write(&outcome, rows, timeline, &stdout, messages)
}

/// Says where summaries are exact without being asked to, or nobody sees one.
fn warn_of_needless_exactness(requests: Option<u64>, outputs: &Outputs, messages: &Messages) {
    if !outputs.has_summary() {
        messages.warning("--exact has no effect: no summary is wanted");
    } else if let Some(requests) = requests.filter(|&requests| requests <= EXACT_REQUESTS) {
        let (requests, limit) = (plural(requests, "request"), count(EXACT_REQUESTS));
        messages.warning(format!(
            "--exact has no effect on a run of {requests}: summaries of up to {limit} are exact"
        ));
    }
}

impl RunArgs {
    /// A record has all values: none can be given beside it.
    fn check_from(&self) -> Result<(), CliError> {
        match (&self.from, self.flags.first().or(self.exact.then_some("--exact"))) {
            (Some(_), Some(flag)) => {
                let why = "a recorded run is made again as it was";
                Err(CliError::Usage(format!("`--from` and `{flag}` cannot be used together: {why}")))
            }
            _ => Ok(()),
        }
    }

    /// Which requests are kept: of a recorded run, as it was made.
    fn keep(&self, recorded: Option<&Recorded>) -> Keep {
        let is_bounded = recorded.map_or(!self.exact, |recorded| recorded.is_sketched);
        if is_bounded { Keep::UpTo(EXACT_REQUESTS) } else { Keep::All }
    }

    fn progress(&self) -> ProgressMode {
        if self.output.quiet { ProgressMode::None } else { self.progress }
    }

    fn configuration(&self, record: Option<&Provenance>) -> Result<Resolved, CliError> {
        let config = match (record, &self.from, &self.config) {
            (Some(record), Some(path), _) => {
                Config::from_value(&record.config, &path.display().to_string(), &[])?
            }
            (_, _, Some(path)) => Config::load(path, &self.flags.overrides()?)?,
            _ => return Err(CliError::Usage("name a configuration, or a summary with --from".to_owned())),
        };
        Ok(config.resolve()?)
    }

    fn sources(&self, resolved: &Resolved, record: Option<&Provenance>) -> Sources {
        let mut sources = self.plugins.sources();
        if !self.no_config_plugins {
            sources.configured = plugins::configured(&resolved.plugins);
            sources.referenced = referenced_libraries(resolved);
            if let Some(record) = record {
                sources.configured.extend(plugins::recorded(record, &sources));
            }
        }
        sources
    }
}

/// The files that the run is made from, as far as they are known by name.
fn inputs(args: &RunArgs, resolved: &Resolved, sources: &Sources) -> Vec<PathBuf> {
    let mut inputs: Vec<PathBuf> = args.config.iter().chain(&args.from).cloned().collect();
    inputs.extend(resolved.files.iter().cloned());
    files_of(resolved.workload.to_value(), &mut inputs);
    inputs.extend(sources.named.iter().chain(&sources.configured).map(|plugin| plugin.file.clone()));
    inputs.extend(sources.referenced.iter().cloned());
    inputs
}

/// Traces and files of values, wherever in a workload they stand.
fn files_of(workload: &serde_json::Value, files: &mut Vec<PathBuf>) {
    match workload {
        serde_json::Value::Array(items) => items.iter().for_each(|item| files_of(item, files)),
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                match value.as_str().filter(|_| key == "trace" || key == "file") {
                    Some(path) => files.push(Path::new(path).to_owned()),
                    None => files_of(value, files),
                }
            }
        }
        _ => {}
    }
}
