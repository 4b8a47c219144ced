//! Where requests went: arms against instances, and instances against time.

use std::io;

use super::super::instances::{shares, timeline};
use super::super::wording::figure;
use super::frame::{Axis, Frame};
use super::palette::Ink;
use super::pen::{Align, Pen, Plot, cut, plot, width_of};
use super::scale::Scale;
use crate::experiment::results::{Arm, Results};

const WIDTH: f64 = 760.0;
const ROW: f64 = 26.0;
const TOP: f64 = 44.0;
/// The darkest a cell gets, so that text on it stays readable.
const DARKEST: f64 = 0.6;
/// More arms are left to the files.
const MOST_ARMS: usize = 48;

/// The share of requests that each instance got, by arm.
pub(super) fn by_arm(results: &Results) -> io::Result<Option<Plot>> {
    let rows: Vec<(&str, Vec<f64>)> = results
        .arms
        .iter()
        .map(|arm| (arm.name.as_str(), shares(arm)))
        .filter(|(_, shares)| !shares.is_empty())
        .take(MOST_ARMS)
        .collect();
    let columns = rows.iter().map(|(_, shares)| shares.len()).max().unwrap_or(0);
    if columns < 2 {
        return Ok(None);
    }
    let longest = rows.iter().map(|(name, _)| width_of(name)).fold(60.0, f64::max).min(260.0);
    let left = longest + 12.0;
    let cell = ((WIDTH - left) / columns as f64).min(110.0);
    let most = rows.iter().flat_map(|(_, shares)| shares).copied().fold(0.0, f64::max);
    let told = rows.iter().map(|(name, shares)| {
        let shares: Vec<String> = shares.iter().map(|share| figure(*share, "share")).collect();
        format!("{name}: {}", shares.join(", "))
    });
    let described = told.collect::<Vec<_>>().join("; ");
    let height = TOP + ROW * rows.len() as f64 + 4.0;
    let drawn = plot("routing", "Share of requests by instance", &described, (WIDTH, height), |pen| {
        pen.text((left, 10.0), "instance", Ink::Faint, Align::Left)?;
        heads(pen, left, cell, columns)?;
        for (index, (name, shares)) in rows.iter().enumerate() {
            let y = TOP + ROW * index as f64;
            pen.text((left - 10.0, y + ROW / 2.0), &cut(name, longest), Ink::Text, Align::Right)?;
            for (instance, &share) in shares.iter().enumerate() {
                let x = left + cell * instance as f64;
                pen.rectangle(
                    (x + 1.0, y + 1.0),
                    (x + cell - 1.0, y + ROW - 1.0),
                    Ink::Arm(0),
                    shade(share, most),
                )?;
                if cell >= 50.0 {
                    pen.text(
                        (x + cell / 2.0, y + ROW / 2.0),
                        &figure(share, "share"),
                        Ink::Text,
                        Align::Middle,
                    )?;
                }
            }
        }
        Ok(())
    });
    drawn.map(Some)
}

fn heads(pen: &Pen<'_>, left: f64, cell: f64, columns: usize) -> io::Result<()> {
    let mut free = f64::NEG_INFINITY;
    for instance in 0..columns {
        let (at, label) = (left + cell * (instance as f64 + 0.5), instance.to_string());
        let half = width_of(&label) / 2.0;
        if at - half > free {
            pen.text((at, 30.0), &label, Ink::Faint, Align::Middle)?;
            free = at + half + 4.0;
        }
    }
    Ok(())
}

/// Never quite nothing, so that a cell is seen.
fn shade(share: f64, most: f64) -> f64 {
    0.04 + (DARKEST - 0.04) * if most > 0.0 { share / most } else { 0.0 }
}

/// Instances against time for the first run of an arm that was watched: shares of each bin's requests.
pub(super) fn over_time(slug: &str, arm: &Arm) -> io::Result<Option<Plot>> {
    let Some(timeline) = timeline(arm) else { return Ok(None) };
    let bins = timeline.instances.iter().map(|instance| instance.routed.len()).max().unwrap_or(0);
    if timeline.instances.len() < 2 || bins < 2 {
        return Ok(None);
    }
    let routed =
        |instance: usize, bin: usize| timeline.instances[instance].routed.get(bin).copied().unwrap_or(0);
    let totals: Vec<u64> = (0..bins)
        .map(|bin| (0..timeline.instances.len()).map(|instance| routed(instance, bin)).sum())
        .collect();
    let rows = timeline.instances.len();
    let row = if rows > 16 { 12.0 } else { ROW };
    let (left, right, top) = (84.0, WIDTH - 10.0, 6.0);
    let bottom = top + row * rows as f64;
    let x = Scale::linear([0.0, timeline.bin_s * bins as f64], (left, right));
    let title = format!("Where requests of {} went over time, seed {}", arm.name, timeline.seed);
    let described = "Share of the requests of each moment that an instance got: the darker, the more.";
    let drawn = plot(slug, &title, described, (WIDTH, bottom + 46.0), |pen| {
        for instance in 0..rows {
            let y = top + row * instance as f64;
            if row >= ROW || instance % 4 == 0 {
                pen.text(
                    (left - 10.0, y + row / 2.0),
                    &format!("instance {instance}"),
                    Ink::Text,
                    Align::Right,
                )?;
            }
            for (bin, &total) in totals.iter().enumerate().filter(|(_, total)| **total > 0) {
                let share = routed(instance, bin) as f64 / total as f64;
                let at = |bin: usize| x.at(timeline.bin_s * bin as f64);
                pen.rectangle(
                    (at(bin), y + 1.0),
                    (at(bin + 1), y + row - 1.0),
                    Ink::Arm(0),
                    0.04 + 0.9 * share,
                )?;
            }
        }
        let y = Scale::linear([0.0, 1.0], (bottom, top));
        Frame { x, y, left, right, top, bottom }.below(pen, &Axis::of_unit("time [s]", ""))
    });
    drawn.map(Some)
}
