//! Colour, where it is wanted.

use std::borrow::Cow;
use std::fmt::Display;

use anstyle::{AnsiColor, Style as Ansi};

/// Text from a file or a library, fit for a line of a terminal: control characters, which could end
/// the line or repaint the screen, become visible.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return text.into();
    }
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect::<String>().into()
}

/// A name from a file or a library, fit for a cell of a table: as [`plain`], and not so long that
/// figures lose their place.
pub(super) fn name(text: &str) -> Cow<'_, str> {
    const MOST: usize = 40;
    let shown = plain(text);
    if shown.chars().nth(MOST).is_none() {
        return shown;
    }
    shown.chars().take(MOST - 1).chain(['…']).collect::<String>().into()
}

/// How text for a person looks. Without colour, the same words stand in the same places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colour.
    pub colour: bool,
    /// Columns to fill at most, as far as the content allows.
    pub width: usize,
}

impl Style {
    /// Neither colour nor a particular width: what a file or a pipe gets.
    ///
    /// The width does not follow the terminal: the same run prints the same bytes everywhere.
    pub const PLAIN: Self = Self { colour: false, width: 100 };

    /// The title of a part.
    #[must_use]
    pub fn title(self, text: impl Display) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    /// What one looks at second: column heads, hashes.
    #[must_use]
    pub fn faint(self, text: impl Display) -> String {
        self.paint(Ansi::new().dimmed(), text)
    }

    /// What one should not miss.
    #[must_use]
    pub fn alert(self, text: impl Display) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// A name that stands out among others.
    #[must_use]
    pub fn name(self, text: impl Display) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// What is as it should be.
    #[must_use]
    pub fn right(self, text: impl Display) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What is not as it should be.
    #[must_use]
    pub fn wrong(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    fn paint(self, ansi: Ansi, text: impl Display) -> String {
        if self.colour { format!("{ansi}{text}{ansi:#}") } else { text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(plain("bätch 1"), "bätch 1");
        assert_eq!(plain("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(name(&"x".repeat(40)), "x".repeat(40));
        assert_eq!(name(&"é".repeat(100_000)), format!("{}…", "é".repeat(39)));
    }
}
