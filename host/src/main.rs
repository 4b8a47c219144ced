//! The `pointsman` binary.

use std::process::ExitCode;

use clap::Parser as _;
use pointsman::cli::{Cli, Messages, exit};

fn main() -> ExitCode {
    // A usage error ends here, with exit code 2.
    let cli = Cli::parse();
    let messages = Messages::new(&cli.global);
    match cli.command.run(&messages) {
        Ok(()) => ExitCode::from(exit::DONE),
        Err(error) => {
            messages.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
