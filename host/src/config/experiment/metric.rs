//! A metric as it is written: `ttft_p99{class=critical}`.

use std::fmt;

use super::super::error::{Diagnostic, quoted};
use super::super::reader::{Sink, wrong};
use super::super::source::{Span, Spanned};
use super::super::suggest::did_you_mean;
use super::super::tree::{Node, Value};
use super::lexer::{Lexer, Token};
use crate::metrics::{METRICS, Metric};

/// A metric of a group of requests.
#[derive(Debug, Clone, Copy)]
struct Named(&'static Metric);

/// A metric, and the requests that it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRef {
    metric: Named,
    /// The SLO class; `None`: all classes.
    pub class: Option<String>,
    /// `offloading` or `calm`: whether the chosen instance was reloading from its CPU tier when the
    /// request was routed; `None`: either.
    pub at: Option<String>,
}

impl MetricRef {
    /// Reads a metric that is all of a text.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        read_text(text.trim()).map_err(|(_, message, help)| match help {
            Some(help) => format!("{message}; {help}"),
            None => message,
        })
    }

    /// The same of the requests of a class.
    #[must_use]
    pub fn of_class(&self, class: &str) -> Self {
        Self { class: Some(class.to_owned()), ..self.clone() }
    }

    /// The metric.
    #[must_use]
    pub fn metric(&self) -> &'static Metric {
        self.metric.0
    }

    /// The group of requests, as measurements name it: empty for all.
    #[must_use]
    pub fn group(&self) -> String {
        let class = self.class.as_ref().map(|class| format!("class={class}"));
        let at = self.at.as_ref().map(|at| format!("at={at}"));
        class.into_iter().chain(at).collect::<Vec<_>>().join(",")
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl fmt::Display for MetricRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = self.group();
        f.write_str(self.metric().name)?;
        if group.is_empty() { Ok(()) } else { write!(f, "{{{group}}}") }
    }
}

/// What is wrong, where in the text, and what to do.
pub(super) type Problem = (std::ops::Range<usize>, String, Option<String>);

/// A metric without a group.
pub(super) fn of_default(name: &str) -> Option<Spanned<MetricRef>> {
    let metric = Named(Metric::by_name(name)?);
    Some(Spanned::of_default(MetricRef { metric, class: None, at: None }))
}

/// Reads a metric from the tokens of a text, its name first.
pub(super) fn parse(lexer: &mut Lexer<'_>) -> Result<MetricRef, Problem> {
    let (token, range) = lexer.next()?;
    let Token::Name(name) = token else {
        return Err((range, format!("a metric is expected, found {token}"), None));
    };
    let Some(metric) = Metric::by_name(name) else {
        let help = did_you_mean(name, METRICS.iter().map(|metric| metric.name));
        return Err((range, format!("there is no metric {}", quoted(name)), help));
    };
    let mut read = MetricRef { metric: Named(metric), class: None, at: None };
    if lexer.peek()? != Token::OpenBrace {
        return Ok(read);
    }
    let (_, open) = lexer.next()?;
    loop {
        let (label, at) = lexer.name("a label: `class` or `at`")?;
        lexer.expect(Token::Equals)?;
        let (value, value_at) = lexer.name("a name")?;
        match label {
            "class" if read.class.is_none() => read.class = Some(value.to_owned()),
            "at" if read.at.is_none() && ["offloading", "calm"].contains(&value) => {
                read.at = Some(value.to_owned());
            }
            "at" if read.at.is_none() => {
                let help = did_you_mean(value, ["offloading", "calm"]);
                return Err((value_at, format!("{} is no place", quoted(value)), help));
            }
            "class" | "at" => return Err((at, format!("`{label}` is there twice"), None)),
            _ => {
                let help = did_you_mean(label, ["class", "at"]);
                return Err((at, format!("there is no label {}", quoted(label)), help));
            }
        }
        match lexer.next()? {
            (Token::Comma, _) => {}
            (Token::CloseBrace, _) => break,
            (token, range) => return Err((range, format!("`,` or `}}` is expected, found {token}"), None)),
        }
    }
    if !metric.is_of_groups() {
        let message = format!("`{name}` is a figure of whole runs: no group of requests has it");
        return Err((range.start..open.end, message, None));
    }
    Ok(read)
}

/// The list under `metrics:`; `None` where nothing was written.
pub(super) fn read_list(node: Option<&Node>, sink: &Sink) -> Option<Vec<Spanned<MetricRef>>> {
    let node = node?;
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, "metrics", "a list of metrics"));
        return None;
    };
    let mut metrics: Vec<Spanned<MetricRef>> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(text) = item.text() else {
            sink.error(wrong(
                item,
                &format!("metrics[{index}]"),
                "a metric such as `ttft_p99{class=critical}`",
            ));
            continue;
        };
        match read_text(text) {
            Ok(metric) if metrics.iter().any(|other| other.value == metric) => {
                sink.error(Diagnostic::at(&item.span, format!("`{metric}` is there twice")));
            }
            Ok(metric) => metrics.push(Spanned::new(metric, item.span.clone())),
            Err(problem) => sink.error(located(item, problem)),
        }
    }
    Some(metrics)
}

/// A metric that is all of a text.
pub(super) fn read_text(text: &str) -> Result<MetricRef, Problem> {
    let mut lexer = Lexer::new(text);
    let metric = parse(&mut lexer)?;
    lexer.end()?;
    Ok(metric)
}

/// A problem in a text of the tree.
pub(super) fn located(node: &Node, (range, message, help): Problem) -> Diagnostic {
    let span: Span = node.sub_span(range);
    Diagnostic::at(&span, message).help(help)
}
