//! What stands around the data: axes with their labels, and legends.

use std::io;

use super::super::wording::bound;
use super::palette::Ink;
use super::pen::{Align, Pen, Stroke, TEXT, cut, width_of};
use super::scale::Scale;

/// Two axes and the pixels between them.
pub(super) struct Frame {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// What an axis tells: its name, and how a value is worded.
pub(super) struct Axis<'a> {
    pub(super) title: &'a str,
    pub(super) label: &'a dyn Fn(f64) -> String,
}

impl<'a> Axis<'a> {
    /// An axis of plain numbers, or of percent where the unit is `share`.
    pub(super) fn of_unit(title: &'a str, unit: &str) -> Self {
        Self { title, label: if unit == "share" { &percent } else { &bound } }
    }
}

fn percent(share: f64) -> String {
    format!("{} %", bound((1e6 * share).round() / 1e4))
}

impl Frame {
    /// Grid lines, labels below and on the left, and the axes' names.
    pub(super) fn draw(&self, pen: &Pen<'_>, x: &Axis<'_>, y: &Axis<'_>) -> io::Result<()> {
        for tick in self.y.ticks() {
            let at = self.y.at(tick);
            pen.path(&[(self.left, at), (self.right, at)], Stroke::new(Ink::Grid, 1.0))?;
            pen.text((self.left - 8.0, at), &(y.label)(tick), Ink::Faint, Align::Right)?;
        }
        pen.sized((self.left, self.top - 14.0), y.title, Ink::Faint, Align::Left, TEXT)?;
        self.below(pen, x)
    }

    /// The axis below alone.
    pub(super) fn below(&self, pen: &Pen<'_>, x: &Axis<'_>) -> io::Result<()> {
        pen.path(&[(self.left, self.bottom), (self.right, self.bottom)], Stroke::new(Ink::Faint, 1.0))?;
        let mut free = f64::NEG_INFINITY;
        for tick in self.x.ticks() {
            let (at, label) = (self.x.at(tick), (x.label)(tick));
            pen.path(&[(at, self.bottom), (at, self.bottom + 4.0)], Stroke::new(Ink::Faint, 1.0))?;
            let half = width_of(&label) / 2.0;
            // Labels that would touch are left out.
            if at - half > free {
                pen.text((at, self.bottom + 14.0), &label, Ink::Faint, Align::Middle)?;
                free = at + half + 6.0;
            }
        }
        pen.text((self.right, self.bottom + 32.0), x.title, Ink::Faint, Align::Right)
    }
}

/// What an entry of a legend shows before its words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample {
    /// A line of an arm: colour and dash by its index.
    Line(usize),
    /// The same with its marker.
    Marked(usize),
    /// A hollow point.
    Hollow,
    /// A point.
    Dot(Ink),
    /// A line in a colour and a dash.
    Rule(Ink, usize),
    /// An area in a colour.
    Area(Ink, f64),
}

/// Height of a line of a legend. \[px\]
pub(super) const LEGEND_LINE: f64 = 20.0;
const SAMPLE: f64 = 28.0;
const GAP: f64 = 18.0;

/// Entries of a legend in lines that fit a width.
pub(super) struct Legend {
    lines: Vec<Vec<(String, Sample)>>,
}

impl Legend {
    pub(super) fn new(entries: impl IntoIterator<Item = (String, Sample)>, width: f64) -> Self {
        let mut lines: Vec<Vec<(String, Sample)>> = vec![Vec::new()];
        let mut used = 0.0;
        for (label, sample) in entries {
            let label = cut(&label, width - SAMPLE - GAP);
            let needed = SAMPLE + width_of(&label) + GAP;
            if used > 0.0 && used + needed > width {
                lines.push(Vec::new());
                used = 0.0;
            }
            used += needed;
            if let Some(line) = lines.last_mut() {
                line.push((label, sample));
            }
        }
        Self { lines }
    }

    /// Its height. \[px\]
    pub(super) fn height(&self) -> f64 {
        LEGEND_LINE * self.lines.len() as f64
    }

    /// Draws it with its upper left corner at a point.
    pub(super) fn draw(&self, pen: &Pen<'_>, (left, top): (f64, f64)) -> io::Result<()> {
        for (index, line) in self.lines.iter().enumerate() {
            let y = top + LEGEND_LINE * (index as f64 + 0.5);
            let mut x = left;
            for (label, sample) in line {
                draw_sample(pen, (x, y), *sample)?;
                pen.text((x + SAMPLE, y), label, Ink::Text, Align::Left)?;
                x += SAMPLE + width_of(label) + GAP;
            }
        }
        Ok(())
    }
}

fn draw_sample(pen: &Pen<'_>, (x, y): (f64, f64), sample: Sample) -> io::Result<()> {
    let line = [(x, y), (x + 22.0, y)];
    let middle = (x + 11.0, y);
    match sample {
        Sample::Line(arm) => pen.path(&line, Stroke::dashed(Ink::Arm(arm), 2.0, arm)),
        Sample::Marked(arm) => {
            pen.path(&line, Stroke::dashed(Ink::Arm(arm), 2.0, arm))?;
            pen.marker(middle, arm, false)
        }
        Sample::Hollow => pen.dot(middle, 4.5, Ink::Faint, true),
        Sample::Dot(ink) => pen.dot(middle, 4.5, ink, false),
        Sample::Rule(ink, dash) => pen.path(&line, Stroke::dashed(ink, 1.6, dash)),
        Sample::Area(ink, opacity) => pen.rectangle((x, y - 6.0), (x + 22.0, y + 6.0), ink, opacity),
    }
}
