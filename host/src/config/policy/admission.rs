//! Admission: inside the host, so its parameters are checked here.

use serde_json::{Value, json};

use super::super::error::{Diagnostic, quoted};
use super::super::limits;
use super::super::reader::{MapReader, Sink, positive, word, wrong};
use super::super::suggest::did_you_mean;
use super::super::tree::{self, Node};
use crate::policy::Cost;

/// Who is let in (`model.md` section 9).
#[derive(Debug, Clone, PartialEq)]
pub enum AdmissionSpec {
    /// Everyone.
    AlwaysAdmit,
    /// Nobody.
    RejectAll,
    /// Those for whom there are tokens left in a bucket.
    TokenBucket {
        /// How fast the bucket fills. \[tokens/s\]
        rate_per_s: f64,
        /// How much it holds, and has at first. \[tokens\]
        burst: f64,
        /// What a request takes out of it.
        cost: Cost,
    },
    /// All but some classes while every instance is loaded.
    SloGated {
        /// The classes that are rejected then.
        classes: Vec<String>,
        /// The least effective load from which on they are.
        threshold: u64,
    },
}

const NAMES: [&str; 4] = ["always-admit", "reject-all", "token-bucket", "slo-gated"];
const COSTS: [(&str, Cost); 2] =
    [(Cost::Request.name(), Cost::Request), (Cost::PromptTokens.name(), Cost::PromptTokens)];

impl AdmissionSpec {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AlwaysAdmit => NAMES[0],
            Self::RejectAll => NAMES[1],
            Self::TokenBucket { .. } => NAMES[2],
            Self::SloGated { .. } => NAMES[3],
        }
    }

    pub(super) fn read(node: Option<&Node>, path: &str, sink: &Sink) -> Option<Self> {
        let Some(node) = node else { return Some(Self::AlwaysAdmit) };
        if node.text().is_some() {
            return Self::build(node, MapReader::new(None, tree::join(path, "params"), sink), sink);
        }
        if node.entries().is_none() {
            sink.error(wrong(node, path, "the name of an admission policy, or a map with `name`"));
            return None;
        }
        let mut map = MapReader::new(Some(node), path, sink);
        let name = map.take("name");
        let params = map.map("params");
        let missing = format!("`{}` is missing", map.path("name"));
        map.finish();
        match name {
            Some(name) => Self::build(name, params, sink),
            None => {
                sink.error(Diagnostic::at(&node.span, missing));
                None
            }
        }
    }

    fn build(name: &Node, mut params: MapReader<'_>, sink: &Sink) -> Option<Self> {
        let spec = match name.text().map(str::trim) {
            Some("always-admit") => Some(Self::AlwaysAdmit),
            Some("reject-all") => Some(Self::RejectAll),
            Some("token-bucket") => Self::token_bucket(name, &mut params, sink),
            Some("slo-gated") => Self::slo_gated(name, &mut params, sink),
            _ => {
                let text = name.text().map_or_else(|| name.found(), quoted);
                let help = did_you_mean(name.text().unwrap_or_default(), NAMES);
                let message = format!("there is no admission policy {text}");
                sink.error(Diagnostic::at(&name.span, message).help(help));
                return None;
            }
        };
        params.finish();
        spec
    }

    fn token_bucket(name: &Node, params: &mut MapReader<'_>, sink: &Sink) -> Option<Self> {
        let cost = params.choice("cost", Cost::Request, &COSTS);
        let mut amount = |key| {
            let node = needed(name, params, key, sink)?;
            positive(node, &params.path(key), limits::RATE, sink)
        };
        let (rate_per_s, burst) = (amount("rate_per_s"), amount("burst"));
        if burst.is_some_and(|burst| burst < 1.0) {
            let node = params.take("burst").unwrap_or(name);
            let message = format!("nothing would ever be admitted: `{}` is below 1", params.path("burst"));
            sink.error(Diagnostic::at(&node.span, message).help("every request costs at least 1".to_owned()));
            return None;
        }
        Some(Self::TokenBucket { rate_per_s: rate_per_s?, burst: burst?, cost })
    }

    fn slo_gated(name: &Node, params: &mut MapReader<'_>, sink: &Sink) -> Option<Self> {
        let classes = needed(name, params, "classes", sink);
        let path = params.path("classes");
        let threshold = needed(name, params, "threshold", sink).map(|_| ());
        let bound = params.whole("threshold", 0, 0..=u64::MAX);
        let tree::Value::List(items) = &classes?.value else {
            sink.error(wrong(classes?, &path, "a list of classes"));
            return None;
        };
        let read = |(index, item)| word(item, &format!("{path}[{index}]"), sink).map(|word| word.value);
        if items.is_empty() {
            sink.error(wrong(classes?, &path, "a list of one class or more"));
            return None;
        }
        let classes: Option<Vec<String>> = items.iter().enumerate().map(read).collect();
        threshold?;
        Some(Self::SloGated { classes: classes?, threshold: bound })
    }

    pub(super) fn to_value(&self) -> Value {
        let params = match self {
            Self::AlwaysAdmit | Self::RejectAll => json!({}),
            Self::TokenBucket { rate_per_s, burst, cost } => {
                let cost = cost.name();
                json!({ "rate_per_s": rate_per_s, "burst": burst, "cost": cost })
            }
            Self::SloGated { classes, threshold } => json!({ "classes": classes, "threshold": threshold }),
        };
        json!({ "name": self.name(), "params": params })
    }
}

/// A parameter without a default.
fn needed<'a>(name: &Node, params: &mut MapReader<'a>, key: &'static str, sink: &Sink) -> Option<&'a Node> {
    let found = params.take(key);
    if found.is_none() {
        let message = format!("{} needs `{}`", quoted(name.text().unwrap_or_default()), params.path(key));
        sink.error(Diagnostic::at(&name.span, message));
    }
    found
}
