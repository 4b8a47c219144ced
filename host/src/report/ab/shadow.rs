//! How often B would have decided otherwise, for a person.

use std::io::{self, Write};

use super::side;
use crate::experiment::ab::ShadowAnswer;
use crate::report::effect::bounds;
use crate::report::number::{percent, short};
use crate::report::{Style, Table, plain, wrap};

/// Writes it for a person.
///
/// # Errors
///
/// What the writer says.
pub fn write_shadow(answer: &ShadowAnswer, style: Style, mut out: impl Write) -> io::Result<()> {
    side("A", "decides", (&answer.a, &answer.b), style, &mut out)?;
    side("B", "is asked too", (&answer.b, &answer.a), style, &mut out)?;
    writeln!(out)?;
    let mut table = Table::new(
        1,
        ["class", "decisions", "B differs", "95 % interval", "B's score gains", "A's score loses"],
    );
    let score = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    for row in &answer.rows {
        table.row([
            row.slo_class.clone().unwrap_or_else(|| "all".to_owned()),
            row.asked.decisions.to_string(),
            percent(row.differing.estimate),
            share_bounds(row),
            score(row.asked.gain_to_b),
            score(row.asked.loss_to_a),
        ]);
    }
    lines(table, style, &mut out)?;
    if !answer.examples.is_empty() {
        writeln!(out, "\n{}", style.title("where B sees most to gain"))?;
        let heads =
            ["seed", "request", "class", "at s", "A chose", "B would", "B's score gains", "A's score loses"];
        let mut table = Table::new(0, heads);
        for one in &answer.examples {
            let what = &one.disagreement;
            table.row([
                one.seed.to_string(),
                what.id.to_string(),
                plain(&what.slo_class).into_owned(),
                short(what.now_us as f64 / 1e6),
                what.a.to_string(),
                what.b.to_string(),
                score(what.gain_to_b()),
                score(what.loss_to_a()),
            ]);
        }
        lines(table, style, &mut out)?;
    }
    writeln!(out)?;
    let note = "of what would have come of it this says nothing: after its first own decision B would have met \
                another cluster than the one that A made";
    for line in wrap("note: ", note, style.width, 6) {
        writeln!(out, "{}", style.faint(line))?;
    }
    Ok(())
}

fn share_bounds(row: &crate::experiment::ab::ShadowRow) -> String {
    match (row.differing.low, row.differing.high) {
        (Some(low), Some(high)) => format!("{} to {}", percent(low), percent(high)),
        _ => bounds(&row.differing),
    }
}

fn lines(table: Table, style: Style, out: &mut impl Write) -> io::Result<()> {
    for (index, line) in table.lines().into_iter().enumerate() {
        writeln!(out, "{}", if index == 0 { style.faint(line) } else { line })?;
    }
    Ok(())
}
