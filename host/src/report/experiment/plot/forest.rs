//! Every expectation at a glance: its estimate and interval against where it is expected.

use std::io;

use super::super::lookup::unit_of;
use super::super::wording::{expected, figure, interval, verdict};
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::Ink;
use super::pen::{Align, Pen, Plot, Stroke, cut, plot};
use super::scale::Scale;
use crate::experiment::results::{Expectation, Interval, Results, Verdict};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 590.0;
const ROW: f64 = 40.0;
/// Above and below the rows of a panel: its title, its axis.
const ABOVE: f64 = 26.0;
const BELOW: f64 = 50.0;

/// Expectations that share an axis.
struct Panel<'a> {
    title: String,
    unit: &'a str,
    /// The value that means "no difference".
    neutral: f64,
    rows: Vec<(&'a str, &'a Expectation, &'a Interval)>,
}

/// The plot; `None` where nothing was estimated.
pub(super) fn forest(results: &Results) -> io::Result<Option<Plot>> {
    let panels = panels(results);
    if panels.is_empty() {
        return Ok(None);
    }
    let entries = [
        ("confirmed".to_owned(), Sample::Dot(Ink::Confirmed)),
        ("refuted (a cross)".to_owned(), Sample::Dot(Ink::Refuted)),
        ("inconclusive".to_owned(), Sample::Hollow),
        ("expected".to_owned(), Sample::Area(Ink::Expected, 0.2)),
        ("no difference".to_owned(), Sample::Rule(Ink::Faint, 4)),
    ];
    let legend = Legend::new(entries, WIDTH);
    let heights = panels.iter().map(|panel| ABOVE + ROW * panel.rows.len() as f64 + BELOW);
    let height = legend.height() + 10.0 + heights.sum::<f64>();
    let drawn = plot(
        "verdicts",
        "Estimates against what was expected",
        &described(&panels),
        (WIDTH, height),
        |pen| {
            legend.draw(pen, (0.0, 0.0))?;
            let mut top = legend.height() + 10.0;
            for panel in &panels {
                draw(pen, panel, top)?;
                top += ABOVE + ROW * panel.rows.len() as f64 + BELOW;
            }
            Ok(())
        },
    );
    drawn.map(Some)
}

fn panels(results: &Results) -> Vec<Panel<'_>> {
    let mut panels: Vec<Panel<'_>> = Vec::new();
    for hypothesis in &results.hypotheses {
        for expectation in &hypothesis.expectations {
            let Some(estimate) = &expectation.estimate else { continue };
            let unit = unit_of(results, expectation);
            let (what, neutral) = match expectation.scale.as_str() {
                "ratio" => ("ratio", 1.0),
                "difference" => ("difference", 0.0),
                other => (other, 0.0),
            };
            let shown = if unit == "share" { "%" } else { unit };
            let title = if unit.is_empty() { what.to_owned() } else { format!("{what} [{shown}]") };
            let row = (hypothesis.id.as_str(), expectation, estimate);
            match panels.iter_mut().find(|panel| panel.title == title) {
                Some(panel) => panel.rows.push(row),
                None => panels.push(Panel { title, unit, neutral, rows: vec![row] }),
            }
        }
    }
    panels
}

fn described(panels: &[Panel<'_>]) -> String {
    let rows = panels.iter().flat_map(|panel| panel.rows.iter().map(|row| (panel.unit, row)));
    let told = rows.map(|(unit, (id, expectation, estimate))| {
        let range = expected(expectation, unit);
        format!(
            "{id}: {} {}, expected {range}: {}",
            figure(estimate.estimate, unit),
            interval(estimate, unit),
            verdict(expectation.verdict)
        )
    });
    told.collect::<Vec<_>>().join("; ")
}

fn draw(pen: &Pen<'_>, panel: &Panel<'_>, top: f64) -> io::Result<()> {
    let bottom = top + ABOVE + ROW * panel.rows.len() as f64;
    let ends = panel.rows.iter().flat_map(|(_, expectation, estimate)| {
        [Some(estimate.estimate), estimate.low, estimate.high, expectation.from, expectation.to]
    });
    let values: Vec<f64> = ends.flatten().chain([panel.neutral]).collect();
    let x = if panel.neutral > 0.0 {
        Scale::log(values, (LEFT, RIGHT))
    } else {
        Scale::linear(values, (LEFT, RIGHT))
    };
    let y = Scale::linear([0.0, 1.0], (bottom, top));
    let frame = Frame { x, y, left: LEFT, right: RIGHT, top, bottom };
    pen.text((0.0, top + 8.0), &panel.title, Ink::Faint, Align::Left)?;
    for tick in x.ticks() {
        pen.path(&[(x.at(tick), top + ABOVE), (x.at(tick), bottom)], Stroke::new(Ink::Grid, 1.0))?;
    }
    let neutral = x.at(panel.neutral);
    for (index, row) in panel.rows.iter().enumerate() {
        draw_row(pen, panel, &frame, row, top + ABOVE + ROW * (index as f64 + 0.5))?;
    }
    pen.path(&[(neutral, top + ABOVE), (neutral, bottom)], Stroke::dashed(Ink::Faint, 1.2, 4))?;
    frame.below(pen, &Axis::of_unit("", panel.unit))
}

fn draw_row(
    pen: &Pen<'_>,
    panel: &Panel<'_>,
    frame: &Frame,
    (id, expectation, estimate): &(&str, &Expectation, &Interval),
    y: f64,
) -> io::Result<()> {
    pen.text((0.0, y - 8.0), &cut(id, LEFT - 14.0), Ink::Text, Align::Left)?;
    pen.sized((0.0, y + 8.0), &cut(&expectation.text, (LEFT - 14.0) * 1.08), Ink::Faint, Align::Left, 11.0)?;
    if expectation.from.is_some() || expectation.to.is_some() {
        let from = expectation.from.map_or(frame.left, |from| frame.x.at(from));
        let to = expectation.to.map_or(frame.right, |to| frame.x.at(to));
        pen.rectangle((from, y - 13.0), (to, y + 13.0), Ink::Expected, 0.2)?;
    }
    let ink = match expectation.verdict {
        Verdict::Confirmed => Ink::Confirmed,
        Verdict::Refuted => Ink::Refuted,
        Verdict::Inconclusive => Ink::Inconclusive,
    };
    let low = estimate.low.map_or(frame.left, |low| frame.x.at(low));
    let high = estimate.high.map_or(frame.right, |high| frame.x.at(high));
    pen.path(&[(low, y), (high, y)], Stroke::new(ink, 2.0))?;
    for end in [estimate.low.map(|_| low), estimate.high.map(|_| high)].into_iter().flatten() {
        pen.path(&[(end, y - 5.0), (end, y + 5.0)], Stroke::new(ink, 2.0))?;
    }
    let x = frame.x.at(estimate.estimate);
    match expectation.verdict {
        Verdict::Confirmed => pen.dot((x, y), 5.5, ink, false)?,
        Verdict::Inconclusive => pen.dot((x, y), 5.5, ink, true)?,
        Verdict::Refuted => {
            pen.path(&[(x - 5.0, y - 5.0), (x + 5.0, y + 5.0)], Stroke::new(ink, 3.0))?;
            pen.path(&[(x - 5.0, y + 5.0), (x + 5.0, y - 5.0)], Stroke::new(ink, 3.0))?;
        }
    }
    let words = format!("{} {}", figure(estimate.estimate, panel.unit), interval(estimate, panel.unit));
    pen.text((RIGHT + 14.0, y), &cut(&words, WIDTH - RIGHT - 14.0), Ink::Text, Align::Left)
}
