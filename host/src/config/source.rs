//! Where a value was written: a file, a flag, or nowhere (a default).

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Where a text came from; decides how places in it are shown and what its paths are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file; its paths are relative to its directory.
    File(PathBuf),
    /// One argument of the command line; its paths are relative to the working directory.
    Flag,
    /// A record of an earlier run, printed anew: its line numbers mean nothing to anyone.
    Record(String),
    /// Not written anywhere: a default.
    Default,
}

/// A text that values were read from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) origin: Origin,
    pub(super) text: String,
}

impl Source {
    /// A text and where it came from.
    pub(super) fn new(origin: Origin, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { origin, text: text.into() })
    }

    /// The directory that relative paths in this text start from; empty: the working directory.
    pub(super) fn directory(&self) -> &Path {
        match &self.origin {
            Origin::File(path) => path.parent().unwrap_or(Path::new("")),
            Origin::Flag | Origin::Record(_) | Origin::Default => Path::new(""),
        }
    }
}

/// The place of a value: a range of bytes in a file or a flag.
#[derive(Clone)]
pub struct Span {
    pub(super) source: Arc<Source>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// A place in `source`, cut to what the text has and widened to whole characters: excerpts
    /// cannot be made of anything else.
    pub(super) fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        let text = &source.text;
        let mut end = range.end.min(text.len());
        let mut start = range.start.min(end);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self { source: source.clone(), start, end }
    }

    /// The place of a value that nobody wrote: a default.
    #[must_use]
    pub fn of_default() -> Self {
        static NOWHERE: LazyLock<Arc<Source>> = LazyLock::new(|| Source::new(Origin::Default, ""));
        Self { source: NOWHERE.clone(), start: 0, end: 0 }
    }

    /// Whether somebody wrote the value: false for a default.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.source.origin != Origin::Default
    }

    /// `path` as seen from the working directory, when this place is where it was written.
    #[must_use]
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        normalise(&self.source.directory().join(path))
    }

    /// `FILE:LINE:COLUMN`, the flag, or `default`: for a message of one line.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.source.origin {
            Origin::File(path) => {
                let (line, column) = self.line_column();
                format!("{}:{line}:{column}", path.display())
            }
            Origin::Flag => self.source.text.clone(),
            Origin::Record(name) => name.clone(),
            Origin::Default => "default".to_owned(),
        }
    }

    /// Line and column in characters, from 1.
    pub(super) fn line_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The file that this place is in.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.source.origin {
            Origin::File(path) => Some(path),
            _ => None,
        }
    }

    /// The text at this place.
    pub(super) fn text(&self) -> &str {
        self.source.text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The whole text is in here, too, and would drown everything else.
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

/// A value and the place where it was written. Two are equal when their values are.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// A value that nobody wrote.
    pub fn of_default(value: T) -> Self {
        Self { value, span: Span::of_default() }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// Removes `.` and, where a directory precedes it, `..`: paths in records are read by people.
/// Links are not followed; `a/link/..` is therefore kept apart only by its name.
fn normalise(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                let above = out.components().next_back();
                if matches!(above, Some(Component::Normal(_))) {
                    out.pop();
                } else {
                    out.push("..");
                }
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { Path::new(".").to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        let file = Source::new(Origin::File("configs/bases/four.yaml".into()), "x");
        let span = Span::new(&file, 0..1);
        assert_eq!(span.resolve("../workloads/a.yaml"), Path::new("configs/workloads/a.yaml"));
        assert_eq!(span.resolve("../../../a"), Path::new("../a"));
        assert_eq!(span.resolve("/abs/./a"), Path::new("/abs/a"));
        assert_eq!(span.resolve("../.."), Path::new("."), "never without a name");
        let flag = Source::new(Origin::Flag, "--trace a");
        assert_eq!(Span::new(&flag, 0..1).resolve("a"), Path::new("a"));
    }
}
