//! Tables for people.

use std::io::{self, Write};

use crate::report::number::{count, percent, plural, short};
use crate::report::{Style, Table, plain};
use crate::validate::{Metric, Thresholds, Validation};

/// Bins of the course that are shown.
const SHOWN_BINS: usize = 6;

/// Writes what all validations say.
///
/// # Errors
///
/// Those of `out`.
pub fn terminal(
    all: &[Validation],
    thresholds: &Thresholds,
    out: &mut dyn Write,
    style: Style,
) -> io::Result<()> {
    for validation in all {
        one(validation, thresholds, out, style)?;
        writeln!(out)?;
    }
    if all.len() > 1 {
        medians(all, out, style)?;
    }
    Ok(())
}

fn one(
    validation: &Validation,
    thresholds: &Thresholds,
    out: &mut dyn Write,
    style: Style,
) -> io::Result<()> {
    let name = plain(&validation.name);
    writeln!(out, "{}  {}", style.title(name), counted(validation))?;
    let mut table = Table::new(1, ["figure", "measured", "simulated", "error", "allowed"]);
    for compared in &validation.figures {
        let unit = if compared.figure.metric == Metric::Throughput { "tokens/s" } else { "ms" };
        let allowed = thresholds.0.iter().find(|threshold| threshold.figure == compared.figure);
        table.row([
            format!("{} [{unit}]", compared.figure),
            short(compared.measured),
            short(compared.simulated),
            signed(compared.error()),
            allowed.map(|threshold| percent(threshold.most)).unwrap_or_default(),
        ]);
    }
    for line in table.lines() {
        writeln!(out, "  {line}")?;
    }
    course(validation, out, style)?;
    let verdict = if validation.holds() { style.right("holds") } else { style.wrong("does not hold") };
    write!(out, "  verdict: {verdict}")?;
    let failing: Vec<String> = validation
        .failing
        .iter()
        .map(|one| {
            format!(
                "{} is off by {}, {} is allowed",
                one.compared.figure,
                signed(one.compared.error()),
                percent(one.most)
            )
        })
        .collect();
    if !failing.is_empty() {
        write!(out, ": {}", failing.join("; "))?;
    }
    writeln!(out)
}

fn counted(validation: &Validation) -> String {
    let mut parts = vec![plural(validation.compared as u64, "request") + " compared"];
    if validation.warming > 0 {
        parts.push(format!("{} warmed the server up", count(validation.warming as u64)));
    }
    if validation.failed > 0 {
        parts.push(format!("{} failed when measured", count(validation.failed as u64)));
    }
    if validation.uncompleted > 0 {
        parts.push(format!("{} not completed by the simulation", count(validation.uncompleted as u64)));
    }
    let replayed = &validation.replayed;
    parts.push(format!("hit rate {}", percent(replayed.hit_rate)));
    if replayed.preemptions > 0 {
        parts.push(plural(replayed.preemptions, "preemption"));
    }
    parts.join(", ")
}

/// Requests in flight over time, a few bins together.
fn course(validation: &Validation, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let bins = &validation.course.bins;
    let width = (bins.len() / SHOWN_BINS).max(1);
    let mut table = Table::new(
        1,
        ["over time, from", "in flight: measured", "simulated", "TTFT [ms]: measured", "simulated"],
    );
    for part in bins.chunks(width) {
        let mean = |side: usize| part.iter().map(|bin| bin.in_flight[side]).sum::<f64>() / part.len() as f64;
        let seen: Vec<[f64; 2]> = part.iter().filter_map(|bin| bin.ttft_ms).collect();
        let ttft = |side: usize| {
            let mean = seen.iter().map(|pair| pair[side]).sum::<f64>() / seen.len().max(1) as f64;
            if seen.is_empty() { "-".to_owned() } else { short(mean) }
        };
        let from_s = part.first().map_or(0.0, |bin| bin.from_s);
        table.row([format!("{from_s:.0} s"), short(mean(0)), short(mean(1)), ttft(0), ttft(1)]);
    }
    for line in table.lines() {
        writeln!(out, "  {}", style.faint(line))?;
    }
    let [measured, simulated] = validation.course.growth;
    let grows = |growth: f64| if growth > 1.5 { "grows" } else { "does not grow" };
    writeln!(
        out,
        "  requests in flight differ by {} on average; from the middle to the end, what was measured {}, what is simulated {}",
        percent(validation.course.in_flight_error),
        grows(measured),
        grows(simulated)
    )
}

/// The median of the absolute errors over runs.
fn medians(all: &[Validation], out: &mut dyn Write, style: Style) -> io::Result<()> {
    let title = format!("absolute errors over {} runs", all.len());
    let mut table = Table::new(1, [title.as_str(), "median", "largest"]);
    for figure in crate::validate::Figure::all() {
        let of_figure = |validation: &Validation| {
            let compared = validation.figures.iter().find(|compared| compared.figure == figure)?;
            Some(compared.error().abs())
        };
        let mut errors: Vec<f64> = all.iter().filter_map(of_figure).collect();
        errors.sort_unstable_by(f64::total_cmp);
        if let Some(largest) = errors.last() {
            let median = crate::metrics::percentile(errors.len() as u64, 50.0, |at| errors[at as usize]);
            table.row([figure.to_string(), percent(median), percent(*largest)]);
        }
    }
    table.titled_lines(&title, style).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// An error with its sign.
fn signed(error: f64) -> String {
    format!("{:+.1} %", 100.0 * error)
}
