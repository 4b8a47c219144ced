//! Curves over a common axis, in panels one below the other.

use std::io;

use super::super::wording::bound;
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::Ink;
use super::pen::{Plot, Stroke, plot};
use super::scale::Scale;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 64.0;
const HEIGHT: f64 = 150.0;
const ABOVE: f64 = 40.0;
const BELOW: f64 = 48.0;

/// One panel: what it shows, and a line for each name of the legend.
pub(crate) struct Panel {
    /// The quantity with its unit.
    pub(crate) title: String,
    /// Points of each line, by x.
    pub(crate) lines: Vec<Vec<(f64, f64)>>,
}

/// A plot of these panels; `names` are those of the lines, `x` the name of the axis below.
pub(crate) fn curves(
    slug: &str,
    title: &str,
    described: &str,
    names: &[&str],
    x: &str,
    panels: &[Panel],
) -> io::Result<Plot> {
    let entries = names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), Sample::Line(at)));
    let legend = Legend::new(entries, WIDTH);
    let panel_height = ABOVE + HEIGHT + BELOW;
    let height = legend.height() + panel_height * panels.len() as f64;
    let ends = |axis: fn(&(f64, f64)) -> f64, panel: &Panel| -> Vec<f64> {
        panel.lines.iter().flatten().map(axis).chain([0.0]).collect()
    };
    let all_x: Vec<f64> = panels.iter().flat_map(|panel| ends(|point| point.0, panel)).collect();
    plot(slug, title, described, (WIDTH, height), |pen| {
        legend.draw(pen, (0.0, 0.0))?;
        for (index, panel) in panels.iter().enumerate() {
            let top = legend.height() + panel_height * index as f64 + ABOVE;
            let (left, right, bottom) = (LEFT, WIDTH - 10.0, top + HEIGHT);
            let frame = Frame {
                x: Scale::linear(all_x.iter().copied(), (left, right)),
                y: Scale::linear(ends(|point| point.1, panel), (bottom, top)),
                left,
                right,
                top,
                bottom,
            };
            frame.draw(
                pen,
                &Axis { title: x, label: &bound },
                &Axis { title: &panel.title, label: &bound },
            )?;
            for (at, line) in panel.lines.iter().enumerate() {
                let points: Vec<(f64, f64)> =
                    line.iter().map(|&(x, y)| (frame.x.at(x), frame.y.at(y))).collect();
                pen.path(&points, Stroke::dashed(Ink::Arm(at), 1.6, at))?;
            }
        }
        Ok(())
    })
}
