//! Which policies decided, where they came from, and what they decided about.

use super::super::Style;
use super::super::number::{count, plural};
use super::super::style::plain;
use super::super::wrap::wrap;
use super::config_value;
use crate::registry::LibraryRecord;
use crate::run::{Outcome, Used};

/// How many libraries that were found and not used are named.
const IDLE: usize = 4;

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
    for (at, idle) in outcome.idle.iter().take(IDLE).enumerate() {
        let role = if at == 0 { "not used" } else { "" };
        let name = format!("{:name_width$}", plain(&idle.policies.join(", ")));
        let origin = origin(Some(&idle.library), style);
        lines.push(format!("  {role:role_width$}  {name}  {:weight_width$}  {origin}", ""));
    }
    if let Some(more) = outcome.idle.len().checked_sub(IDLE).filter(|&more| more > 0) {
        lines.push(format!("  {:role_width$}  and {more} more: `pointsman plugin list`", ""));
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
