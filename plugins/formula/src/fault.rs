//! What is wrong with a formula, and where in its text.

use std::fmt;

use rhai::Position;

/// A mistake in the text of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    position: Position,
    message: String,
}

impl Fault {
    /// A mistake at a place. The message goes on where "`expr` at column 3: " ends.
    pub(crate) fn at(position: Position, message: impl Into<String>) -> Self {
        Self { position, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`expr`")?;
        match (self.position.line(), self.position.position()) {
            (Some(1), Some(column)) => write!(f, " at column {column}")?,
            (Some(line), Some(column)) => write!(f, " at line {line}, column {column}")?,
            _ => {}
        }
        write!(f, ": {}", self.message)
    }
}

/// The end of a message on an unknown name: what it may have been meant to be.
pub(crate) fn did_you_mean<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let meant = plain(word);
    let allowed = (meant.chars().count() / 3).max(1);
    let nearest = names
        .clone()
        .map(|name| (strsim::osa_distance(&meant, &plain(name)), name))
        .filter(|&(distance, name)| distance <= allowed || (meant.len() >= 3 && name.starts_with(&meant)))
        .min_by_key(|&(distance, _)| distance);
    match nearest {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!("known are {}", names.collect::<Vec<_>>().join(", ")),
    }
}
