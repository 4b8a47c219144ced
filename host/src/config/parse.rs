//! From YAML text to a tree with places, within limits that no text can exceed.
//!
//! Anchors and aliases are understood, as copies that count towards the limit. Tags, merge keys
//! (`<<`), several documents and keys that are not plain words are refused: `base:` does what
//! they are used for elsewhere.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as YamlSpan};

use super::error::{ConfigError, Diagnostic, quoted};
use super::scalar;
use super::source::{Source, Span};
use super::tree::{Entry, Node, Value};

/// Nesting that a configuration may have. The tree is walked recursively: this bounds the stack.
const MAX_DEPTH: usize = 64;
/// Values that a configuration may have, copies by alias included: this bounds the memory.
const MAX_NODES: usize = 200_000;
/// Keys that one map may have: looking one up is linear.
const MAX_KEYS: usize = 1024;

/// The tree of a whole text; `Null` when there is nothing in it.
pub(super) fn parse(source: &Arc<Source>) -> Result<Node, ConfigError> {
    parse_part(source, 0..source.text.len())
}

/// The tree of a part of a text, such as the value of a flag.
pub(super) fn parse_part(source: &Arc<Source>, range: Range<usize>) -> Result<Node, ConfigError> {
    let mut offset = range.start;
    let mut text = source.text.get(range).unwrap_or_default();
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        offset += text.len() - rest.len();
        text = rest;
    }
    // The parser takes a NUL for the end of the text: what follows would be ignored.
    if let Some(at) =
        text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}' | '\u{7f}'))
    {
        let span = Span::new(source, offset + at..offset + at + 1);
        return Err(ConfigError::at(&span, "a control character is not allowed here", None));
    }
    let places = Places::new(source, text, offset);
    let mut builder = Builder { places, stack: Vec::new(), anchors: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                let at = builder.places.byte(error.marker().index());
                // The parser has a limit of its own, and reads ahead of its events.
                let message = if error.info().contains("recursion limit") {
                    format!("this is nested more than {MAX_DEPTH} levels deep")
                } else {
                    format!("this is not YAML: {}", error.info())
                };
                return Err(ConfigError::at(&Span::new(source, at..at + 1), message, None));
            }
        }
    }
    let end = builder.places.byte(0);
    Ok(builder.root.unwrap_or_else(|| Node { value: Value::Null, span: Span::new(source, end..end) }))
}

/// The parser counts characters, excerpts count bytes.
struct Places<'a> {
    source: &'a Arc<Source>,
    offset: usize,
    len: usize,
    /// Byte of each character; empty for ASCII, where they are the same.
    bytes: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(source: &'a Arc<Source>, text: &str, offset: usize) -> Self {
        let bytes =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(byte, _)| byte).collect() };
        Self { source, offset, len: text.len(), bytes }
    }

    fn byte(&self, index: usize) -> usize {
        let byte = if self.bytes.is_empty() {
            index.min(self.len)
        } else {
            self.bytes.get(index).copied().unwrap_or(self.len)
        };
        self.offset + byte
    }

    fn span(&self, span: YamlSpan) -> Span {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let trimmed = self.source.text.get(start..end).map_or(end, |text| start + text.trim_end().len());
        Span::new(self.source, start..trimmed.max(start))
    }
}

/// A list or map that is not closed yet.
struct Frame {
    start: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, Span)> },
}

struct Builder<'a> {
    places: Places<'a>,
    stack: Vec<Frame>,
    /// By the parser's number; `None` while its value is still open.
    anchors: Vec<Option<(Node, usize)>>,
    root: Option<Node>,
    nodes: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: YamlSpan) -> Result<(), ConfigError> {
        let span = self.places.span(span);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => Err(ConfigError::at(
                &span,
                "there is a second YAML document here",
                "a configuration is one document: remove the `---` and what follows".to_owned(),
            )),
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(id) => self.alias(id, span),
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.as_deref(), &span)?;
                self.scalar(text, style, anchor, span)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), &span)?;
                self.open(span, anchor, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), &span)?;
                self.open(span, anchor, Content::Map { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
        }
    }

    fn open(&mut self, start: Span, anchor: usize, content: Content) -> Result<(), ConfigError> {
        if let Some(Frame { content: Content::Map { key: None, .. }, .. }) = self.stack.last() {
            return Err(ConfigError::at(&start, "a key must be a word, not a list or a map", None));
        }
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("this is nested more than {MAX_DEPTH} levels deep");
            return Err(ConfigError::at(&start, message, None));
        }
        self.stack.push(Frame { start, anchor, content });
        Ok(())
    }

    fn close(&mut self, end: &Span) -> Result<(), ConfigError> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.content {
            Content::List(items) => Value::List(items),
            Content::Map { entries, .. } => Value::Map(entries),
        };
        let span = Span { end: end.end.max(frame.start.end), ..frame.start };
        self.add(Node { value, span }, frame.anchor)
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
    ) -> Result<(), ConfigError> {
        if let Some(Frame { content: Content::Map { entries, key: key @ None }, .. }) = self.stack.last_mut()
        {
            check_key(entries, &text, style, &span)?;
            *key = Some((text.into_owned(), span));
            return Ok(());
        }
        let value =
            if style == ScalarStyle::Plain { scalar::typed(&text) } else { Value::Text(text.into_owned()) };
        self.add(Node { value, span }, anchor)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), ConfigError> {
        if let Some(Frame { content: Content::Map { key: None, .. }, .. }) = self.stack.last() {
            return Err(ConfigError::at(&span, "a key must be a word, not an alias", None));
        }
        let Some(Some((node, size))) = self.anchors.get(id) else {
            return Err(ConfigError::at(&span, "an alias cannot stand inside the value that it names", None));
        };
        if self.stack.len() + depth(node) > MAX_DEPTH {
            let message = format!("this is nested more than {MAX_DEPTH} levels deep");
            return Err(ConfigError::at(&span, message, None));
        }
        // Counted before the copy is made: an alias bomb ends here.
        self.count(*size, &span)?;
        let node = self.anchors[id].as_ref().map(|(node, _)| node.clone());
        node.map_or(Ok(()), |node| self.place(node))
    }

    /// A finished value that was written here.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), ConfigError> {
        self.count(1, &node.span)?;
        if anchor > 0 {
            let size = size(&node);
            self.count(size, &node.span)?;
            if self.anchors.len() <= anchor {
                self.anchors.resize_with(anchor + 1, || None);
            }
            self.anchors[anchor] = Some((node.clone(), size));
        }
        self.place(node)
    }

    fn count(&mut self, more: usize, span: &Span) -> Result<(), ConfigError> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            let message = format!("this has more than {MAX_NODES} values");
            let help = "copies made by aliases count, too".to_owned();
            return Err(ConfigError::at(span, message, help));
        }
        Ok(())
    }

    fn place(&mut self, mut node: Node) -> Result<(), ConfigError> {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame { content: Content::List(items), .. }) => items.push(node),
            Some(Frame { content: Content::Map { entries, key }, .. }) => {
                let Some((key, key_span)) = key.take() else {
                    return Err(ConfigError::at(&node.span, "a key must be a word", None));
                };
                if node.is_null() && node.span.text().is_empty() {
                    // Nothing was written: the key is the place that a person can look at.
                    node.span = key_span.clone();
                }
                entries.push(Entry { key, key_span, value: node });
            }
        }
        Ok(())
    }
}

fn check_key(entries: &[Entry], key: &str, style: ScalarStyle, span: &Span) -> Result<(), ConfigError> {
    if key.is_empty() {
        return Err(ConfigError::at(span, "a key is empty", None));
    }
    if key == "<<" && style == ScalarStyle::Plain {
        let help = "build on another file with `base:` instead".to_owned();
        return Err(ConfigError::at(span, "merge keys (`<<`) are not supported", help));
    }
    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
        let message = format!("the key {} is given twice", quoted(key));
        return Err(Diagnostic::at(span, message)
            .label("given again here")
            .other(&first.key_span, "first given here")
            .into());
    }
    if entries.len() >= MAX_KEYS {
        return Err(ConfigError::at(span, format!("a map has more than {MAX_KEYS} keys"), None));
    }
    Ok(())
}

fn refuse_tag(tag: Option<&saphyr_parser::Tag>, span: &Span) -> Result<(), ConfigError> {
    let Some(tag) = tag else { return Ok(()) };
    let tag = if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
    let message = format!("YAML tags are not supported, and this value has {}", quoted(&tag));
    Err(ConfigError::at(span, message, "write the value without it; quote it to make it text".to_owned()))
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
        _ => 0,
    }
}

fn depth(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0),
        _ => 0,
    }
}
