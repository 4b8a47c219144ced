//! `pointsman config schema`: a JSON Schema of configurations, for editors.

use clap::{Args, ValueEnum};

use super::look::LookArgs;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::schema::{self, schema};

const EXAMPLES: &str = "\
Examples:
  pointsman config schema > pointsman.schema.json
  pointsman config schema --plugin target/release/libmy_scorer.so > pointsman.schema.json
  pointsman config schema --of workload > workload.schema.json

An editor with a YAML language server uses it for files whose first line is
  # yaml-language-server: $schema=pointsman.schema.json";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SchemaArgs {
    /// What the files are that it is for
    #[arg(long = "of", value_name = "WHAT", value_enum, default_value = "run", help_heading = "Output")]
    file: File,
    #[command(flatten)]
    look: LookArgs,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum File {
    /// A configuration of a run, or a base of one.
    Run,
    /// A workload in a file of its own.
    Workload,
    /// A cluster profile.
    Profile,
}

/// Does it.
pub(super) fn print(args: &SchemaArgs, messages: &Messages) -> Result<(), CliError> {
    let catalogue = args.look.catalogue()?;
    let stdout = Stdout::set_aside()?;
    let file = match args.file {
        File::Run => schema::File::Run,
        File::Workload => schema::File::Workload,
        File::Profile => schema::File::Profile,
    };
    stdout.print(|out| {
        serde_json::to_writer_pretty(&mut *out, &schema(file, &catalogue))?;
        writeln!(out)
    })?;
    catalogue.left_out().iter().for_each(|error| messages.warning(format!("left out: {error}")));
    Ok(())
}
