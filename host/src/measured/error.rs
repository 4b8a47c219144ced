//! What is wrong with a measured run, and where.

use std::path::{Path, PathBuf};

/// A message with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}", place = place(path, *line, column.as_deref()))]
pub struct MeasuredError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; `None`: the file as a whole.
    pub line: Option<u64>,
    /// The column's name.
    pub column: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
}

fn place(path: &Path, line: Option<u64>, column: Option<&str>) -> String {
    let mut place = path.display().to_string();
    if let Some(line) = line {
        place.push_str(&format!(":{line}"));
    }
    if let Some(column) = column {
        place.push_str(&format!(", column `{column}`"));
    }
    place
}

impl MeasuredError {
    pub(super) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, column: None, message: message.into() }
    }

    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::whole(path, format!("cannot be read: {error}"))
    }

    pub(super) fn line(path: &Path, line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::whole(path, message) }
    }

    pub(super) fn cell(path: &Path, line: u64, column: &str, message: impl Into<String>) -> Self {
        Self { column: Some(column.to_owned()), ..Self::line(path, line, message) }
    }
}
