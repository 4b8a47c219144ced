//! Two metrics of all points that the search looked at closely, as characters.

use crate::experiment::results::MetricInfo;
use crate::experiment::tune::{Answer, PointRow};

/// Characters of the field.
const WIDTH: usize = 56;
const HEIGHT: usize = 13;

/// The chart, line by line; `None` where there is nothing to see: one metric, or no spread.
pub(super) fn chart(answer: &Answer) -> Option<Vec<String>> {
    let [first, second, ..] = &answer.metrics[..] else { return None };
    // Points that left after the first rung would only squeeze the others.
    let last = answer.rungs.len();
    let seen = answer.points.iter().filter(|point| point.rung >= 2.min(last));
    let place = |point: &PointRow| match &point.estimates[..] {
        [x, y, ..] => Some((x.relative?, y.relative?)),
        _ => None,
    };
    let dots: Vec<(f64, f64)> = seen.filter_map(place).collect();
    let number = |point: &PointRow| {
        let at = answer.front.iter().position(|one| one.point == point.point)?;
        Some((at + 1, place(point)?))
    };
    let numbered: Vec<(usize, (f64, f64))> = answer.points.iter().filter_map(number).collect();
    let all: Vec<(f64, f64)> = dots.iter().copied().chain([(0.0, 0.0)]).collect();
    let span = |of: fn(&(f64, f64)) -> f64| {
        let values = all.iter().map(of);
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (x, y) = (span(|one| one.0), span(|one| one.1));
    if !(x.1 > x.0 && y.1 > y.0) || dots.len() < 3 {
        return None;
    }
    let mut field = vec![vec![' '; WIDTH]; HEIGHT];
    let share = |value: f64, (low, high): (f64, f64), cells: usize| {
        (((value - low) / (high - low)) * (cells - 1) as f64).round() as usize
    };
    let mut put = |(at_x, at_y): (f64, f64), mark: char| {
        let (column, row) = (share(at_x, x, WIDTH), share(at_y, y, HEIGHT));
        field[HEIGHT - 1 - row.min(HEIGHT - 1)][column.min(WIDTH - 1)] = mark;
    };
    dots.iter().for_each(|&dot| put(dot, '·'));
    put((0.0, 0.0), 'B');
    for (number, dot) in numbered {
        put(dot, char::from_digit(number as u32, 36).unwrap_or('#'));
    }
    let percent = |share: f64| format!("{:+.1} %", 100.0 * share);
    let (top, bottom) = (percent(y.1), percent(y.0));
    let margin = top.len().max(bottom.len()).max(8);
    let axis = |metric: &MetricInfo| format!("{} ({} is better)", metric.metric, metric.better);
    let mut lines = vec![
        format!("up: {}, to the right: {}", axis(second), axis(first)),
        "B is the baseline, numbers are the points above, relative differences on the seeds of the search"
            .to_owned(),
    ];
    for (index, row) in field.into_iter().enumerate() {
        let label = match index {
            0 => top.as_str(),
            at if at == HEIGHT - 1 => bottom.as_str(),
            _ => "",
        };
        let row: String = row.into_iter().collect();
        lines.push(format!("{label:>margin$} │{}", row.trim_end()));
    }
    let (left, right) = (percent(x.0), percent(x.1));
    lines.push(format!("{:>margin$} └{}", "", "─".repeat(WIDTH)));
    lines.push(format!("{:>margin$}  {left}{right:>gap$}", "", gap = WIDTH - left.len()));
    Some(lines)
}
