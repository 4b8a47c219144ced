//! What the commands share that resolve a configuration as `run` does, and then do not run it.

use std::path::Path;

use clap::Args;

use super::CliError;
use super::flags::ConfigFlags;
use super::plugins::{self, PluginArgs};
use crate::config::{Config, Resolved};
use crate::registry::Catalogue;
use crate::run::referenced_libraries;

/// Values and libraries, as for a run.
#[derive(Debug, Clone, Args)]
pub(super) struct ResolvingArgs {
    #[command(flatten)]
    flags: ConfigFlags,
    #[command(flatten)]
    plugins: PluginArgs,
    /// Ignore the libraries that the configuration names: it is not one's own
    #[arg(long, help_heading = "Plugins")]
    no_config_plugins: bool,
}

impl ResolvingArgs {
    /// The configuration with everything filled in, and the policies that it can have.
    pub(super) fn resolve(&self, path: &Path) -> Result<(Resolved, Catalogue), CliError> {
        let resolved = Config::load(path, &self.flags.overrides()?)?.resolve()?;
        let mut sources = self.plugins.sources();
        if !self.no_config_plugins {
            sources.configured = plugins::configured(&resolved.plugins);
            sources.referenced = referenced_libraries(&resolved);
        }
        let catalogue = plugins::catalogue(&sources)?;
        Ok((resolved, catalogue))
    }
}
