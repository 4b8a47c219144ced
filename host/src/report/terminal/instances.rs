//! What each instance did.

use super::super::number::{count, decimal, percent};
use super::super::{Style, Table};
use super::config_value;
use crate::metrics::InstanceSummary;
use crate::run::Outcome;

/// More instances than this are summed up; the summary file has them all.
const MOST_ROWS: usize = 16;

/// A column: its head, its figure, and how that is written.
struct Column {
    head: &'static str,
    figure: fn(&InstanceSummary) -> f64,
    written: fn(f64) -> String,
}

fn whole(number: f64) -> String {
    decimal(number, 0)
}

const ALWAYS: [Column; 6] = [
    Column { head: "routed", figure: |i| i.routed as f64, written: whole },
    Column { head: "busy", figure: |i| i.busy, written: percent },
    Column { head: "hit rate", figure: |i| i.hit_rate, written: percent },
    Column { head: "KV mean", figure: |i| i.kv_utilization_mean, written: percent },
    Column { head: "KV peak", figure: |i| i.kv_utilization_peak, written: percent },
    Column { head: "preemptions", figure: |i| i.preemptions as f64, written: whole },
];
const WITH_CPU_TIER: [Column; 2] = [
    Column { head: "offloaded", figure: |i| i.offloaded_blocks as f64, written: whole },
    Column { head: "reloaded", figure: |i| i.reloaded_blocks as f64, written: whole },
];

pub(super) fn lines(outcome: &Outcome, style: Style) -> Vec<String> {
    let instances = &outcome.summary.instances;
    let has_cpu_tier = config_value(outcome, &["cluster", "kv", "cpu_blocks"]).as_u64() != Some(0);
    let columns: Vec<&Column> = ALWAYS.iter().chain(WITH_CPU_TIER.iter().filter(|_| has_cpu_tier)).collect();
    let mut table = Table::new(1, std::iter::once("Instances").chain(columns.iter().map(|c| c.head)));
    let mut row = |name: String, cell: &dyn Fn(&Column) -> String| {
        table.row(std::iter::once(format!("  {name}")).chain(columns.iter().map(|column| cell(column))));
    };
    if instances.len() <= MOST_ROWS {
        for (index, instance) in instances.iter().enumerate() {
            row(index.to_string(), &|column| (column.written)((column.figure)(instance)));
        }
    } else {
        let figures = |column: &Column| instances.iter().map(column.figure).collect::<Vec<_>>();
        row("lowest".to_owned(), &|column| {
            (column.written)(figures(column).into_iter().fold(f64::INFINITY, f64::min))
        });
        row("mean".to_owned(), &|column| {
            (column.written)(figures(column).iter().sum::<f64>() / instances.len() as f64)
        });
        row("highest".to_owned(), &|column| {
            (column.written)(figures(column).into_iter().fold(0.0, f64::max))
        });
    }
    let mut lines = table.titled_lines("Instances", style);
    if instances.len() > MOST_ROWS {
        let number = count(instances.len() as u64);
        lines.push(style.faint(format!("  over {number} instances; --summary FILE has each")));
    }
    lines
}
