//! `pointsman measure`: hidden, since only this program itself calls it, as a worker process. Makes one
//! run of an experiment that standard input describes, and prints what is kept of it.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::CliError;
use super::plugins::{self, PluginArgs};
use super::progress::Spectator;
use super::stdout::Stdout;
use crate::config::Config;
use crate::experiment::measurement::Measurement;
use crate::metrics::SeriesObserver;
use crate::run::{Look, prepare_to_look, referenced_libraries};

/// The name of the command.
pub(super) const MEASURE: &str = "measure";

/// The options of the command.
#[derive(Debug, Clone, Args)]
pub struct MeasureArgs {
    #[command(flatten)]
    plugins: PluginArgs,
    /// Ignore the libraries that the configuration names
    #[arg(long)]
    no_config_plugins: bool,
    /// Policies of this library take the place of others of the same name; repeatable
    #[arg(long = INSTEAD_NAME, value_name = "FILE")]
    instead: Vec<PathBuf>,
}

const INSTEAD_NAME: &str = "instead";
/// The option for libraries that come first.
pub(super) const INSTEAD: &str = "--instead";

/// A run that is wanted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    /// The whole configuration, the seed in it.
    pub(super) config: serde_json::Value,
    /// The libraries that it must load, with their hashes.
    pub(super) libraries: BTreeMap<String, String>,
}

/// Does it.
pub(super) fn measure(args: &MeasureArgs, spectator: &mut dyn Spectator) -> Result<(), CliError> {
    let broken = |error: serde_json::Error| CliError::Unreadable {
        path: "standard input".into(),
        cause: io::Error::other(error),
    };
    let wanted: Wanted = serde_json::from_reader(io::stdin().lock()).map_err(broken)?;
    let resolved = Config::from_value(&wanted.config, "the run", &[])?.resolve()?;
    let mut sources = args.plugins.sources();
    sources.instead.clone_from(&args.instead);
    if !args.no_config_plugins {
        sources.configured = plugins::configured(&resolved.plugins);
        sources.referenced = referenced_libraries(&resolved);
    }
    let catalogue = plugins::catalogue(&sources)?;
    let slo = resolved.slo.clone();
    let mut series = SeriesObserver::new(resolved.settings.instances, resolved.settings.kv.blocks);
    let stdout = Stdout::set_aside()?;
    let look = Look { probes: true, ..Look::default() };
    let prepared = prepare_to_look(resolved, &catalogue, None, look, &|| spectator.is_asked())?;
    spectator.begin(prepared.total());
    let outcome = prepared.execute_observed(spectator, Some(&mut series))?;
    for library in outcome.provenance.policies.iter().filter_map(|policy| policy.library.as_ref()) {
        if wanted.libraries.get(&library.path) != Some(&library.sha256) {
            let message = format!("{} has changed since the experiment began: begin again", library.path);
            return Err(CliError::Usage(message));
        }
    }
    let measurement = Measurement::of(&outcome, series.finish(), &slo);
    stdout.print(|out| Ok(serde_json::to_writer(out, &measurement)?))
}
