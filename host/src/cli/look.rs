//! What the commands share that look at policies without running anything.

use std::path::PathBuf;

use clap::Args;

use super::outputs::Format;
use super::plugins::{self, PluginArgs};
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::config::Config;
use crate::registry::Catalogue;
use crate::report::Style;

/// Where policies are looked for.
#[derive(Debug, Clone, Args)]
pub(super) struct LookArgs {
    #[command(flatten)]
    plugins: PluginArgs,
    /// Find policies in the libraries of this configuration too, under the labels that it gives them
    #[arg(long, value_name = "CONFIG", help_heading = "Plugins")]
    config: Option<PathBuf>,
}

impl LookArgs {
    /// All policies that a run would find; libraries are read, not run.
    pub(super) fn catalogue(&self) -> Result<Catalogue, CliError> {
        let mut sources = self.plugins.sources();
        if let Some(path) = &self.config {
            sources.configured = plugins::configured(&Config::load(path, &[])?.plugins()?);
        }
        Ok(plugins::catalogue(&sources)?)
    }
}

/// How a description is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct FormatArgs {
    /// Form of the output; `json` has everything, for programs
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    pub(super) format: Format,
}

/// Narrower or wider lines are hard to read.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;

/// How text looks on `stdout`. Other than results, descriptions follow the width of the terminal.
pub(super) fn style(stdout: &Stdout, messages: &Messages) -> Style {
    let width =
        stdout.columns().map_or(Style::PLAIN.width, |width| width.clamp(*WIDTHS.start(), *WIDTHS.end()));
    Style { colour: messages.colour_on(stdout.stream()), width }
}
