//! A policy for a person: what it reads and takes, in tables.

use super::policy_doc::{Freshness, NeedDoc, ParameterDoc, PolicyDoc};
use crate::config::flow;
use crate::report::{Style, Table, plain, wrap};

/// The lines of a description, headed by kind, name and version.
pub(super) fn lines(doc: &PolicyDoc<'_>, style: Style) -> Vec<String> {
    let mut lines = vec![heading(doc, style)];
    lines.extend(wrap("  ", &plain(doc.summary), style.width, 2));
    for part in [
        parameters(&doc.parameters, style),
        signals(&doc.signals, style),
        attributes(&doc.attributes, style),
        hooks(&doc.hooks, style),
    ] {
        lines.extend(part);
    }
    lines
}

fn heading(doc: &PolicyDoc<'_>, style: Style) -> String {
    let also = match doc.aliases {
        [] => String::new(),
        aliases => format!(", also {}", aliases.join(", ")),
    };
    format!(
        "{} {}{}",
        plain(doc.kind),
        style.title(plain(doc.name)),
        style.faint(format!(" {}{}", plain(doc.version), plain(&also)))
    )
}

/// Each with its meaning below it: types are too unlike for a column.
fn parameters(parameters: &[ParameterDoc<'_>], style: Style) -> Vec<String> {
    if parameters.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), style.title("  Parameters")];
    for parameter in parameters {
        let default = match &parameter.default {
            // That it is optional says so.
            Some(serde_json::Value::Null) => String::new(),
            Some(value) => format!(", default {}", flow(value)),
            None => format!(", default {} (in Rust)", parameter.rust_default),
        };
        let name = plain(parameter.name);
        let facts = wrap("", &plain(&format!("{}{default}", parameter.ty)), style.width, 6).join("\n");
        lines.push(format!("    {}: {}", style.name(name), facts));
        lines.extend(wrap("      ", &plain(parameter.doc), style.width, 6));
    }
    lines
}

fn signals(needs: &[NeedDoc<'_>], style: Style) -> Vec<String> {
    let mut table = Table::new(4, ["  Signals", "unit", "age", ""]);
    for need in needs {
        let age = match need.freshness {
            Some(Freshness::Current) => "current",
            Some(Freshness::LastReport) => "last report",
            None => "",
        };
        table.row([id(need), need.unit.unwrap_or_default().to_owned(), age.to_owned(), meaning(need)]);
    }
    let mut lines = part(&table, "  Signals", needs.is_empty(), style);
    if needs.iter().any(|need| need.freshness == Some(Freshness::LastReport)) {
        let note =
            "last report: up to `cluster.signals.refresh_interval_us` old; by default 0, which is current";
        lines.extend(wrap("    ", note, style.width, 4).into_iter().map(|line| style.faint(line)));
    }
    lines
}

fn attributes(needs: &[NeedDoc<'_>], style: Style) -> Vec<String> {
    let mut table = Table::new(3, ["  Attributes of a request", "unit", ""]);
    for need in needs {
        table.row([id(need), need.unit.unwrap_or_default().to_owned(), meaning(need)]);
    }
    part(&table, "  Attributes of a request", needs.is_empty(), style)
}

fn hooks(needs: &[NeedDoc<'_>], style: Style) -> Vec<String> {
    let mut table = Table::new(2, ["  Hooks", ""]);
    for need in needs {
        table.row([id(need), meaning(need)]);
    }
    part(&table, "  Hooks", needs.is_empty(), style)
}

fn id(need: &NeedDoc<'_>) -> String {
    format!("    {}", plain(need.id))
}

/// What it is; that the policy cannot work without it is the rule.
fn meaning(need: &NeedDoc<'_>) -> String {
    let doc = need.doc.unwrap_or("this host does not have it");
    if need.required { doc.to_owned() } else { format!("(optional) {doc}") }
}

/// A table after an empty line, or nothing.
fn part(table: &Table, title: &str, is_empty: bool, style: Style) -> Vec<String> {
    if is_empty {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    lines.extend(table.titled_lines_within(title, style));
    lines
}
