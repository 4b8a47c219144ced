//! What is said beside the results, on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style as Ansi};

use super::{CliError, Colour, Global, exit};
use crate::config::Diagnostic;
use crate::run::RunFailure;

/// Errors and warnings for a person.
#[derive(Debug, Clone)]
pub struct Messages {
    /// On standard error.
    colour: bool,
    /// On anything else.
    wanted: Colour,
    verbose: bool,
}

impl Messages {
    /// As the options of every command say.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        Self {
            colour: wants_colour(global.color, &io::stderr()),
            wanted: global.color,
            verbose: global.verbose,
        }
    }

    /// In a worker process, whose parent has looked at the streams.
    #[cfg(unix)]
    pub(super) fn inside(global: &Global, colour_out: bool, colour_err: bool) -> Self {
        let wanted = if colour_out { Colour::Always } else { Colour::Never };
        Self { colour: colour_err, wanted, verbose: global.verbose }
    }

    /// Whether text on standard error is to have colour.
    #[cfg(unix)]
    pub(super) fn has_colour(&self) -> bool {
        self.colour
    }

    /// Whether text on `stream` is to have colour.
    pub(super) fn colour_on(&self, stream: &impl anstream::stream::RawStream) -> bool {
        wants_colour(self.wanted, stream)
    }

    /// Whether to say more.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Says why a command ended, unless it did what it was to do, and returns the exit code.
    pub(super) fn code(&self, done: Result<(), CliError>) -> u8 {
        match done {
            Ok(()) => exit::DONE,
            Err(error) => {
                self.error(&error);
                error.exit_code()
            }
        }
    }

    /// Says why a command ends.
    pub fn error(&self, error: &CliError) {
        match error {
            // These have their own form, with excerpts.
            CliError::Run(RunFailure::Config(error)) => self.say(&error.render(self.colour)),
            CliError::Said(_) => {}
            // Whoever pressed the key knows.
            CliError::Run(RunFailure::Interrupted) => self.say("interrupted"),
            _ => self.titled(AnsiColor::Red, "error", error),
        }
        if let CliError::Run(RunFailure::Plugin(error)) = error
            && let Some(details) = error.details().filter(|_| self.verbose)
        {
            self.say(&format!("\n{details}"));
        }
    }

    /// Says what one should know.
    pub(super) fn warning(&self, text: impl Display) {
        self.titled(AnsiColor::Yellow, "warning", text);
    }

    /// Says what is odd about a configuration.
    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.say(&diagnostic.render_warning(self.colour));
    }

    fn titled(&self, colour: AnsiColor, title: &str, text: impl Display) {
        let style = if self.colour { colour.on_default().bold() } else { Ansi::new() };
        self.say(&format!("{style}{title}:{style:#} {text}"));
    }

    /// Nobody can be told that standard error is closed.
    fn say(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }
}

fn wants_colour(wanted: Colour, stream: &impl anstream::stream::RawStream) -> bool {
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    }
}
