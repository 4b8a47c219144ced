//! `pointsman config check`: whether configurations could be run, without running them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::interrupt::Interrupt;
use super::resolving::ResolvingArgs;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::report::{plain, plural};
use crate::run::prepare_until;

const EXAMPLES: &str = "\
Examples:
  pointsman config check configs/*.yaml
  pointsman config check run.yaml --plugin target/release/libmy_scorer.so --routing my-scorer:1

Exit code: that of the last configuration that could not be run.";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// The configurations
    #[arg(value_name = "CONFIG", required = true)]
    configs: Vec<PathBuf>,
    #[command(flatten)]
    resolving: ResolvingArgs,
    /// Say nothing of configurations that are right
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

/// Does it.
pub(super) fn check(args: &CheckArgs, messages: &Messages) -> Result<(), CliError> {
    let interrupt = Interrupt::listen();
    // Policies are built, so libraries run.
    let stdout = Stdout::set_aside()?;
    let mut failed = None;
    for path in &args.configs {
        match one(args, path, &interrupt, messages) {
            Ok(what) if !args.quiet => {
                stdout.print(|out| writeln!(out, "{}: {what}", plain(&path.display().to_string())))?;
            }
            Ok(_) => {}
            Err(error) => {
                if let Some(before) = failed.replace(error) {
                    messages.error(&before);
                }
            }
        }
        if interrupt.is_asked() {
            break;
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Builds its policies and opens its workload; says what the run would be.
fn one(
    args: &CheckArgs,
    path: &Path,
    interrupt: &Interrupt,
    messages: &Messages,
) -> Result<String, CliError> {
    let (resolved, catalogue) = args.resolving.resolve(path)?;
    let instances = plural(resolved.settings.instances.into(), "instance");
    let prepared = prepare_until(resolved, &catalogue, None, &|| interrupt.is_asked())?;
    prepared.warnings().iter().for_each(|warning| messages.diagnostic(warning));
    let requests = match prepared.total() {
        Some(total) => plural(total, "request"),
        None => "requests without end".to_owned(),
    };
    Ok(format!("can be run: {requests} on {instances}"))
}
