//! `pointsman worker`: hidden, since only this program itself calls it. Does another command as a
//! worker process.

use std::ffi::OsString;
use std::iter;
use std::path::PathBuf;

use clap::{Args, Parser as _};

use super::interrupt::Interrupt;
use super::progress::Spectator;
use super::{Cli, CliError, Command, Messages, exit, measure, run};
use crate::engine::{Progress, Watch};
use crate::worker::Inside;

/// The options of the command.
#[derive(Debug, Clone, Args)]
pub struct WorkerArgs {
    /// What this process shares with its parent
    directory: PathBuf,
    /// Whether text on standard output is to have colour: it is a file here, and may become more
    #[arg(long)]
    colour_out: bool,
    /// As above, for standard error
    #[arg(long)]
    colour_err: bool,
    /// The command to do, as it was typed
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl WorkerArgs {
    /// The arguments of a job (see [`crate::worker::Job`]) that does `command`.
    pub(super) fn for_job(
        colour_out: bool,
        colour_err: bool,
        command: impl IntoIterator<Item = OsString>,
    ) -> Vec<OsString> {
        let colours = [(colour_out, "--colour-out"), (colour_err, "--colour-err")];
        let colours = colours.into_iter().filter(|(wanted, _)| *wanted).map(|(_, option)| option.into());
        colours.chain(["--".into()]).chain(command).collect()
    }
}

/// Does the command, and returns the exit code.
pub(super) fn enter(args: &WorkerArgs, outer: &Messages) -> u8 {
    let mut inside = match Inside::enter(&args.directory) {
        Ok(inside) => inside,
        Err(error) => {
            outer.error(&CliError::Worker(error));
            return exit::RUN_FAILED;
        }
    };
    let code = match Cli::try_parse_from(iter::once(OsString::from("pointsman")).chain(args.command.clone()))
    {
        Ok(cli) => {
            let messages = Messages::inside(&cli.global, args.colour_out, args.colour_err);
            messages.code(work(&cli.command, &messages, &mut inside))
        }
        Err(error) => {
            // Nobody can be told that standard error is closed.
            let _ = error.print();
            exit::USAGE
        }
    };
    inside.finish(code);
    code
}

/// Commands that know that they are a worker do something of their own here.
fn work(command: &Command, messages: &Messages, inside: &mut Inside) -> Result<(), CliError> {
    match command {
        Command::Run(args) => run::run_inside(args, messages, inside),
        Command::Measure(args) => {
            Interrupt::ignore();
            measure::measure(args, inside)
        }
        command => command.run(messages),
    }
}

/// The parent sees for itself how far a simulation is, and ends this process when it is to end.
impl Spectator for Inside {
    fn is_asked(&self) -> bool {
        false
    }

    fn begin(&mut self, total: Option<u64>) {
        self.set_total(total);
    }

    fn finish(&mut self) {}
}

impl Watch for Inside {
    fn go_on(&mut self, progress: Progress) -> bool {
        self.report(progress.now_us, progress.done, progress.generated);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_arrives_as_it_was_typed() {
        let typed = ["run", "--color", "never", "-q", "--", "--colour-out"].map(OsString::from);
        let job = WorkerArgs::for_job(false, true, typed.clone());
        let line = ["pointsman", "worker", "/here"].map(OsString::from).into_iter().chain(job);
        let Command::Worker(args) = Cli::try_parse_from(line).unwrap().command else { unreachable!() };
        assert_eq!((args.directory, args.colour_out, args.colour_err), ("/here".into(), false, true));
        assert_eq!(args.command, typed);
    }
}
