//! What `validate` and `calibrate` share: measured runs, and the client that made them.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use super::flags::ConfigFlags;
use super::plugins::{self, PluginArgs};
use crate::config::{Config, Override, Resolved};
use crate::measured::{self, CONTENT_BLOCK, Columns, MeasuredRun};
use crate::registry::Catalogue;
use crate::replay::Client;

/// Measured runs and how to read them.
#[derive(Debug, Clone, Args)]
pub(super) struct MeasuringArgs {
    /// The server: a configuration, whose workload does not count
    #[arg(value_name = "CONFIG")]
    pub(super) config: PathBuf,
    /// Measured runs: CSV with a line of names, or JSON lines of vLLM's own times
    #[arg(value_name = "RUN")]
    pub(super) runs: Vec<PathBuf>,
    /// Which columns to read, such as `arrival=t,ttft=first_s`; of arrival, prompt_tokens, output_tokens,
    /// ttft, e2e [default: the usual names]
    #[arg(long, value_name = "FIELD=COLUMN,...", help_heading = "Measured runs")]
    columns: Option<Columns>,
    /// Unit of times whose column does not say it (`_s`, `_ms`, `_us`)
    #[arg(long, value_name = "UNIT", help_heading = "Measured runs")]
    time_unit: Option<String>,
    /// The output length of every request, where it was forced: what a client counts may be wrong
    #[arg(long, value_name = "TOKENS", help_heading = "Measured runs", value_parser = clap::value_parser!(u64).range(1..))]
    output_tokens: Option<u64>,
    /// Requests sent in the first seconds warm the server up: they load it and are not compared
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0, help_heading = "Measured runs")]
    warm_up_s: f64,
    /// What the prompts of the run share: JSON lines with `hash_ids_16`, a request a line
    #[arg(long, value_name = "FILE", help_heading = "Measured runs")]
    content: Option<PathBuf>,
    /// Requests that the client held at once: others waited on its side
    #[arg(long, value_name = "N", help_heading = "Client", value_parser = clap::value_parser!(u64).range(1..))]
    max_in_flight: Option<u64>,
    /// What the client's side adds to the times of every request [ms]
    #[arg(long, value_name = "MS", default_value_t = 0.0, help_heading = "Client")]
    client_overhead_ms: f64,
    /// Tokens of system prompts that begin every prompt and are soon cached
    #[arg(long, value_name = "TOKENS", default_value_t = 0, help_heading = "Client")]
    shared_prefix_tokens: u64,
    #[command(flatten)]
    flags: ConfigFlags,
}

/// A server that is ready to replay.
pub(super) struct Measuring {
    pub(super) resolved: Resolved,
    pub(super) catalogue: Catalogue,
    pub(super) runs: Vec<MeasuredRun>,
    pub(super) client: Client,
}

impl MeasuringArgs {
    /// Reads everything.
    pub(super) fn open(&self) -> Result<Measuring, CliError> {
        let (resolved, catalogue) = self.resolve()?;
        if self.content.is_some() && !resolved.settings.kv.block_size.is_multiple_of(CONTENT_BLOCK) {
            let message = "--content needs a `cluster.kv.block_size` that is a multiple of 16";
            return Err(CliError::Usage(message.to_owned()));
        }
        Ok(Measuring { resolved, catalogue, runs: self.read_runs()?, client: self.client()? })
    }

    /// The server alone.
    pub(super) fn resolve(&self) -> Result<(Resolved, Catalogue), CliError> {
        let mut overrides = self.flags.overrides()?;
        // Its own workload, or that of a base, need not exist.
        overrides.push(Override::set("workload={trace: measured}")?);
        let resolved = Config::load(&self.config, &overrides)?.resolve()?;
        if resolved.settings.instances != 1 {
            let message = "measured runs are those of one server: give `--set cluster.instances=1`";
            return Err(CliError::Usage(message.to_owned()));
        }
        let mut sources = PluginArgs::default().sources();
        sources.configured = plugins::configured(&resolved.plugins);
        let catalogue = plugins::catalogue(&sources)?;
        Ok((resolved, catalogue))
    }

    fn read_runs(&self) -> Result<Vec<MeasuredRun>, CliError> {
        let mut columns = self.columns.clone().unwrap_or_default();
        if let Some(unit) = &self.time_unit {
            columns = columns.with_unit(unit).map_err(CliError::Usage)?;
        }
        columns.output_tokens = self.output_tokens;
        let read = |path: &PathBuf| measured::read(path, &columns).map_err(CliError::Measured);
        if self.runs.is_empty() {
            return Err(CliError::Usage("give a measured run: a file after the configuration".to_owned()));
        }
        if !(0.0..=1e9).contains(&self.warm_up_s) {
            let message =
                format!("--warm-up-s must be a number of seconds, 0 or more, and is {}", self.warm_up_s);
            return Err(CliError::Usage(message));
        }
        let mut runs: Vec<MeasuredRun> = self.runs.iter().map(read).collect::<Result<_, _>>()?;
        runs.iter_mut().for_each(|run| run.warm_up((self.warm_up_s * 1e6) as u64));
        if let Some(run) = runs.iter().find(|run| run.requests.iter().all(|request| request.e2e_us.is_none()))
        {
            let message = format!(
                "no request of `{}` is left to compare: all failed or warmed the server up",
                run.name
            );
            return Err(CliError::Usage(message));
        }
        if let Some(path) = &self.content {
            let [run] = &mut runs[..] else {
                return Err(CliError::Usage("--content is that of one run: give one".to_owned()));
            };
            let content = measured::read_content(path).map_err(CliError::Measured)?;
            if content.len() != run.requests.len() {
                let message = format!(
                    "{} has {} requests, and the run {}",
                    path.display(),
                    content.len(),
                    run.requests.len()
                );
                return Err(CliError::Usage(message));
            }
            run.content = Some(content);
        }
        Ok(runs)
    }

    fn client(&self) -> Result<Client, CliError> {
        let ms = self.client_overhead_ms;
        if !(0.0..=1e6).contains(&ms) {
            let message = format!("--client-overhead-ms must be a number from 0 to 1000000, and is {ms}");
            return Err(CliError::Usage(message));
        }
        Ok(Client {
            max_in_flight: self.max_in_flight,
            overhead_us: (ms * 1e3).round() as u64,
            shared_prefix_tokens: self.shared_prefix_tokens,
        })
    }
}
