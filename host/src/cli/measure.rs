//! `pointsman measure`: hidden, since only this program itself calls it, as a worker process. Makes one
//! run of an experiment that standard input describes, and prints what is kept of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::CliError;
use super::plugins::{self, PluginArgs};
use super::progress::Spectator;
use super::stdout::Stdout;
use crate::config::{Config, Diagnostic, Resolved};
use crate::experiment::measurement::Measurement;
use crate::experiment::part::{Parts, Windows};
use crate::metrics::SeriesObserver;
use crate::policy::Assignment;
use crate::registry::{Catalogue, Provenance};
use crate::run::{Look, Rival, prepare_to_look, referenced_libraries};

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
    /// The options that somebody wrote: one that has no effect is worth saying.
    pub(super) written: BTreeSet<String>,
    /// A second routing on the same cluster.
    pub(super) rival: Option<WantedRival>,
}

/// A routing that shares the cluster of the run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WantedRival {
    pub(super) config: serde_json::Value,
    pub(super) libraries: BTreeMap<String, String>,
    /// Libraries whose policies take the place of others of the same name.
    pub(super) instead: Vec<PathBuf>,
    pub(super) assignment: Assignment,
    pub(super) windows: Option<Windows>,
}

/// Does it.
pub(super) fn measure(args: &MeasureArgs, spectator: &mut dyn Spectator) -> Result<(), CliError> {
    let broken = |error: serde_json::Error| CliError::Unreadable {
        path: "standard input".into(),
        cause: io::Error::other(error),
    };
    let wanted: Wanted = serde_json::from_reader(io::stdin().lock()).map_err(broken)?;
    let (mut resolved, catalogue) = args.read(&wanted.config, &wanted.libraries, &args.instead)?;
    resolved.written = wanted.written;
    let slo = resolved.slo.clone();
    let mut series = SeriesObserver::new(resolved.settings.instances, resolved.settings.kv.blocks);
    let stdout = Stdout::set_aside()?;
    // Shadows of scorers tell what signals do to a routing that decides alone.
    let look = Look { probes: wanted.rival.is_none(), ..Look::default() };
    let mut prepared = prepare_to_look(resolved, &catalogue, None, look, &|| spectator.is_asked())?;
    if let Some(rival) = &wanted.rival {
        let (resolved, catalogue) = args.read(&rival.config, &rival.libraries, &rival.instead)?;
        let rival = Rival { resolved: &resolved, catalogue: &catalogue, assignment: rival.assignment };
        prepared = prepared.with_rival(&rival)?;
    }
    let needless: Vec<String> = prepared.warnings().iter().map(Diagnostic::sentence).collect();
    spectator.begin(prepared.total());
    let outcome = prepared.execute_observed(spectator, Some(&mut series))?;
    same_libraries(&outcome.provenance.policies, &wanted.libraries)?;
    let mut measurement = Measurement::of(&outcome, series.finish(), &slo);
    measurement.warnings.splice(..0, needless);
    if let (Some(rival), Some(trial)) = (&wanted.rival, &outcome.trial) {
        same_libraries(&trial.policies, &rival.libraries)?;
        measurement.parts = Some(Parts::of(&outcome, trial, rival.windows, &slo));
    }
    stdout.print(|out| Ok(serde_json::to_writer(out, &measurement)?))
}

impl MeasureArgs {
    /// A configuration, and the libraries for it. Whoever wants the run has looked at all libraries that there
    /// are: to hash them again takes longer than many a run.
    fn read(
        &self,
        config: &serde_json::Value,
        libraries: &BTreeMap<String, String>,
        instead: &[PathBuf],
    ) -> Result<(Resolved, Catalogue), CliError> {
        let resolved = Config::from_value(config, "the run", &[])?.resolve()?;
        let mut sources = self.plugins.sources();
        sources.instead = instead.to_vec();
        let only: BTreeSet<PathBuf> = libraries.keys().map(PathBuf::from).collect();
        // A name that is no text would not be found again.
        sources.only = only.iter().all(|path| path.exists()).then_some(only);
        if !self.no_config_plugins {
            sources.configured = plugins::configured(&resolved.plugins);
            sources.referenced = referenced_libraries(&resolved);
        }
        let catalogue = plugins::catalogue(&sources)?;
        Ok((resolved, catalogue))
    }
}

/// The libraries that were loaded must be those that the caller saw.
fn same_libraries(policies: &[Provenance], wanted: &BTreeMap<String, String>) -> Result<(), CliError> {
    for library in policies.iter().filter_map(|policy| policy.library.as_ref()) {
        if wanted.get(&library.path) != Some(&library.sha256) {
            let message = format!("{} has changed since the experiment began: begin again", library.path);
            return Err(CliError::Usage(message));
        }
    }
    Ok(())
}
