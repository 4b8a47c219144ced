//! The answer for a person: the baseline, the front, what holds on held-out seeds.

use std::io::{self, Write};

use super::super::effect::{bounds, signed, value};
use super::super::number::{count, percent, plural};
use super::super::style::name;
use super::super::{Style, Table, plain, wrap};
use super::chart::chart;
use crate::experiment::ab::{GuardrailState, Verdict};
use crate::experiment::tune::{Answer, FrontPoint, FrontRow, Standing};

/// Writes the answer.
///
/// # Errors
///
/// What the writer says.
pub fn write(answer: &Answer, style: Style, mut out: impl Write) -> io::Result<()> {
    head(answer, style, &mut out)?;
    writeln!(out)?;
    table(answer, style, &mut out)?;
    if let Some(lines) = chart(answer) {
        writeln!(out, "\n{}", style.title("What the search saw"))?;
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    writeln!(out)?;
    for (index, point) in answer.front.iter().enumerate() {
        one(index + 1, point, answer, style, &mut out)?;
    }
    if let Some(text) = curse(answer) {
        writeln!(out)?;
        wrap("", &text, style.width, 0).iter().try_for_each(|line| writeln!(out, "{}", style.faint(line)))?;
    }
    for note in &answer.notes {
        for line in wrap("note: ", &plain(note), style.width, 6) {
            // Colour after breaking: its codes have no width.
            let is_first = usize::from(!line.starts_with(' '));
            writeln!(out, "{}", line.replacen("note:", &style.alert("note:"), is_first))?;
        }
    }
    Ok(())
}

fn head(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    let space = &answer.space;
    let mut points = format!("{} combinations", grouped(&space.combinations));
    let left_out: Vec<String> = [
        space.equal.filter(|equal| *equal > 0).map(|equal| format!("{} choose as others do", count(equal))),
        space.without_scorers.filter(|none| *none > 0).map(|none| format!("{} without scorers", count(none))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !left_out.is_empty() {
        points += &format!(" ({})", left_out.join(", "));
    }
    let tried = plural(space.points as u64, "point");
    points += &format!("; {tried}{}", if space.is_sampled { " drawn at random" } else { "" });
    let rungs = answer.rungs.iter().map(|rung| format!("{} x {} seeds", rung.points, rung.seeds));
    let runs: u64 = answer.rungs.iter().map(|rung| rung.runs).sum();
    let held_out = (answer.front.len() as u64 + 1) * answer.held_out_seeds.len() as u64;
    let parts = [
        ("Baseline", plain(&answer.baseline.composition).into_owned()),
        ("Space", format!("{}: {points}", plain(&space.texts.join(" ")))),
        ("Search", format!("{}: {}", rungs.collect::<Vec<_>>().join(", "), plural(runs, "run"))),
        (
            "Claims",
            format!(
                "on {} seeds that the search did not see: {}; smallest effect of interest {}",
                answer.held_out_seeds.len(),
                plural(held_out, "run"),
                percent(answer.min_effect)
            ),
        ),
    ];
    for (title, text) in parts {
        for line in wrap(&format!("{title:<10}"), &text, style.width, 10) {
            let is_first = usize::from(line.starts_with(title));
            writeln!(out, "{}", line.replacen(title, &style.title(title), is_first))?;
        }
    }
    Ok(())
}

fn grouped(number: &str) -> String {
    number.parse().map_or_else(|_| number.to_owned(), count)
}

fn table(answer: &Answer, style: Style, out: &mut impl Write) -> io::Result<()> {
    let heads = ["point", "metric", "baseline", "point is", "search", "held out", "95 % interval", "verdict"];
    let mut table = Table::new(2, heads);
    let mut rows: Vec<&FrontRow> = Vec::new();
    for (index, point) in answer.front.iter().enumerate() {
        for (place, row) in point.rows.iter().enumerate() {
            let held_out = &row.held_out;
            let relative = held_out.effect.relative;
            table.row([
                if place == 0 { format!("{}  {}", index + 1, name(&point.point)) } else { String::new() },
                held_out.metric.clone(),
                value(held_out.a, &held_out.unit),
                value(held_out.b, &held_out.unit),
                row.search.map_or_else(String::new, |one| signed(one.estimate)),
                relative.map_or_else(
                    || value(held_out.effect.absolute.estimate, &held_out.unit),
                    |one| signed(one.estimate),
                ),
                relative.as_ref().map_or_else(String::new, bounds),
                held_out.verdict.name().to_owned(),
            ]);
            rows.push(row);
        }
    }
    let mut lines = table.lines().into_iter();
    if let Some(heads) = lines.next() {
        writeln!(out, "{}", style.faint(heads))?;
    }
    for (line, row) in lines.zip(rows) {
        let verdict = row.held_out.verdict;
        match line.strip_suffix(verdict.name()) {
            Some(start) => writeln!(out, "{start}{}", paint(verdict, style))?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

fn paint(verdict: Verdict, style: Style) -> String {
    let text = verdict.name();
    match verdict {
        Verdict::Better | Verdict::Identical | Verdict::Equivalent => style.right(text),
        Verdict::Worse | Verdict::GuardrailBroken => style.wrong(text),
        Verdict::Undecided | Verdict::Different => style.alert(text),
    }
}

/// What became of a point, and how to run it.
fn one(
    number: usize,
    point: &FrontPoint,
    answer: &Answer,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let text = point.standing.name();
    let standing = match point.standing {
        Standing::Better | Standing::Identical | Standing::Equivalent => style.right(text),
        Standing::Worse | Standing::GuardrailBroken | Standing::Failed => style.wrong(text),
        Standing::TradeOff | Standing::Undecided => style.alert(text),
    };
    let point_name = plain(&point.point);
    writeln!(out, "{number}  {}: {standing}", style.title(point_name))?;
    let mut lines = Vec::new();
    if !point.dominated_by.is_empty() {
        let names: Vec<String> = point.dominated_by.iter().map(|other| numbered(other, answer)).collect();
        lines.push(format!("dominated on held-out seeds by {}", names.join(", ")));
    }
    for guardrail in &point.guardrails {
        let state = match guardrail.state {
            GuardrailState::Holds => "holds",
            GuardrailState::Broken => "broken",
            GuardrailState::Undecided => "undecided",
        };
        let found = guardrail.relative.as_ref().map_or_else(
            || "it has no value".to_owned(),
            |relative| format!("{} {}", signed(relative.estimate), bounds(relative)),
        );
        lines.push(format!("guardrail {}: {state}, {found}", plain(&guardrail.text)));
    }
    if !point.same.is_empty() {
        /// Names that are listed.
        const SHOWN: usize = 4;
        let shown = point.same.iter().take(SHOWN).map(|other| plain(other).into_owned());
        let more = point.same.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!(
            "the same in every run of the search: {}{more}",
            shown.collect::<Vec<_>>().join("; ")
        ));
    }
    for line in lines {
        wrap("   ", &line, style.width, 5).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    let command = match &point.file {
        Some(file) => format!("pointsman run {}", quoted(file)),
        None => {
            let words: Vec<String> = point.arguments.iter().map(|word| quoted(word)).collect();
            format!("pointsman run {} {}", quoted(&answer.config), words.join(" "))
        }
    };
    writeln!(out, "   {}", style.faint(command))
}

/// The number of a point of the front.
fn numbered(other: &str, answer: &Answer) -> String {
    let at = answer.front.iter().position(|point| point.point == other);
    at.map_or_else(|| other.to_owned(), |at| (at + 1).to_string())
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// How much the search's own estimates flattered the points that it chose.
fn curse(answer: &Answer) -> Option<String> {
    let mean = |metric: usize, of: &dyn Fn(&FrontRow) -> Option<f64>| {
        let values: Option<Vec<f64>> =
            answer.front.iter().filter_map(|point| point.rows.get(metric)).map(of).collect();
        let values = values.filter(|values| !values.is_empty())?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    };
    let found = answer.metrics.iter().enumerate().filter_map(|(index, metric)| {
        let search = mean(index, &|row| Some(row.search?.estimate))?;
        let held_out = mean(index, &|row| Some(row.held_out.effect.relative?.estimate))?;
        Some(format!("{} {} there, {} on held-out seeds", metric.metric, signed(search), signed(held_out)))
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        return None;
    }
    Some(format!(
        "The search chose these points for what it saw, so what it saw flatters them: only the columns from \
         `held out` on are claims. On average: {}.",
        found.join("; ")
    ))
}
