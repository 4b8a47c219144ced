//! The `pointsman` binary.

use std::process::ExitCode;

use clap::Parser as _;
use pointsman::cli::Cli;

fn main() -> ExitCode {
    // A usage error ends here, with exit code 2.
    ExitCode::from(Cli::parse().execute())
}
