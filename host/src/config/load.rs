//! From a file to the whole tree: bases below, the file over them, flags on top.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{ConfigError, Diagnostic, quoted};
use super::layer::{layer, remove};
use super::overrides::{Override, check_conflicts};
use super::parse::parse;
use super::source::{Origin, Source, Span};
use super::suggest::nearest;
use super::tree::{Node, Value};

/// A configuration is written by people: more is a mistake, and would only eat memory.
const MAX_BYTES: u64 = 4 << 20;
/// Files that may build on each other.
const MAX_BASES: usize = 32;

/// The files that were read so far.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Those that build on each other, under their real and their written names.
    chain: Vec<(PathBuf, PathBuf)>,
    /// Workloads whose values are changed by another file or a flag.
    workloads: Vec<PathBuf>,
}

impl Files {
    /// All of them.
    pub(super) fn into_paths(self) -> Vec<PathBuf> {
        self.chain.into_iter().map(|(_, shown)| shown).chain(self.workloads).collect()
    }
}

/// The tree of a configuration file with all its bases, the overrides applied.
pub(super) fn load(path: &Path, overrides: &[Override], files: &mut Files) -> Result<Node, ConfigError> {
    let tree = file(path, None, files)?;
    apply(tree, overrides, files)
}

/// The same from a text that is at hand already.
pub(super) fn load_source(
    source: &Arc<Source>,
    overrides: &[Override],
    files: &mut Files,
) -> Result<Node, ConfigError> {
    let tree = build(source, None, files)?;
    apply(tree, overrides, files)
}

/// Lays overrides over a tree, in the order in which they were given.
pub(super) fn apply(mut tree: Node, overrides: &[Override], files: &mut Files) -> Result<Node, ConfigError> {
    check_conflicts(overrides)?;
    let (traces, others): (Vec<_>, Vec<_>) = overrides.iter().partition(|one| one.replaces_workload());
    if !traces.is_empty() {
        remove(&mut tree, &["workload"]);
    }
    for one in traces.into_iter().chain(others) {
        tree = put(tree, one.tree().clone(), files)?;
    }
    Ok(tree)
}

/// Lays a document over another. Where the upper one changes the workload, the file that the
/// lower one names is read first: a reference stands for what is in it.
fn put(mut under: Node, over: Node, files: &mut Files) -> Result<Node, ConfigError> {
    if over.get("workload").is_some_and(|workload| workload.entries().is_some())
        && let Value::Map(entries) = &mut under.value
        && let Some(entry) = entries.iter_mut().find(|entry| entry.key == "workload")
        && entry.value.text().is_some()
    {
        entry.value = reference(&entry.value)?;
        files.workloads.extend(entry.value.span.file().map(Path::to_owned));
    }
    Ok(layer(under, over, ""))
}

/// The map in the file that a text names; any other value is returned as it is.
pub(super) fn reference(node: &Node) -> Result<Node, ConfigError> {
    let Some(text) = node.text() else { return Ok(node.clone()) };
    let source = read(&node.span.resolve(text), Some(&node.span))?;
    map(&source, Some(&node.span))
}

/// The tree of the file that a text names, with all its bases.
pub(super) fn base(node: &Node, files: &mut Files) -> Result<Node, ConfigError> {
    let Some(text) = node.text() else {
        let message = format!("`base` must be the path of a file, found {}", node.found());
        return Err(ConfigError::at(&node.span, message, None));
    };
    file(&node.span.resolve(text), Some(&node.span), files)
}

/// Lays a fragment over a tree; a `base` in it is none of its own.
pub(super) fn over(tree: Node, fragment: &Node, files: &mut Files) -> Result<Node, ConfigError> {
    let mut fragment = fragment.clone();
    remove(&mut fragment, &["base"]);
    put(tree, fragment, files)
}

fn file(path: &Path, named_at: Option<&Span>, files: &mut Files) -> Result<Node, ConfigError> {
    let source = read(path, named_at)?;
    // Two names of one file are one file: a cycle is found in the first round.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let chain = &mut files.chain;
    let known = chain.iter().position(|(other, _)| *other == real);
    chain.push((real, path.to_owned()));
    if let Some(known) = known {
        let round: Vec<String> =
            chain[known..].iter().map(|(_, shown)| shown.display().to_string()).collect();
        let diagnostic = Diagnostic {
            span: named_at.cloned(),
            ..Diagnostic::new("a configuration cannot build on itself")
        };
        return Err(diagnostic.note(format!("the bases are {}", round.join(" -> "))).into());
    }
    if chain.len() > MAX_BASES {
        let diagnostic = Diagnostic {
            span: named_at.cloned(),
            ..Diagnostic::new(format!("more than {MAX_BASES} files build on each other"))
        };
        return Err(diagnostic.into());
    }
    build(&source, named_at, files)
}

fn build(source: &Arc<Source>, named_at: Option<&Span>, files: &mut Files) -> Result<Node, ConfigError> {
    let mut tree = map(source, named_at)?;
    let Some(base) = tree.get("base").cloned() else { return Ok(tree) };
    remove(&mut tree, &["base"]);
    if base.is_null() {
        return Ok(tree);
    }
    let under = self::base(&base, files)?;
    put(under, tree, files)
}

/// The tree of a file, which must be a map.
pub(super) fn map(source: &Arc<Source>, named_at: Option<&Span>) -> Result<Node, ConfigError> {
    let tree = parse(source)?;
    match (&tree.value, &source.origin) {
        (Value::Map(_), _) => Ok(tree),
        (Value::Null, Origin::File(path)) => {
            let message = format!("{} is empty", quoted(&path.display().to_string()));
            Err(Diagnostic { span: named_at.cloned(), ..Diagnostic::new(message) }.into())
        }
        _ => {
            let message = format!("a configuration is a map of keys and values, found {}", tree.found());
            Err(ConfigError::at(&tree.span, message, None))
        }
    }
}

/// Reads a text file; errors point at the place that names it.
pub(super) fn read(path: &Path, named_at: Option<&Span>) -> Result<Arc<Source>, ConfigError> {
    let shown = quoted(&path.display().to_string());
    let error = |message: String| Diagnostic { span: named_at.cloned(), ..Diagnostic::new(message) };
    let cannot = |why: &dyn std::fmt::Display| error(format!("cannot read {shown}: {why}"));
    let file = File::open(path).map_err(|why| cannot(&why).help(neighbour(path)))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(cannot(&"it is a directory").into());
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|why| cannot(&why))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(error(format!(
            "{shown} is larger than {} MiB, too large for a configuration",
            MAX_BYTES >> 20
        ))
        .into());
    }
    let text = String::from_utf8(bytes).map_err(|why| {
        let valid = why.utf8_error().valid_up_to();
        let line = why.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count() + 1;
        error(format!("{shown} is not UTF-8 text: its line {line} has other bytes"))
    })?;
    Ok(Source::new(Origin::File(path.to_owned()), text))
}

/// A file beside the one that is not there, if its name is similar.
fn neighbour(path: &Path) -> Option<String> {
    let directory = match path.parent()? {
        here if here.as_os_str().is_empty() => Path::new("."),
        directory => directory,
    };
    let mut names: Vec<String> =
        directory.read_dir().ok()?.filter_map(|file| file.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let near = nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean {}?", quoted(&path.with_file_name(near).display().to_string())))
}
