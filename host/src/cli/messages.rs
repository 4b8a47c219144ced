//! What is said beside the results, on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style as Ansi};

use super::{CliError, Colour, Global};
use crate::config::Diagnostic;
use crate::run::RunFailure;

/// Errors and warnings for a person.
#[derive(Debug, Clone)]
pub struct Messages {
    colour: bool,
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

    /// Whether text on `stream` is to have colour.
    pub(super) fn colour_on(&self, stream: &impl anstream::stream::RawStream) -> bool {
        wants_colour(self.wanted, stream)
    }

    /// Whether to say more.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Says why a command ends.
    pub fn error(&self, error: &CliError) {
        match error {
            // These have their own form, with excerpts.
            CliError::Run(RunFailure::Config(error)) => self.say(&error.render(self.colour)),
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
