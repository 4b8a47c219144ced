//! Messages with excerpts, in rustc's form.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin as At, Renderer, Snippet};

use super::error::Diagnostic;
use super::source::{Origin, Span};

/// A longer line is not shown: only its place is.
const MAX_LINE: usize = 400;

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
    if let Some(span) = &diagnostic.span
        && let Some(element) = excerpt(span, diagnostic.label.as_deref(), AnnotationKind::Primary)
    {
        group = group.element(element);
    }
    for (span, label) in &diagnostic.others {
        if let Some(element) = excerpt(span, Some(label), AnnotationKind::Context) {
            group = group.element(element);
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

/// The line of `span` with a mark under it; of a longer range only the first line.
fn excerpt<'a>(span: &'a Span, label: Option<&'a str>, kind: AnnotationKind) -> Option<Element<'a>> {
    let text = &span.source.text;
    let from = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let to = text.get(span.start..)?.find('\n').map_or(text.len(), |at| span.start + at);
    let line = text.get(from..to)?.trim_end();
    let (number, column) = span.line_column();
    let path = match &span.source.origin {
        Origin::File(path) => Some(path.display().to_string()),
        Origin::Flag => Some("command line".to_owned()),
        Origin::Record(name) => Some(name.clone()),
        Origin::Default => return None,
    };
    let numbered = matches!(span.source.origin, Origin::File(_));
    if line.len() > MAX_LINE {
        let mut at = At::path(path?);
        if numbered {
            at = at.line(number).char_column(column);
        }
        return Some(at.into());
    }
    let start = (span.start - from).min(line.len());
    // An empty range is shown as one character; past the end of a line that is the end itself.
    let end = (span.end.min(to) - from).min(line.len()).max(start);
    let mut mark = kind.span(start..end);
    if let Some(label) = label {
        mark = mark.label(label);
    }
    let snippet = Snippet::source(line).line_start(number).line_numbering(numbered).annotation(mark);
    // Places on the command line and in records have no line that a person could go to.
    Some(if numbered { snippet.path(path) } else { snippet }.into())
}
