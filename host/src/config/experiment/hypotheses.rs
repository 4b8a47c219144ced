//! `hypotheses:`: claims, each with what is expected if it holds.

use super::super::error::{Diagnostic, quoted};
use super::super::reader::{MapReader, Sink, wrong};
use super::super::source::{Span, Spanned};
use super::super::tree::{Node, Value};
use super::expression::Expectation;
use super::{metric, parser};

/// A term of a scorer: the signal that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveTerm {
    /// The name of the scorer.
    pub scorer: String,
    /// The signal.
    pub signal: String,
}

/// A claim.
#[derive(Debug, Clone)]
pub struct HypothesisSpec {
    /// Its id, such as `H6-1`.
    pub id: Spanned<String>,
    /// The claim in words.
    pub claim: String,
    /// What is expected; all of it must hold.
    pub expect: Vec<Spanned<Expectation>>,
    /// Terms that must have been in play somewhere in the arms, or else the claim is about nothing.
    pub active: Vec<Spanned<ActiveTerm>>,
    /// Where it stands.
    pub span: Span,
}

pub(super) fn read(node: Option<&Node>, arms: &[&str], sink: &Sink) -> Vec<HypothesisSpec> {
    let Some(node) = node else { return Vec::new() };
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, "hypotheses", "a list of claims"));
        return Vec::new();
    };
    let mut read: Vec<HypothesisSpec> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(one) = hypothesis(item, &format!("hypotheses[{index}]"), arms, sink) else { continue };
        if let Some(other) = read.iter().find(|other| other.id == one.id) {
            let message = format!("two claims are called {}", quoted(&one.id.value));
            sink.error(Diagnostic::at(&one.id.span, message).other(&other.id.span, "the other"));
        }
        read.push(one);
    }
    read
}

fn hypothesis(node: &Node, path: &str, arms: &[&str], sink: &Sink) -> Option<HypothesisSpec> {
    let mut map = MapReader::new(Some(node), path, sink);
    let id = map.word("id");
    let claim = map.word("claim");
    let expect = map.take_written("expect");
    let active = map.take_written("active");
    let is_map = map.is_map();
    map.finish();
    let expect = texts(expect, &format!("{path}.expect"), sink);
    let active = texts(active, &format!("{path}.active"), sink);
    for (key, is_missing) in [("id", id.is_none()), ("claim", claim.is_none()), ("expect", expect.is_empty())]
    {
        if is_map && is_missing && node.get(key).is_none() {
            let message = format!("`{path}` has no `{key}`");
            let help = "a claim is `{id: H1, claim: in words, expect: 'ttft_p99: a / b <= 0.8'}`";
            sink.error(Diagnostic::at(&node.span, message).help(help.to_owned()));
        }
    }
    let parsed = expect.iter().filter_map(|node| match parser::parse(node.text()?, arms) {
        Ok(expectation) => Some(Spanned::new(expectation, node.span.clone())),
        Err(problem) => {
            sink.error(metric::located(node, problem));
            None
        }
    });
    let parsed: Vec<_> = parsed.collect();
    let active = active.iter().filter_map(|node| term(node, sink)).collect();
    let (id, claim) = (id?, claim?.value);
    (!parsed.is_empty()).then(|| HypothesisSpec {
        id,
        claim,
        expect: parsed,
        active,
        span: node.span.clone(),
    })
}

/// One text, or a list of them.
fn texts<'a>(node: Option<&'a Node>, path: &str, sink: &Sink) -> Vec<&'a Node> {
    let Some(node) = node else { return Vec::new() };
    let items = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    if items.is_empty() {
        sink.error(wrong(node, path, "a text or a list of texts"));
    }
    let is_text = |item: &&Node| {
        let found = item.text().is_some();
        if !found {
            sink.error(wrong(item, path, "a text or a list of texts"));
        }
        found
    };
    items.into_iter().filter(is_text).collect()
}

fn term(node: &Node, sink: &Sink) -> Option<Spanned<ActiveTerm>> {
    let text = node.text()?.trim();
    let Some((scorer, signal)) = text.rsplit_once('.').filter(|(a, b)| !a.is_empty() && !b.is_empty()) else {
        let message = format!("{} is no term of a scorer", quoted(text));
        let help = "write SCORER.SIGNAL, such as `kv-pressure.pending_transfer_latency`".to_owned();
        sink.error(Diagnostic::at(&node.span, message).help(help));
        return None;
    };
    let term = ActiveTerm { scorer: scorer.to_owned(), signal: signal.to_owned() };
    Some(Spanned::new(term, node.span.clone()))
}
