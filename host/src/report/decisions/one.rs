//! One decision: candidates as rows, scorers as columns.

use super::super::number::{count, decimal};
use super::super::style::name;
use super::super::{Style, Table};
use crate::metrics::{LoggedDecision, SignalValues};

/// The decision in full.
#[must_use]
pub fn lines(decision: &LoggedDecision, style: Style) -> Vec<String> {
    let session = match decision.session.as_str() {
        "" => String::new(),
        session => format!(", session {} round {}", name(session), decision.round),
    };
    let title = format!("Request {}", decision.id);
    let mut lines = vec![
        format!(
            "{} ({}{session}, {} prompt tokens), routed at {} ms",
            style.title(&title),
            name(&decision.class),
            count(decision.prompt_tokens),
            decimal(decision.now_us as f64 / 1e3, 3),
        ),
        String::new(),
    ];
    lines.extend(scores(decision, style));
    if !decision.signals.is_empty() {
        lines.push(String::new());
        lines.extend(signals(decision, style));
    }
    lines.push(String::new());
    lines.extend(verdict(decision));
    lines
}

/// The candidates with a mark at the one that was chosen.
fn candidate(decision: &LoggedDecision, instance: u64) -> String {
    format!("{} instance {instance}", if instance == decision.chosen { "*" } else { " " })
}

fn scores(decision: &LoggedDecision, style: Style) -> Vec<String> {
    let names = decision.scorers.iter().map(|scorer| name(&scorer.name).into_owned());
    let heads = ["Scores x weights".to_owned()].into_iter().chain(names).chain(["total".to_owned()]);
    let mut table = Table::new(1, heads);
    for (row, &instance) in decision.candidates.iter().enumerate() {
        let scorers = decision.scorers.iter().map(|scorer| match &scorer.scores {
            Some(scores) => format!("{:.4} x {:.3}", scores[row], scorer.weight),
            None => "no answer".to_owned(),
        });
        let total = decision.totals.get(row).map_or_else(|| "-".to_owned(), |total| format!("{total:.4}"));
        table.row([candidate(decision, instance)].into_iter().chain(scorers).chain([total]));
    }
    table.titled_lines("Scores x weights", style)
}

fn signals(decision: &LoggedDecision, style: Style) -> Vec<String> {
    let mut table = Table::new(1, ["Signals".to_owned()].into_iter().chain(decision.signals.keys().cloned()));
    for (row, &instance) in decision.candidates.iter().enumerate() {
        let values = decision.signals.values().map(|values| match values {
            SignalValues::Numbers(values) => count(values[row]),
            SignalValues::Ratios(values) => format!("{:.4}", values[row]),
        });
        table.row([candidate(decision, instance)].into_iter().chain(values));
    }
    table.titled_lines("Signals", style)
}

fn verdict(decision: &LoggedDecision) -> Vec<String> {
    let flips = decision.flips.iter().filter_map(|&at| decision.scorers.get(at));
    let flips = flips.map(|scorer| name(&scorer.name).into_owned()).collect::<Vec<_>>().join(", ");
    let without = match (decision.scorers.is_empty(), flips.as_str()) {
        (true, _) => "the picker asked for no scores".to_owned(),
        (false, "") => "the same choice without any one of the scorers".to_owned(),
        (false, flips) => format!("another choice without {flips}"),
    };
    let margin = decision.margin.map(|margin| format!(", margin {margin:.4}")).unwrap_or_default();
    let regret = match decision.regret_ms {
        Some(ms) => format!("regret in hindsight {} ms (an estimate)", decimal(ms, 3)),
        None => "regret in hindsight not known".to_owned(),
    };
    vec![format!("chosen: instance {}{margin}", decision.chosen), without, regret]
}
