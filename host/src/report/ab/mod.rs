//! The answer of `pointsman ab`, for people and programs.

mod one_cluster;
mod shadow;

use std::io::{self, Write};

use serde::Serialize;

pub use shadow::write_shadow;

use super::effect::{bounds, signed, value};
use super::number::percent;
use super::{Style, Table, plain, wrap};
use crate::experiment::ab::{Answer, GuardrailState, Row, Side, Verdict};

/// Writes an answer, whatever the mode, as JSON, ending in a line feed.
///
/// # Errors
///
/// What the writer says.
pub fn write_json(answer: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, answer)?;
    out.write_all(b"\n")
}

/// Writes the answer for a person.
///
/// # Errors
///
/// What the writer says.
pub fn write(answer: &Answer, style: Style, mut out: impl Write) -> io::Result<()> {
    sides(answer, style, &mut out)?;
    writeln!(out)?;
    rows(answer, style, &mut out)?;
    guardrails(answer, style, &mut out)?;
    writeln!(out)?;
    if let Some(one) = &answer.one_cluster {
        one_cluster::write(one, &answer.mode, style, &mut out)?;
        writeln!(out)?;
    }
    verdict(answer, style, &mut out)?;
    for note in &answer.notes {
        for line in wrap("note: ", &plain(note), style.width, 6) {
            // Colour after breaking: its codes have no width.
            writeln!(
                out,
                "{}",
                line.replacen("note:", &style.alert("note:"), usize::from(!line.starts_with(' ')))
            )?;
        }
    }
    Ok(())
}

fn sides(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    side("A", "", (&answer.a, &answer.b), style, out)?;
    side("B", "", (&answer.b, &answer.a), style, out)
}

/// One side, what it does if there is something to say of it, and the libraries that the other has not.
fn side(
    name: &str,
    does: &str,
    (one, other): (&Side, &Side),
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let does = if does.is_empty() { String::new() } else { style.faint(format!(" ({does})")) };
    writeln!(out, "{}  {}{does}", style.title(name), plain(&one.composition))?;
    // Libraries that both have say nothing about the difference.
    for (path, sha256) in one.libraries.iter().filter(|library| !has(other, library)) {
        let short = sha256.get(..12).unwrap_or(sha256);
        writeln!(out, "   {} {}", plain(path), style.faint(format!("sha256 {short}")))?;
    }
    Ok(())
}

fn has(side: &Side, library: &(String, String)) -> bool {
    side.libraries.iter().any(|(_, sha256)| *sha256 == library.1)
}

fn rows(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mut table =
        Table::new(1, ["metric", "A", "B", "difference", "95 % interval", "verdict", "pairing saved"]);
    for row in &answer.rows {
        table.row([
            if row.decides { row.metric.clone() } else { format!("  {}", row.metric) },
            value(row.a, &row.unit),
            value(row.b, &row.unit),
            row.effect
                .relative
                .map_or_else(|| value(row.effect.absolute.estimate, &row.unit), |one| signed(one.estimate)),
            row.effect.relative.as_ref().map_or_else(String::new, bounds),
            row.verdict.name().to_owned(),
            row.variance_saved.map_or_else(String::new, percent),
        ]);
    }
    let mut lines = table.lines().into_iter();
    if let Some(heads) = lines.next() {
        writeln!(out, "{}", style.faint(heads))?;
    }
    for (line, row) in lines.zip(&answer.rows) {
        let name = row.verdict.name();
        // The last occurrence: a metric may be called anything.
        match line.rfind(name) {
            Some(at) => {
                writeln!(out, "{}{}{}", &line[..at], coloured(row, style), &line[at + name.len()..])?;
            }
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

fn coloured(row: &Row, style: Style) -> String {
    paint(row.verdict, row.verdict.name(), style)
}

fn paint(verdict: Verdict, text: &str, style: Style) -> String {
    match verdict {
        Verdict::Better | Verdict::Identical | Verdict::Equivalent => style.right(text),
        Verdict::Worse | Verdict::GuardrailBroken => style.wrong(text),
        Verdict::Undecided | Verdict::Different => style.alert(text),
    }
}

fn guardrails(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    for one in &answer.guardrails {
        let state = match one.state {
            GuardrailState::Holds => style.right("holds"),
            GuardrailState::Broken => style.wrong("broken"),
            GuardrailState::Undecided => style.alert("undecided"),
        };
        let found = one.relative.as_ref().map_or_else(
            || "it has no value".to_owned(),
            |relative| format!("{} {}", signed(relative.estimate), bounds(relative)),
        );
        writeln!(out, "guardrail {}: {state}, {found}", plain(&one.text))?;
    }
    Ok(())
}

fn verdict(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    let name = answer.verdict.name();
    writeln!(
        out,
        "{} {}: {}",
        style.title("B is"),
        paint(answer.verdict, name, style),
        plain(&answer.because)
    )?;
    let looks = answer.looks.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let seeds = answer.seeds.len();
    let line = format!(
        "{seeds} seeds ({}); looks planned after {looks}; smallest effect of interest {}",
        answer.stopped,
        percent(answer.min_effect)
    );
    writeln!(out, "{}", style.faint(line))
}
