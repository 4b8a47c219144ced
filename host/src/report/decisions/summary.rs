//! Which scorer decided: what many decisions come to.

use std::io::{self, Write};

use serde::Serialize;

use super::super::number::{count, decimal, percent};
use super::super::style::name;
use super::super::{Style, Table};
use super::Header;
use crate::metrics::{Attributed, Attribution};
use crate::policy::ProbeCounts;

/// More classes than this are not shown one by one.
const MOST_CLASSES: usize = 12;

/// The parts of scorers by class, then the signals, if they were probed.
#[must_use]
pub fn lines(attribution: &Attribution, probes: &[ProbeCounts], style: Style) -> Vec<String> {
    let mut lines = parts(attribution, style);
    lines.extend(remarks(&attribution.all));
    if !probes.is_empty() {
        lines.push(String::new());
        lines.extend(signals(probes, style));
    }
    lines
}

fn parts(attribution: &Attribution, style: Style) -> Vec<String> {
    let title = "Which scorer decided";
    let all = &attribution.all;
    if all.decisions == 0 {
        return vec![format!("{}: none, the picker asks for no scores", style.title(title))];
    }
    let mut table = Table::new(2, [title, "scorer", "flips", "of decisions", "no say", "of regret"]);
    let classes = attribution.classes.iter().map(|(class, part)| (name(class).into_owned(), part));
    let shown = (2..=MOST_CLASSES).contains(&attribution.classes.len());
    for (class, part) in classes.filter(|_| shown).chain([("all".to_owned(), all)]) {
        for (index, scorer) in part.scorers.iter().enumerate() {
            let first = if index == 0 { format!("  {class}") } else { String::new() };
            table.row([
                first,
                name(&scorer.name).into_owned(),
                count(scorer.flips),
                percent(scorer.flip_share),
                percent(scorer.no_say as f64 / part.decisions.max(1) as f64),
                scorer.regret_share.map_or_else(|| "-".to_owned(), percent),
            ]);
        }
    }
    table.titled_lines(title, style)
}

/// What the shares are out of.
fn remarks(all: &Attributed) -> Vec<String> {
    if all.decisions == 0 {
        return Vec::new();
    }
    let share = |part: u64| percent(part as f64 / all.decisions as f64);
    let mut lines = vec![format!(
        "  {} decisions: {} the same without any one scorer, {} with a tie, {} not for a best total",
        count(all.decisions),
        share(all.unflipped),
        share(all.ties),
        share(all.not_best)
    )];
    if let Some(margin) = &all.margin {
        lines.push(format!("  margin: mean {:.4}, median {:.4}", margin.mean, margin.p50));
    }
    if all.judged > 0 {
        lines.push(format!(
            "  regret in hindsight, an estimate: mean {} ms of queueing over {} decisions",
            decimal(all.regret_ms / all.judged as f64, 3),
            count(all.judged)
        ));
    }
    lines
}

fn signals(probes: &[ProbeCounts], style: Style) -> Vec<String> {
    let title = "Which signal mattered";
    let heads = [title, "signal", "decisions", "above 0", "differed", "changed scores", "changed choice"];
    let mut table = Table::new(2, heads);
    let mut last = None;
    for probe in probes {
        let is_first = last.replace(probe.index) != Some(probe.index);
        let share = |part: u64| percent(part as f64 / probe.all.decisions.max(1) as f64);
        table.row([
            if is_first { format!("  {}", name(&probe.scorer)) } else { String::new() },
            probe.signal.clone(),
            count(probe.all.decisions),
            share(probe.all.nonzero),
            share(probe.all.differing),
            share(probe.all.scores_changed),
            share(probe.all.choice_changed),
        ]);
    }
    table.titled_lines(title, style)
}

/// The same for programs.
///
/// # Errors
///
/// What the writer says.
pub fn write_json(header: &Header, attribution: &Attribution, mut out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        header: &'a Header,
        attribution: &'a Attribution,
    }
    serde_json::to_writer_pretty(&mut out, &Document { header, attribution })?;
    writeln!(out)?;
    out.flush()
}
