//! A metric against a factor that is a number, such as the rate: a line per level of the other factors.
//! Where an arm is past saturation its points are hollow, and the knee is marked.

use std::collections::BTreeMap;
use std::io;

use super::super::lookup::{mean, unit};
use super::super::wording::aside;
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::{ARMS, Ink};
use super::pen::{Pen, Plot, Stroke, cut, plot};
use super::scale::Scale;
use crate::experiment::results::{Arm, Factor, Interval, Results};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 70.0;
const PANEL: f64 = 250.0;

/// One point of a line.
struct Point {
    x: f64,
    mean: Interval,
    is_saturated: bool,
}

/// The plots of a metric against a factor; more lines than colours tell apart go to further plots.
pub(super) fn against(results: &Results, slug: &str, metric: &str, factor: &Factor) -> io::Result<Vec<Plot>> {
    let lines = lines(results, metric, factor);
    let all: Vec<(&String, &Vec<Point>)> = lines.iter().filter(|(_, points)| points.len() > 1).collect();
    let pages = all.chunks(ARMS).enumerate();
    pages
        .map(|(index, page)| {
            let slug = if index == 0 { slug.to_owned() } else { format!("{slug}-page-{}", index + 1) };
            draw(results, &slug, metric, factor, page)
        })
        .collect()
}

/// Arms by the levels of all other factors, in the order of writing.
fn lines(results: &Results, metric: &str, factor: &Factor) -> BTreeMap<String, Vec<Point>> {
    let mut lines: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for arm in &results.arms {
        let (Some(x), Some(mean)) = (number(arm, factor), mean(results, &arm.name, metric)) else { continue };
        let others = results.factors.iter().filter(|other| other.name != factor.name);
        let levels: Vec<&str> =
            others.filter_map(|other| arm.levels.get(&other.name)).map(String::as_str).collect();
        let name = if levels.is_empty() { "all arms".to_owned() } else { levels.join(" · ") };
        lines.entry(name).or_default().push(Point { x, mean: *mean, is_saturated: arm.is_past_saturation() });
    }
    lines.values_mut().for_each(|points| points.sort_by(|a, b| a.x.total_cmp(&b.x)));
    lines
}

fn number(arm: &Arm, factor: &Factor) -> Option<f64> {
    let level = arm.levels.get(&factor.name)?;
    let index = factor.levels.iter().position(|name| name == level)?;
    factor.numbers.as_ref()?.get(index).copied()
}

fn draw(
    results: &Results,
    slug: &str,
    metric: &str,
    factor: &Factor,
    lines: &[(&String, &Vec<Point>)],
) -> io::Result<Plot> {
    let points = || lines.iter().flat_map(|(_, points)| points.iter());
    let mut entries: Vec<(String, Sample)> =
        lines.iter().enumerate().map(|(index, (name, _))| ((*name).clone(), Sample::Marked(index))).collect();
    if points().any(|point| point.is_saturated) {
        entries.push(("past saturation".to_owned(), Sample::Hollow));
        entries.push(("knee".to_owned(), Sample::Rule(Ink::Faint, 2)));
    }
    let legend = Legend::new(entries, WIDTH);
    let top = legend.height() + 32.0;
    let (bottom, right) = (top + PANEL, WIDTH - 14.0);
    let x = Scale::log(points().map(|point| point.x), (LEFT, right));
    let ends =
        || points().flat_map(|point| [Some(point.mean.estimate), point.mean.low, point.mean.high]).flatten();
    // Over more than a factor of thirty an even axis would show the largest only. An interval may reach
    // below 0, where no log axis does: there it ends at the axis.
    let estimates = || points().map(|point| point.mean.estimate);
    let (least, most) = (estimates().fold(f64::INFINITY, f64::min), estimates().fold(0.0, f64::max));
    let is_log = least > 0.0 && most / least > 30.0;
    let y = if is_log {
        Scale::log(ends().filter(|value| *value >= least / 2.0), (bottom, top))
    } else {
        Scale::linear(ends().map(|value| value.max(0.0)).chain([0.0]), (bottom, top))
    };
    let y = if least < 0.0 { Scale::linear(ends(), (bottom, top)) } else { y };
    let info = results.metrics.iter().find(|info| info.metric == metric);
    let name = format!("{metric}{}", info.map_or(String::new(), aside));
    let title = format!("{metric} against {}", factor.name);
    let described = format!(
        "{}.",
        lines
            .iter()
            .map(|(name, points)| told(name, points, unit(results, metric)))
            .collect::<Vec<_>>()
            .join("; ")
    );
    plot(slug, &title, &described, (WIDTH, bottom + 44.0), |pen| {
        legend.draw(pen, (0.0, 0.0))?;
        let frame = Frame { x, y, left: LEFT, right, top, bottom };
        frame.draw(
            pen,
            &Axis::of_unit(&factor.name, ""),
            &Axis::of_unit(&cut(&name, 460.0), unit(results, metric)),
        )?;
        for (index, (_, points)) in lines.iter().enumerate() {
            draw_line(pen, &frame, index, points)?;
        }
        Ok(())
    })
}

fn told(name: &str, points: &[Point], unit: &str) -> String {
    let saturated = points.iter().filter(|point| point.is_saturated).count();
    let from = points
        .first()
        .map_or(String::new(), |point| super::super::wording::figure(point.mean.estimate, unit));
    let to =
        points.last().map_or(String::new(), |point| super::super::wording::figure(point.mean.estimate, unit));
    format!("{name}: from {from} to {to}, {saturated} of {} points past saturation", points.len())
}

fn draw_line(pen: &Pen<'_>, frame: &Frame, index: usize, points: &[Point]) -> io::Result<()> {
    let ink = Ink::Arm(index);
    for pair in points.windows(2) {
        if pair[0].is_saturated != pair[1].is_saturated {
            let knee = if pair[1].is_saturated { &pair[1] } else { &pair[0] };
            // Knees of several arms at one place stand side by side.
            let at = frame.x.at(knee.x) + 3.0 * index as f64;
            pen.path(&[(at, frame.top), (at, frame.bottom)], Stroke::dashed(ink, 1.2, 2))?;
        }
    }
    let line: Vec<(f64, f64)> =
        points.iter().map(|point| (frame.x.at(point.x), frame.y.at(point.mean.estimate))).collect();
    pen.path(&line, Stroke::dashed(ink, 2.0, index))?;
    for (point, &(x, y)) in points.iter().zip(&line) {
        if let (Some(low), Some(high)) = (point.mean.low, point.mean.high) {
            let (low, high) = (frame.y.at(low), frame.y.at(high));
            pen.path(&[(x, low), (x, high)], Stroke::new(ink, 1.4))?;
            for end in [low, high] {
                pen.path(&[(x - 4.0, end), (x + 4.0, end)], Stroke::new(ink, 1.4))?;
            }
        }
        pen.marker((x, y), index, point.is_saturated)?;
    }
    Ok(())
}
