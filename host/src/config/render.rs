//! Messages with excerpts, in rustc's form.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin as At, Renderer, Snippet};

use super::error::Diagnostic;
use super::source::{Origin, Span};

/// A longer line is not shown: only its place is.
const MAX_LINE: usize = 400;
/// Places that are farther apart are shown one by one.
const MAX_EXCERPT: usize = 20_000;

/// An error for a person.
pub(super) fn error(diagnostic: &Diagnostic, colour: bool) -> String {
    report(Level::ERROR, diagnostic, colour)
}

/// A warning for a person.
pub(super) fn warning(diagnostic: &Diagnostic, colour: bool) -> String {
    report(Level::WARNING, diagnostic, colour)
}

fn report(level: Level<'static>, diagnostic: &Diagnostic, colour: bool) -> String {
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    let mut marks: Vec<Mark<'_>> = Vec::new();
    if let Some(span) = &diagnostic.span {
        marks.push(Mark { span, label: diagnostic.label.as_deref(), kind: AnnotationKind::Primary });
    }
    for (span, label) in &diagnostic.others {
        marks.push(Mark { span, label: Some(label), kind: AnnotationKind::Context });
    }
    let together = marks.iter().skip(1).all(|mark| Arc::ptr_eq(&mark.span.source, &marks[0].span.source));
    match excerpt(&marks).filter(|_| together) {
        Some(element) => group = group.element(element),
        None => {
            for mark in &marks {
                group = group.elements(excerpt(std::slice::from_ref(mark)).or_else(|| place(mark.span)));
            }
        }
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// A place with a word to it.
struct Mark<'a> {
    span: &'a Span,
    label: Option<&'a str>,
    kind: AnnotationKind,
}

/// The lines of some places in one text, with marks under them. A place of several lines is
/// marked in its first; lines that are too long to be read are not shown.
fn excerpt<'a>(marks: &[Mark<'a>]) -> Option<Element<'a>> {
    let first = marks.iter().map(|mark| mark.span).min_by_key(|span| span.start)?;
    let last = marks.iter().map(|mark| mark.span).max_by_key(|span| span.start)?;
    let text = &first.source.text;
    let from = text.get(..first.start)?.rfind('\n').map_or(0, |at| at + 1);
    let to = line_end(text, last.start)?;
    let lines = text.get(from..to)?.trim_end();
    if lines.len() > MAX_EXCERPT || lines.lines().any(|line| line.len() > MAX_LINE) {
        return None;
    }
    let path = match &first.source.origin {
        Origin::File(path) => Some(path.display().to_string()),
        Origin::Flag | Origin::Record(_) => None,
        Origin::Default => return None,
    };
    // Places on the command line and in records have no line that a person could go to.
    let (number, _) = first.line_column();
    let mut snippet = Snippet::source(lines).line_start(number).line_numbering(path.is_some()).path(path);
    for mark in marks {
        let start = (mark.span.start - from).min(lines.len());
        let end = (mark.span.end.min(line_end(text, mark.span.start)?) - from).min(lines.len());
        let annotation = mark.kind.span(start..end.max(start));
        snippet = snippet.annotation(match mark.label {
            Some(label) => annotation.label(label),
            None => annotation,
        });
    }
    Some(snippet.into())
}

fn line_end(text: &str, start: usize) -> Option<usize> {
    Some(text.get(start..)?.find('\n').map_or(text.len(), |at| start + at))
}

/// A place without its text.
fn place(span: &Span) -> Option<Element<'static>> {
    let (line, column) = span.line_column();
    match &span.source.origin {
        Origin::File(path) => {
            Some(At::path(path.display().to_string()).line(line).char_column(column).into())
        }
        Origin::Flag => Some(At::path("command line").into()),
        Origin::Record(name) => Some(At::path(name.clone()).into()),
        Origin::Default => None,
    }
}
