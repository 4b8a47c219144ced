//! The quantity of an expectation in each seed, its mean and interval: the data behind a verdict.

use std::io;

use super::super::lookup::unit_of;
use super::super::wording::{figure, interval};
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::Ink;
use super::pen::{Align, Plot, Stroke, plot, width_of};
use super::scale::Scale;
use crate::experiment::results::{Expectation, Results};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 64.0;
const PANEL: f64 = 200.0;

/// The plot; `None` where there is no value by seed.
pub(super) fn paired(results: &Results, slug: &str, expectation: &Expectation) -> io::Result<Option<Plot>> {
    let Some(estimate) = expectation.estimate.filter(|_| !expectation.by_seed.is_empty()) else {
        return Ok(None);
    };
    let unit = unit_of(results, expectation);
    let neutral = if expectation.scale == "ratio" { 1.0 } else { 0.0 };
    let mut entries = vec![
        ("one seed".to_owned(), Sample::Dot(Ink::Arm(0))),
        ("mean".to_owned(), Sample::Rule(Ink::Text, 0)),
        ("95 % interval".to_owned(), Sample::Area(Ink::Arm(0), 0.22)),
    ];
    if expectation.from.is_some() || expectation.to.is_some() {
        entries.push(("expected".to_owned(), Sample::Area(Ink::Expected, 0.16)));
    }
    entries.push(("no difference".to_owned(), Sample::Rule(Ink::Faint, 4)));
    let legend = Legend::new(entries, WIDTH);
    let top = legend.height() + 30.0;
    let (bottom, right) = (top + PANEL, WIDTH - 8.0);
    let values = expectation.by_seed.iter().map(|found| found.value);
    let bounds = [estimate.low, estimate.high, expectation.from, expectation.to, Some(neutral)];
    let y = Scale::linear(values.chain(bounds.into_iter().flatten()), (bottom, top));
    let x = Scale::linear([0.0, 1.0], (LEFT, right));
    let frame = Frame { x, y, left: LEFT, right, top, bottom };
    let words = match expectation.scale.as_str() {
        "ratio" => "ratio".to_owned(),
        scale if unit.is_empty() => scale.to_owned(),
        scale => format!("{scale} [{}]", if unit == "share" { "%" } else { unit }),
    };
    let count = expectation.by_seed.len();
    let slot = (right - LEFT) / count as f64;
    let title = format!("{}, by seed", expectation.text);
    let described = format!(
        "Mean {}, 95 % interval {}, over {count} seeds.",
        figure(estimate.estimate, unit),
        interval(&estimate, unit)
    );
    let drawn = plot(slug, &title, &described, (WIDTH, bottom + 44.0), |pen| {
        legend.draw(pen, (0.0, 0.0))?;
        if expectation.from.is_some() || expectation.to.is_some() {
            let from = expectation.from.map_or(bottom, |from| y.at(from));
            let to = expectation.to.map_or(top, |to| y.at(to));
            pen.rectangle((LEFT, to), (right, from), Ink::Expected, 0.16)?;
        }
        if let (Some(low), Some(high)) = (estimate.low, estimate.high) {
            pen.rectangle((LEFT, y.at(high)), (right, y.at(low)), Ink::Arm(0), 0.22)?;
        }
        let title = Axis { title: "", label: &|_| String::new() };
        frame.draw(pen, &title, &Axis::of_unit(&words, unit))?;
        pen.path(&[(LEFT, y.at(neutral)), (right, y.at(neutral))], Stroke::dashed(Ink::Faint, 1.2, 4))?;
        pen.path(
            &[(LEFT, y.at(estimate.estimate)), (right, y.at(estimate.estimate))],
            Stroke::new(Ink::Text, 1.6),
        )?;
        let mut free = f64::NEG_INFINITY;
        for (index, found) in expectation.by_seed.iter().enumerate() {
            let at = LEFT + slot * (index as f64 + 0.5);
            pen.dot((at, y.at(found.value)), 4.5, Ink::Arm(0), false)?;
            let label = found.seed.to_string();
            let half = width_of(&label) / 2.0;
            if at - half > free {
                pen.text((at, bottom + 14.0), &label, Ink::Faint, Align::Middle)?;
                free = at + half + 6.0;
            }
        }
        pen.text((right, bottom + 32.0), "seed", Ink::Faint, Align::Right)
    });
    drawn.map(Some)
}
