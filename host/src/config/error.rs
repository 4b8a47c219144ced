//! What is said when a configuration is wrong: one or several located messages.

use std::fmt;

use super::render;
use super::source::Span;

/// One message with its place: an error, or a warning.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// Where it was written.
    pub span: Option<Span>,
    /// A word at the place itself.
    pub label: Option<String>,
    /// Other places that belong to it, with what they are.
    pub others: Vec<(Span, String)>,
    /// What one should know beside it.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A message about nothing in particular.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: None,
            label: None,
            others: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A message about what was written at `span`.
    #[must_use]
    pub fn at(span: &Span, message: impl Into<String>) -> Self {
        Self { span: Some(span.clone()), ..Self::new(message) }
    }

    /// With a word at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With another place.
    #[must_use]
    pub fn other(mut self, span: &Span, label: impl Into<String>) -> Self {
        self.others.push((span.clone(), label.into()));
        self
    }

    /// With something that one should know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// The same without its place, in a line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let label = self.label.iter().map(|label| format!(": {label}"));
        let help = self.help.iter().map(|help| format!("; {help}"));
        std::iter::once(self.message.clone()).chain(label).chain(help).collect()
    }

    /// As a warning for a person, with an excerpt; colour only where the caller wants it.
    #[must_use]
    pub fn render_warning(&self, colour: bool) -> String {
        render::warning(self, colour)
    }
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Debug, Clone)]
pub struct ConfigError {
    diagnostics: Vec<Diagnostic>,
}

impl ConfigError {
    /// An error at the place where a value was written, such as the name of an unknown policy.
    #[must_use]
    pub fn at(span: &Span, message: impl Into<String>, help: impl Into<Option<String>>) -> Self {
        Diagnostic::at(span, message).help(help).into()
    }

    /// Several errors at once; `None` when there are none.
    pub(super) fn from_all(diagnostics: Vec<Diagnostic>) -> Option<Self> {
        (!diagnostics.is_empty()).then_some(Self { diagnostics })
    }

    /// The single messages.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// For a person, like rustc's; colour only where the caller wants it.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let parts: Vec<String> = self.diagnostics.iter().map(|one| render::error(one, colour)).collect();
        parts.join("\n\n")
    }
}

impl From<Diagnostic> for ConfigError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ConfigError {}

/// `text` in back quotes, for a message: no control characters, and not too long.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut out: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    // Quotes are harmless between back quotes, and easier to read as they are.
    out = out.replace("\\'", "'").replace("\\\"", "\"");
    if text.chars().nth(SHOWN).is_some() {
        out.push_str("...");
    }
    format!("`{out}`")
}
