//! Which policies decided, where they came from, and what they decided about.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Style;
use super::super::number::{count, plural};
use super::super::style::plain;
use super::super::wrap::wrap;
use super::config_value;
use crate::registry::LibraryRecord;
use crate::run::{Outcome, Used};

/// Digits of a hash that tell two builds apart at a glance.
const HASH_DIGITS: usize = 8;

pub(super) fn lines(outcome: &Outcome, style: Style) -> Vec<String> {
    let mut lines = vec![style.title("Policies")];
    let widest = |of: &dyn Fn(&Used) -> usize| outcome.policies.iter().map(of).max().unwrap_or(0);
    let role_width = widest(&|used| used.role.len());
    let name_width = widest(&|used| used.name.chars().count());
    let weight_width = widest(&|used| weight(used).len());
    let mut earlier = "";
    for used in &outcome.policies {
        // Several scorers: the word is said once.
        let role = if used.role == earlier { "" } else { used.role };
        earlier = used.role;
        let name = style.name(format!("{:name_width$}", used.name));
        let weight = weight(used);
        let origin = origin(used.library.as_ref(), style);
        let note = used.note.as_ref().map_or(String::new(), |note| format!("; {}", plain(note)));
        lines.push(format!("  {role:role_width$}  {name}  {weight:weight_width$}  {origin}{note}"));
    }
    if let [idle] = &outcome.idle[..] {
        let name = format!("{:name_width$}", plain(&idle.policies.join(", ")));
        let origin = origin(Some(&idle.library), style);
        lines.push(format!("  {:role_width$}  {name}  {:weight_width$}  {origin}", "not used", ""));
    } else {
        for (at, (directory, files)) in idle_by_directory(outcome).into_iter().enumerate() {
            let role = if at == 0 { "not used" } else { "" };
            let text = format!("in {}: {}", plain(&directory), plain(&files.join(", ")));
            let indent = role_width + 4;
            lines.extend(wrap(&format!("  {role:role_width$}  "), &text, style.width, indent));
        }
    }
    lines.push(String::new());
    let mut facts = vec![
        ("Workload", plain(&outcome.provenance.workload.description).into_owned()),
        ("Cluster", cluster(outcome)),
        ("Seed", outcome.provenance.seed.to_string()),
    ];
    // It qualifies all figures, so it is said before them, too.
    if outcome.summary.saturation.is_some_and(|saturation| saturation.still_growing) {
        facts.push(("Load", "past saturation, see the end".to_owned()));
    }
    for (title, text) in facts {
        let mut wrapped = wrap(&format!("{title:10}"), &text, style.width, 10);
        if let Some(first) = wrapped.first_mut() {
            first.replace_range(..title.len(), &style.title(title));
        }
        lines.extend(wrapped);
    }
    lines
}

/// The files of libraries that were found and not used, by where they lie.
fn idle_by_directory(outcome: &Outcome) -> BTreeMap<String, Vec<String>> {
    let mut directories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for idle in &outcome.idle {
        let path = Path::new(&idle.library.path);
        let file = path.file_name().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.map_or_else(|| ".".to_owned(), |parent| parent.display().to_string());
        directories.entry(directory).or_default().push(file);
    }
    directories
}

fn weight(used: &Used) -> String {
    used.weight.map_or(String::new(), |weight| format!("x{weight}"))
}

/// The library with enough to recognise it, or `built in`.
fn origin(library: Option<&LibraryRecord>, style: Style) -> String {
    let Some(LibraryRecord { path, version, sha256, .. }) = library else { return "built in".to_owned() };
    let start: String = sha256.chars().take(HASH_DIGITS).collect();
    format!("{path} {}", style.faint(format!("({version}, sha256 {start}…)")))
}

fn cluster(outcome: &Outcome) -> String {
    let number = |keys: &[&str]| config_value(outcome, keys).as_u64();
    let mut parts = vec![plural(outcome.summary.instances.len() as u64, "instance")];
    parts.extend(config_value(outcome, &["cluster", "profile"]).as_str().map(str::to_owned));
    if let (Some(blocks), Some(size)) =
        (number(&["cluster", "kv", "blocks"]), number(&["cluster", "kv", "block_size"]))
    {
        parts.push(format!("{} of {size} tokens", plural(blocks, "KV block")));
    }
    if let Some(blocks) = number(&["cluster", "kv", "cpu_blocks"]).filter(|&blocks| blocks > 0) {
        parts.push(format!("CPU tier of {}", count(blocks)));
    }
    parts.join(", ")
}
