//! The latencies of completed requests: a block per metric, classes as rows.

use super::super::number::{decimal, decimals_for};
use super::super::{Style, Table};
use super::groups;
use crate::metrics::{Distribution, EXACT_REQUESTS, Latencies, Summary};

/// A metric: its title, and where it is found.
type Metric = (&'static str, fn(&Latencies) -> Option<Distribution>);

const METRICS: [Metric; 5] = [
    ("TTFT", |latencies| latencies.ttft_ms),
    ("ITL", |latencies| latencies.itl_ms),
    ("TPOT", |latencies| latencies.tpot_ms),
    ("E2E", |latencies| latencies.e2e_ms),
    ("queueing", |latencies| latencies.queueing_ms),
];
/// Columns of the longest title and of a usual figure: blocks then stand in line.
const LONGEST_TITLE: usize = "queueing".len();
const FIGURE_WIDTH: usize = "123,456".len();
/// Spaces between two blocks side by side.
const GAP: usize = 4;

pub(super) fn lines(summary: &Summary, style: Style) -> Vec<String> {
    if summary.overall.completed() == 0 {
        return Vec::new();
    }
    let blocks: Vec<Vec<String>> = METRICS.iter().map(|metric| block(summary, metric)).collect();
    // Blocks are equally wide, so that those of the next row stand below those of the first.
    let width = blocks.iter().map(|block| width(block)).max().unwrap_or(0);
    let in_a_row = ((style.width + GAP) / (width + GAP)).max(1);
    let mut unit = "[ms]".to_owned();
    if let Some(error) = summary.percentiles.relative_error {
        unit += &format!(", percentiles within {} %", decimal(error * 100.0, 2));
    } else if summary.overall.requests > EXACT_REQUESTS {
        unit += ", exact";
    }
    let mut lines = vec![format!("{} {}", style.title("Latency of completed requests"), style.faint(&unit))];
    for row in blocks.chunks(in_a_row) {
        lines.extend(beside(row, width, style));
    }
    lines
}

fn block(summary: &Summary, (title, of): &Metric) -> Vec<String> {
    let groups = groups(summary);
    let longest = groups.iter().map(|(class, _)| class.chars().count()).max().unwrap_or(0);
    let name_width = longest.max(LONGEST_TITLE);
    let head = |name: &str| format!("{name:>FIGURE_WIDTH$}");
    let mut table = Table::new(
        1,
        [format!("  {title:name_width$}"), head("mean"), head("p50"), head("p90"), head("p99")],
    );
    let rows: Vec<_> = groups.iter().map(|(class, group)| (class, of(&group.latencies))).collect();
    let figures = |d: Distribution| [d.mean, d.p50, d.p90, d.p99];
    // One number of decimals for a block, so that points stand below each other: enough for its
    // smallest figure, and no more than the largest deserves.
    let all = || rows.iter().filter_map(|(_, found)| *found).flat_map(figures);
    let smallest = all().filter(|&ms| ms > 0.0).fold(f64::INFINITY, f64::min);
    let largest = all().fold(0.0, f64::max);
    let enough = if smallest.is_finite() { decimals_for(smallest) } else { 0 };
    let decimals = enough.min(decimals_for(largest) + 1).min(2);
    for (class, found) in rows {
        let cells = match found {
            Some(found) => figures(found).map(|ms| decimal(ms, decimals)),
            None => std::array::from_fn(|_| "-".to_owned()),
        };
        table.row(std::iter::once(format!("  {class}")).chain(cells));
    }
    table.lines()
}

fn width(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Blocks of equally many lines, side by side; their heads are the first line.
fn beside(blocks: &[Vec<String>], width: usize, style: Style) -> Vec<String> {
    let gap = " ".repeat(GAP);
    let height = blocks.iter().map(Vec::len).max().unwrap_or(0);
    let line = |index: usize| {
        let cells = blocks.iter().map(|block| {
            let text = block.get(index).map_or("", String::as_str);
            let text = format!("{text:width$}");
            if index > 0 {
                return text;
            }
            // The metric stands out, `mean` and the like do not.
            match text.trim_start().split_once(' ') {
                Some((title, heads)) => format!("  {} {}", style.title(title), style.faint(heads)),
                None => text,
            }
        });
        cells.collect::<Vec<_>>().join(&gap).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}
