//! The arms: compositions that are listed, that a grid gives, or both.
//!
//! The configuration of an arm is made of layers: the `base` of the experiment or of the arm, the
//! `config` that all arms have in common, what the arm says, a trace of the command line in the place of the
//! workload so far, the levels of the factors, what else the command line sets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::Config;
use super::super::error::{ConfigError, Diagnostic};
use super::super::load::{self, Files};
use super::super::overrides::Override;
use super::super::reader::{MapReader, Sink, wrong};
use super::super::source::{Span, Spanned};
use super::super::tree::{Entry, Node, Value};
use super::factors::{self, Factor, FactorSpec, Level, clash, leaves_of};
use super::names;

/// An arm.
#[derive(Debug, Clone)]
pub struct ArmSpec {
    /// Its name; the levels of a grid joined by dots.
    pub name: Spanned<String>,
    /// The level of each factor.
    pub levels: BTreeMap<String, String>,
    /// Its configuration.
    pub config: Config,
}

/// What an experiment says about its arms.
pub(super) struct Parts<'a> {
    pub(super) base: Option<&'a Node>,
    pub(super) config: Option<&'a Node>,
    pub(super) arms: Option<&'a Node>,
    pub(super) factors: Option<&'a Node>,
}

/// What came of it.
pub(super) struct Built {
    pub(super) factors: Vec<FactorSpec>,
    pub(super) arms: Vec<ArmSpec>,
    pub(super) files: Vec<PathBuf>,
}

/// More arms than this are a slip of the pen.
const MOST: usize = 4096;
/// What arms that are listed are called as a factor.
const ARM: &str = "arm";

pub(super) fn build(parts: &Parts<'_>, map: &MapReader<'_>, overrides: &[Override], sink: &Sink) -> Built {
    let mut built = Built { factors: Vec::new(), arms: Vec::new(), files: Vec::new() };
    let listed = listed(parts.arms, sink);
    let grid = factors::read(parts.factors, sink);
    check_contradictions(&listed, &grid, sink);
    check_seeds(parts.config, &listed, &grid, sink);
    check_overrides(overrides, &listed, &grid, sink);
    let (traces, overrides): (Vec<Override>, Vec<Override>) =
        overrides.iter().cloned().partition(Override::replaces_workload);
    if listed.is_empty() && grid.is_empty() {
        if parts.arms.is_none() && parts.factors.is_none() {
            let help = "list `arms:`, or give `factors:` with levels".to_owned();
            sink.error(Diagnostic::at(&map.span(), "an experiment needs arms").help(help));
        }
        return built;
    }
    let count: usize = grid.iter().map(|factor| factor.levels.len()).product::<usize>() * listed.len().max(1);
    if count > MOST {
        let message = format!("this grid has {count} arms, more than {MOST}");
        sink.error(Diagnostic::at(&grid[0].span, message));
        return built;
    }
    if !listed.is_empty() && !grid.is_empty() {
        let levels = listed.iter().map(|entry| entry.key.clone()).collect();
        built.factors.push(FactorSpec { name: ARM.to_owned(), levels, numbers: None });
    }
    built.factors.extend(grid.iter().map(Factor::spec));
    let rows = combinations(&grid);
    let alone = [None];
    let listed: Vec<Option<&Entry>> =
        if listed.is_empty() { alone.to_vec() } else { listed.into_iter().map(Some).collect() };
    for entry in listed {
        for row in &rows {
            match arm(parts, entry, row, &grid, [&traces, &overrides]) {
                Ok((arm, files)) => {
                    files.into_iter().for_each(|file| {
                        if !built.files.contains(&file) {
                            built.files.push(file);
                        }
                    });
                    built.arms.push(arm);
                }
                Err(error) => {
                    // The others would most likely say the same.
                    error.diagnostics().iter().for_each(|one| sink.error(one.clone()));
                    return built;
                }
            }
        }
    }
    built
}

/// The arms that are listed, each with a file or a fragment.
fn listed<'a>(node: Option<&'a Node>, sink: &Sink) -> Vec<&'a Entry> {
    let Some(node) = node else { return Vec::new() };
    let Some(entries) = node.entries().filter(|entries| !entries.is_empty()) else {
        sink.error(wrong(node, "arms", "a map from names to files or fragments"));
        return Vec::new();
    };
    let is_sound = |entry: &&Entry| {
        let is_named = names::check("an arm", &entry.key, &entry.key_span, sink);
        let has_value =
            entry.value.entries().is_some() || entry.value.text().is_some() || entry.value.is_null();
        if !has_value {
            let path = format!("arms.{}", entry.key);
            sink.error(wrong(&entry.value, &path, "the path of a configuration, or a fragment of one"));
        }
        is_named && has_value
    };
    entries.iter().filter(is_sound).collect()
}

/// All rows of the grid, the last factor fastest; one empty row without factors.
fn combinations(grid: &[Factor]) -> Vec<Vec<&Level>> {
    let mut rows: Vec<Vec<&Level>> = vec![Vec::new()];
    for factor in grid {
        let longer = |row: &Vec<_>, level| row.iter().copied().chain([level]).collect::<Vec<&Level>>();
        rows =
            rows.iter().flat_map(|row| factor.levels.iter().map(move |level| longer(row, level))).collect();
    }
    rows
}

fn arm(
    parts: &Parts<'_>,
    entry: Option<&Entry>,
    row: &[&Level],
    grid: &[Factor],
    [traces, overrides]: [&[Override]; 2],
) -> Result<(ArmSpec, Vec<PathBuf>), ConfigError> {
    let mut files = Files::default();
    let value = entry.map(|entry| &entry.value).filter(|value| !value.is_null());
    let own_base =
        value.and_then(|value| if value.text().is_some() { Some(value) } else { value.get("base") });
    let span = entry.map(|entry| &entry.key_span).or(row.first().map(|level| &level.span));
    let mut tree = match own_base.or(parts.base) {
        Some(base) => load::base(base, &mut files)?,
        None => {
            let span = span.cloned().unwrap_or_else(Span::of_default);
            let help = "give the experiment or the arm a `base:`, a configuration to begin with".to_owned();
            return Err(Diagnostic::at(&span, "this arm has no configuration").help(help).into());
        }
    };
    if let Some(config) = parts.config {
        tree = load::over(tree, config, &mut files)?;
    }
    if let Some(fragment) = value.filter(|value| value.entries().is_some()) {
        tree = load::over(tree, fragment, &mut files)?;
    }
    tree = load::apply(tree, traces, &mut files)?;
    for level in row {
        tree = load::over(tree, &level.fragment, &mut files)?;
    }
    let tree = load::apply(tree, overrides, &mut files)?;
    let parts: Vec<&str> = entry
        .iter()
        .map(|entry| entry.key.as_str())
        .chain(row.iter().map(|level| level.name.as_str()))
        .collect();
    let mut levels: BTreeMap<String, String> =
        grid.iter().zip(row).map(|(factor, level)| (factor.name.clone(), level.name.clone())).collect();
    if let Some(entry) = entry.filter(|_| !grid.is_empty()) {
        levels.insert(ARM.to_owned(), entry.key.clone());
    }
    let name = Spanned::new(parts.join("."), span.cloned().unwrap_or_else(Span::of_default));
    let files = files.into_paths();
    let config = Config { tree: dressed(tree), files: files.clone(), is_record: false };
    Ok((ArmSpec { name, levels, config }, files))
}

/// A map, even if nothing was written.
fn dressed(tree: Node) -> Node {
    if tree.is_null() { Node { value: Value::Map(Vec::new()), span: tree.span } } else { tree }
}

/// Arms meet the same seeds, those of the experiment: one in a fragment would have no effect.
fn check_seeds(config: Option<&Node>, listed: &[&Entry], grid: &[Factor], sink: &Sink) {
    let arms = listed.iter().map(|entry| &entry.value);
    let levels = grid.iter().flat_map(|factor| &factor.levels).map(|level| &level.fragment);
    if let Some(entry) = config.into_iter().chain(arms).chain(levels).find_map(|node| node.entry("seed")) {
        let help = "all arms meet the seeds of the experiment: give those under `seeds:`".to_owned();
        sink.error(Diagnostic::at(&entry.key_span, "`seed` has no effect in an experiment").help(help));
    }
}

/// What the command line sets is the same for all arms: a factor of it would be none.
fn check_overrides(overrides: &[Override], listed: &[&Entry], grid: &[Factor], sink: &Sink) {
    for given in overrides {
        let of_flag = leaves_of(std::iter::once(given.tree()));
        for factor in grid {
            let of_factor = leaves_of(factor.levels.iter().map(|level| &level.fragment));
            if let Some((path, span, other)) = clash(&of_factor, &of_flag) {
                let message = format!("the factor `{}` and the command line both set `{path}`", factor.name);
                let help = "the command line would always win: leave the option out".to_owned();
                sink.error(Diagnostic::at(&span, message).other(&other, "the option").help(help));
            }
        }
        if given.replaces_workload()
            && let Some(entry) = listed.iter().find_map(|entry| entry.value.entry("workload"))
        {
            let message = "this arm has a workload of its own, which the trace would replace";
            let help = "leave `--trace` out".to_owned();
            sink.error(Diagnostic::at(&entry.key_span, message).help(help));
        }
    }
}

/// An arm and a factor that set the same value: the factor would always win.
fn check_contradictions(listed: &[&Entry], grid: &[Factor], sink: &Sink) {
    let fragments = listed.iter().map(|entry| &entry.value).filter(|value| value.entries().is_some());
    let of_arms = leaves_of(fragments);
    for factor in grid {
        if factor.name == ARM && !listed.is_empty() {
            let message = "a factor cannot be called `arm` beside arms that are listed";
            sink.error(Diagnostic::at(&factor.span, message));
        }
        let of_factor = leaves_of(factor.levels.iter().map(|level| &level.fragment));
        if let Some((path, span, other)) = clash(&of_factor, &of_arms) {
            let message = format!("the factor `{}` and an arm both set `{path}`", factor.name);
            let help = "the factor would always win: take it out of one of them".to_owned();
            sink.error(Diagnostic::at(&span, message).other(&other, "the arm").help(help));
        }
    }
}
