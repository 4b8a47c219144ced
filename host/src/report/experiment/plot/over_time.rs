//! What the instances of one run did over time: KV use as an area, time of reloads as bars below it.

use std::io;

use super::super::instances::{Timeline, timeline};
use super::super::wording::bound;
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::Ink;
use super::pen::{Align, Plot, Stroke, plot};
use super::scale::Scale;
use crate::experiment::results::Arm;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 56.0;
const GAP: f64 = 64.0;
const KV: f64 = 84.0;
const RELOAD: f64 = 34.0;
const ABOVE: f64 = 34.0;
const BELOW: f64 = 46.0;
/// More instances are left to the files.
pub(super) const MOST: usize = 16;

/// The plot of the first run of an arm that has been watched.
pub(super) fn over_time(slug: &str, arm: &Arm) -> io::Result<Option<Plot>> {
    let Some(timeline) = timeline(arm).filter(|timeline| !timeline.instances.is_empty()) else {
        return Ok(None);
    };
    let shown = &timeline.instances[..timeline.instances.len().min(MOST)];
    let longest = shown.iter().flat_map(|instance| &instance.reload_ms).copied().fold(0.0, f64::max);
    let has_reloads = longest > 0.0;
    let mut entries = vec![("KV blocks in use, share of all".to_owned(), Sample::Area(Ink::Arm(0), 0.45))];
    if has_reloads {
        entries.push((
            format!(
                "reloading from the CPU tier, up to {} ms in a bin",
                bound((longest * 10.0).round() / 10.0)
            ),
            Sample::Area(Ink::Arm(1), 1.0),
        ));
    }
    let legend = Legend::new(entries, WIDTH);
    let panel = ABOVE + KV + if has_reloads { RELOAD } else { 0.0 } + BELOW;
    let columns = if shown.len() == 1 { 1 } else { 2 };
    let height = legend.height() + panel * shown.len().div_ceil(columns) as f64;
    let width =
        (WIDTH - 10.0 - LEFT * columns as f64 - (GAP - LEFT) * (columns as f64 - 1.0)) / columns as f64;
    let title = format!("Instances of {} over time, seed {}", arm.name, timeline.seed);
    let drawn = plot(slug, &title, &described(&timeline), (WIDTH, height), |pen| {
        legend.draw(pen, (0.0, 0.0))?;
        for (index, instance) in shown.iter().enumerate() {
            let left = LEFT + (width + GAP) * (index % columns) as f64;
            let top = legend.height() + panel * (index / columns) as f64 + ABOVE;
            let bottom = top + KV + if has_reloads { RELOAD } else { 0.0 };
            let end = timeline.bin_s * instance.kv.len().max(1) as f64;
            let x = Scale::linear([0.0, end], (left, left + width));
            let y = Scale::linear([0.0, 1.0], (top + KV, top));
            for tick in [0.0, 0.5, 1.0] {
                pen.path(&[(left, y.at(tick)), (left + width, y.at(tick))], Stroke::new(Ink::Grid, 1.0))?;
                pen.text((left - 8.0, y.at(tick)), &format!("{} %", 100.0 * tick), Ink::Faint, Align::Right)?;
            }
            pen.text((left, top - 14.0), &format!("instance {index}"), Ink::Text, Align::Left)?;
            let at = |bin: usize| x.at(timeline.bin_s * bin as f64);
            let mut line = Vec::new();
            for (bin, &kv) in instance.kv.iter().enumerate() {
                line.extend([(at(bin), y.at(kv)), (at(bin + 1), y.at(kv))]);
            }
            let mut area = vec![(left, y.at(0.0))];
            area.extend(line.iter().copied());
            area.push((at(instance.kv.len()), y.at(0.0)));
            pen.polygon(&area, Ink::Arm(0), 0.3)?;
            pen.path(&line, Stroke::new(Ink::Arm(0), 1.4))?;
            for (bin, &ms) in instance.reload_ms.iter().enumerate().filter(|(_, ms)| **ms > 0.0) {
                let tall = (RELOAD - 8.0) * ms / longest;
                pen.rectangle((at(bin), bottom - tall.max(0.6)), (at(bin + 1), bottom), Ink::Arm(1), 1.0)?;
            }
            let frame = Frame { x, y, left, right: left + width, top, bottom };
            frame.below(pen, &Axis::of_unit("time [s]", ""))?;
        }
        Ok(())
    });
    drawn.map(Some)
}

fn described(timeline: &Timeline) -> String {
    let told = timeline.instances.iter().enumerate().map(|(index, instance)| {
        let bins = instance.kv.len().max(1) as f64;
        let (mean, peak) =
            (instance.kv.iter().sum::<f64>() / bins, instance.kv.iter().copied().fold(0.0, f64::max));
        let reload: f64 = instance.reload_ms.iter().sum();
        format!(
            "instance {index}: KV use {:.0} % on average, {:.0} % at most, {reload:.0} ms of reloads",
            100.0 * mean,
            100.0 * peak
        )
    });
    told.collect::<Vec<_>>().join("; ")
}
