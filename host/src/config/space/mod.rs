//! Spaces of configurations: policies whose weights and parameters may have several values.
//!
//! ```text
//! --space 'pa:1..5,qd:1|2|4,kv:0..3'              a routing; weight 0 leaves a scorer out
//! --space '{scheduler: fcfs|sjf, routing: {scorers: [{name: pa, weight: 1..3, params: {..: 1|2}}]}}'
//! --vary cluster.kv.offload_threshold=0.7..0.9/0.1   any other value
//! ```
//!
//! - `levels`: the numbers of a range or a list;
//! - `part`: a piece of a configuration with open values in it;
//! - `read`: from what is typed to such pieces;
//! - `written`: a point of a space as a file.

mod levels;
mod part;
mod read;
#[cfg(test)]
mod tests;
mod written;

use std::sync::Arc;

use super::error::{ConfigError, Diagnostic, quoted};
use super::flow::flow;
use super::json::to_json;
use super::overrides::{Override, ROOT_KEYS, path_keys};
use super::parse::parse_part;
use super::source::{Origin, Source, Span};
use super::tree::{Node, Value};
use part::{Choice, Part};
use read::Reader;

/// A value that is open, with its levels.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What it is called.
    pub name: String,
    levels: Vec<Level>,
    /// The weight without which it means nothing: that of the scorer that it is a parameter of.
    under: Option<usize>,
}

/// A level of an axis.
#[derive(Debug, Clone)]
struct Level {
    text: String,
    node: Node,
}

impl Axis {
    /// How many levels it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Whether it has no levels, which no axis has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// A level as a number.
    #[must_use]
    pub fn number(&self, level: usize) -> Option<f64> {
        self.levels.get(level)?.node.number()
    }

    /// The axis of the weight that it depends on: at weight 0 it means nothing.
    #[must_use]
    pub fn under(&self) -> Option<usize> {
        self.under
    }
}

/// A space of configurations.
#[derive(Debug, Clone)]
pub struct SpaceSpec {
    axes: Vec<Axis>,
    groups: Vec<Vec<usize>>,
    fragments: Vec<Fragment>,
    /// As it was typed.
    pub texts: Vec<String>,
}

/// What one option gives.
#[derive(Debug, Clone)]
struct Fragment {
    flag: &'static str,
    source: Arc<Source>,
    /// The path that the part is put at, with the places of its keys; empty: the root.
    keys: Vec<(String, std::ops::Range<usize>)>,
    part: Part,
}

/// What must be the same at all points.
const SHARED: [&str; 4] = ["workload", "seed", "slo", "base"];

impl SpaceSpec {
    /// Reads `--space` and all `--vary`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its place.
    pub fn read(space: Option<&str>, vary: &[String]) -> Result<Self, ConfigError> {
        let mut reader = Reader::default();
        let mut fragments = Vec::new();
        if let Some(text) = space {
            fragments.push(policies(text, &mut reader)?);
        }
        for argument in vary {
            fragments.push(varied(argument, &mut reader)?);
        }
        check_clashes(&fragments)?;
        let texts = space.map(str::to_owned).into_iter().chain(vary.iter().cloned()).collect();
        Ok(Self { axes: reader.axes, groups: reader.groups, fragments, texts })
    }

    /// The axes, those with a single level too.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The axes that are weights of one router, or of one class of it: only their proportions count.
    #[must_use]
    pub fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    fn choice<'a>(&'a self, levels: &'a [usize]) -> Choice<'a> {
        Choice { axes: &self.axes, levels }
    }

    /// A point, to be laid over a configuration. `levels` has a level for each axis.
    #[must_use]
    pub fn point(&self, levels: &[usize]) -> Vec<Override> {
        self.fragments.iter().map(|one| one.with(one.part.fill(&self.choice(levels), false))).collect()
    }

    /// A point with every scorer in it, in which every name has its own place: whatever is wrong with the
    /// space as a whole shows here.
    #[must_use]
    pub fn probe(&self) -> Vec<Override> {
        let level = |axis: &Axis| axis.levels.iter().position(|level| level.node.number() != Some(0.0));
        let levels: Vec<usize> = self.axes.iter().map(|axis| level(axis).unwrap_or(0)).collect();
        let choice = self.choice(&levels);
        let mut all = Vec::new();
        for one in &self.fragments {
            if matches!(one.part, Part::Short { .. }) {
                // A short form replaces what is below; its long form would be merged with it.
                all.push(one.with(Node { value: Value::Null, span: Span::of_default() }));
            }
            all.push(one.with(one.part.fill(&choice, true)));
        }
        all
    }

    /// What a point is called.
    #[must_use]
    pub fn label(&self, levels: &[usize]) -> String {
        let mut words = Vec::new();
        self.fragments.iter().for_each(|one| one.part.label(&self.choice(levels), &mut words));
        words.join(" ")
    }

    /// The options that give a point to `pointsman run` and `ab`.
    #[must_use]
    pub fn arguments(&self, levels: &[usize]) -> Vec<String> {
        let mut all = Vec::new();
        for one in &self.fragments {
            let node = one.part.fill(&self.choice(levels), false);
            let path = one.keys.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(".");
            match (&one.part, node.text()) {
                (Part::Short { .. }, Some(text)) => all.extend(["--routing".to_owned(), text.to_owned()]),
                _ if path.is_empty() => {
                    for entry in node.entries().unwrap_or_default() {
                        let value = to_json(&entry.value, &entry.key).unwrap_or_default();
                        all.extend(["--set".to_owned(), format!("{}={}", entry.key, flow(&value))]);
                    }
                }
                _ => {
                    let value = to_json(&node, &path).unwrap_or_default();
                    all.extend(["--set".to_owned(), format!("{path}={}", flow(&value))]);
                }
            }
        }
        all
    }
}

impl Fragment {
    fn with(&self, value: Node) -> Override {
        let keys: Vec<_> = self.keys.iter().map(|(key, range)| (key.as_str(), range.clone())).collect();
        Override::new(self.flag, &self.source, &keys, value)
    }
}

/// `--space`: a routing, or policies as YAML, as `ab --b` takes them.
fn policies(argument: &str, reader: &mut Reader) -> Result<Fragment, ConfigError> {
    const FLAG: &str = "--space";
    let source = Source::new(Origin::Flag, format!("{FLAG} {argument}"));
    let all = FLAG.len() + 1..source.text.len();
    let keys = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 0..FLAG.len())).collect();
    if !argument.trim_start().starts_with('{') {
        let value = Value::Text(argument.to_owned());
        let node = Node { value, span: Span::new(&source, all) };
        let part = reader.part(&node, "policy.routing")?;
        if matches!(part, Part::Fixed(_)) {
            let message = format!("{} leaves nothing open", quoted(argument));
            let help = "write ranges of weights, such as `pa:1..5,qd:1..5`, or several pickers: `a|b`";
            return Err(ConfigError::at(&node.span, message, help.to_owned()));
        }
        return Ok(Fragment { flag: FLAG, source, keys: keys(&["policy", "routing"]), part });
    }
    let node = parse_part(&source, all)?;
    let entries = node.entries().unwrap_or_default();
    if let Some(entry) = entries.iter().find(|entry| SHARED.contains(&entry.key.as_str())) {
        return Err(shared(&entry.key, &entry.key_span));
    }
    let is_whole = entries.iter().any(|entry| ROOT_KEYS.contains(&entry.key.as_str()));
    let path = if is_whole { "" } else { "policy" };
    let part = reader.part(&node, path)?;
    Ok(Fragment { flag: FLAG, source, keys: keys(if is_whole { &[] } else { &["policy"] }), part })
}

/// `--vary KEY=LEVEL,LEVEL,..`.
fn varied(argument: &str, reader: &mut Reader) -> Result<Fragment, ConfigError> {
    const FLAG: &str = "--vary";
    let start = FLAG.len() + 1;
    let source = Source::new(Origin::Flag, format!("{FLAG} {argument}"));
    let Some(equals) = argument.find('=') else {
        let span = Span::new(&source, start..source.text.len());
        let help = "write `--vary cluster.kv.blocks=500,1000,2000`".to_owned();
        return Err(ConfigError::at(&span, "this varies nothing: there is no `=`", help));
    };
    let keys = path_keys(&source, start, &argument[..equals])?;
    if let Some((key, range)) = keys.first().filter(|(key, _)| SHARED.contains(key)) {
        return Err(shared(key, &Span::new(&source, range.clone())));
    }
    let name = keys.last().map(|(key, _)| (*key).to_owned()).unwrap_or_default();
    let keys = keys.into_iter().map(|(key, range)| (key.to_owned(), range)).collect();
    let part = reader.vary(&source, start + equals + 1..source.text.len(), &name)?;
    Ok(Fragment { flag: FLAG, source, keys, part })
}

fn shared(key: &str, span: &Span) -> ConfigError {
    let message = format!("`{key}` cannot vary: all points must meet the same requests and targets");
    ConfigError::at(span, message, None)
}

/// Two options that set the same value: the later one would always win.
fn check_clashes(fragments: &[Fragment]) -> Result<(), ConfigError> {
    let leaves = |one: &Fragment| {
        let path = one.keys.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(".");
        let mut found = Vec::new();
        one.part.leaves(&path, &mut found);
        found
    };
    let is_below = |path: &str, whole: &str| {
        path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    for (index, one) in fragments.iter().enumerate() {
        let own = leaves(one);
        for other in fragments[..index].iter().flat_map(leaves) {
            if let Some(path) = own.iter().find(|path| is_below(path, &other) || is_below(&other, path)) {
                let span = Span::new(&one.source, one.flag.len() + 1..one.source.text.len());
                let message = format!("`{path}` is varied twice");
                return Err(Diagnostic::at(&span, message).into());
            }
        }
    }
    Ok(())
}

/// A point as a configuration file; see [`SpaceSpec::point`]. `None` where a file cannot say it.
///
/// # Errors
///
/// What is wrong with the configuration.
pub fn as_file(
    config: &std::path::Path,
    overrides: &[Override],
    place: &std::path::Path,
) -> Result<Option<String>, ConfigError> {
    written::written(config, overrides, place)
}
