//! What is known of a test on one cluster, for a person.

use std::io::{self, Write};

use crate::experiment::ab::OneCluster;
use crate::report::effect::{bounds, signed};
use crate::report::number::{percent, plural};
use crate::report::{Style, Table};

/// Writes it.
pub(super) fn write(one: &OneCluster, mode: &str, style: Style, out: &mut impl Write) -> io::Result<()> {
    // In turns, both have their say in a session.
    let (counts, what) = match one.window_pairs {
        None => (one.ratio.units, "session"),
        Some(_) => (one.ratio.requests, "request"),
    };
    let mut line =
        format!("{mode}: A decided about {}, B about {}", plural(counts[0], what), plural(counts[1], what));
    if let (Some(planned), Some(p)) = (one.ratio.planned, one.ratio.p_value) {
        line += &format!(
            " ({}, planned {}; p = {p:.3}: {})",
            percent(one.ratio.share()),
            percent(planned),
            if one.ratio.is_mismatch() { "a mismatch" } else { "no mismatch" }
        );
    }
    writeln!(out, "{}", style.faint(line))?;
    if let Some(pairs) = one.window_pairs {
        let (pairs, left_out) = (plural(pairs, "pair"), plural(one.left_out, "request"));
        let line = format!("{pairs} of windows, {left_out} left out (burn-in, windows that are not whole)");
        writeln!(out, "{}", style.faint(line))?;
    }
    writeln!(out)?;
    let mut table = Table::new(
        1,
        ["with a whole cluster each", "difference", "95 % interval", "verdict", "so the test is off by"],
    );
    for row in &one.whole {
        let off = match (&row.bias, row.is_biased) {
            (Some(bias), true) => format!("{}, {}", signed(bias.estimate), bounds(bias)),
            (Some(_), false) => "nothing that shows".to_owned(),
            (None, _) => "unknown".to_owned(),
        };
        table.row([
            row.metric.clone(),
            row.relative.map_or_else(String::new, |one| signed(one.estimate)),
            row.relative.as_ref().map_or_else(String::new, bounds),
            row.verdict.name().to_owned(),
            off,
        ]);
    }
    for (index, line) in table.lines().into_iter().enumerate() {
        let is_off = index.checked_sub(1).and_then(|row| one.whole.get(row)).is_some_and(|row| row.is_biased);
        let line = match (index, is_off) {
            (0, _) => style.faint(line),
            (_, true) => style.alert(line),
            (_, false) => line,
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}
