//! Tables for people.

use std::io::{self, Write};

use crate::calibrate::{Estimate, Fit, HeldOut};
use crate::report::number::{percent, short};
use crate::report::{Style, Table, plain};
use crate::validate::Figure;

/// Figures that a prediction is judged by.
const FIGURES: [&str; 6] = ["ttft_mean", "ttft_p50", "ttft_p99", "tpot_mean", "e2e_mean", "e2e_p99"];

/// Writes the parameters with what is known of them.
///
/// # Errors
///
/// Those of `out`.
pub fn terminal(fit: &Fit, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let mut table = Table::new(1, ["parameter", "value", "95 % from", "to", ""]);
    for estimate in &fit.estimates {
        table.row([
            estimate.name.to_owned(),
            precise(estimate.value),
            precise(estimate.interval[0]),
            precise(estimate.interval[1]),
            remark(estimate),
        ]);
    }
    table.titled_lines("parameter", style).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)?;
    writeln!(
        out,
        "{} replays of all runs; the figures are off by {} of what was expected of a good model{}",
        fit.replays,
        percent(fit.deviation),
        if fit.converged { "" } else { "; the search was ended by its budget" }
    )
}

fn remark(estimate: &Estimate) -> String {
    if !estimate.is_identified {
        return "not identified: the data say next to nothing".to_owned();
    }
    let with = |(name, correlation): &(&str, f64)| format!("{name} ({correlation:+.2})");
    match &estimate.together[..] {
        [] => String::new(),
        others => format!("only together with {}", others.iter().map(with).collect::<Vec<_>>().join(", ")),
    }
}

fn precise(value: f64) -> String {
    if value.abs() < 0.1 { format!("{value:.3e}") } else { short(value) }
}

/// Writes how each run is predicted from the others.
///
/// # Errors
///
/// Those of `out`.
pub fn held_out(all: &[HeldOut], out: &mut dyn Write, style: Style) -> io::Result<()> {
    let title = "predicted from the other runs";
    let mut table = Table::new(1, std::iter::once(title).chain(FIGURES));
    let mut errors: Vec<Vec<f64>> = vec![Vec::new(); FIGURES.len()];
    for one in all {
        let mut row = vec![plain(&one.validation.name).into_owned()];
        for (name, errors) in FIGURES.iter().zip(&mut errors) {
            let figure = name.parse::<Figure>().ok();
            let found = one.validation.figures.iter().find(|compared| Some(compared.figure) == figure);
            errors.extend(found.map(|compared| compared.error().abs()));
            row.push(found.map_or("-".to_owned(), |compared| format!("{:+.1} %", 100.0 * compared.error())));
        }
        table.row(row);
    }
    let median = |errors: &mut Vec<f64>| {
        errors.sort_unstable_by(f64::total_cmp);
        if errors.is_empty() {
            return "-".to_owned();
        }
        percent(crate::metrics::percentile(errors.len() as u64, 50.0, |at| errors[at as usize]))
    };
    table.row(std::iter::once("median of absolute errors".to_owned()).chain(errors.iter_mut().map(median)));
    table.titled_lines(title, style).iter().try_for_each(|line| writeln!(out, "{line}"))
}
