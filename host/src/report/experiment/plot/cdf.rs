//! How the TTFT is spread over requests: a curve per arm, a panel per class.

use std::collections::BTreeSet;
use std::io;

use super::super::lookup::arm;
use super::frame::{Axis, Frame, Legend, Sample};
use super::palette::{ARMS, Ink};
use super::pen::{Align, Plot, Stroke, cut, plot};
use super::scale::Scale;
use crate::experiment::results::{Arm, Results};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 56.0;
const PANEL: f64 = 170.0;
/// Above a panel its name, below it its axis.
const ABOVE: f64 = 34.0;
const BELOW: f64 = 44.0;

/// The plot of these arms; `None` where none has such curves.
pub(super) fn cdf(results: &Results, slug: &str, arms: &[String]) -> io::Result<Option<Plot>> {
    let arms: Vec<&Arm> = arms.iter().filter_map(|name| arm(results, name)).take(ARMS).collect();
    let groups = groups(&arms);
    if groups.is_empty() {
        return Ok(None);
    }
    let curve = |arm: &Arm, group: &str| pooled(arm, group);
    let legend = Legend::new(
        arms.iter().enumerate().map(|(index, arm)| (arm.name.clone(), Sample::Line(index))),
        WIDTH,
    );
    let height = legend.height() + (ABOVE + PANEL + BELOW) * groups.len() as f64;
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    let title = format!("Distribution of the TTFT: {}", names.join(", "));
    let described =
        "Share of completed requests with at most a TTFT, for each arm. Quantiles are averaged over seeds.";
    let drawn = plot(slug, &title, described, (WIDTH, height), |pen| {
        legend.draw(pen, (0.0, 0.0))?;
        for (index, group) in groups.iter().enumerate() {
            let top = legend.height() + (ABOVE + PANEL + BELOW) * index as f64 + ABOVE;
            let (bottom, right) = (top + PANEL, WIDTH - 12.0);
            let curves: Vec<Vec<f64>> = arms.iter().map(|arm| curve(arm, group)).collect();
            // The fastest requests would take most of a log axis: it begins at the first percent.
            let shown = curves.iter().flat_map(|curve| curve.iter().skip(1).copied());
            let x = Scale::log(shown, (LEFT, right));
            let y = Scale::linear([0.0, 1.0], (bottom, top));
            let frame = Frame { x, y, left: LEFT, right, top, bottom };
            let who = if group.is_empty() { "all requests" } else { group };
            frame.draw(pen, &Axis::of_unit("TTFT [ms]", ""), &Axis::of_unit("share of requests", "share"))?;
            pen.text((right, top - 14.0), &cut(who, 300.0), Ink::Text, Align::Right)?;
            for (arm, curve) in curves.iter().enumerate().filter(|(_, curve)| curve.len() > 1) {
                let last = (curve.len() - 1) as f64;
                let points: Vec<(f64, f64)> =
                    curve.iter().enumerate().map(|(at, &ms)| (x.at(ms), y.at(at as f64 / last))).collect();
                pen.path(&points, Stroke::dashed(Ink::Arm(arm), 2.0, arm))?;
            }
        }
        Ok(())
    });
    drawn.map(Some)
}

/// All requests, then every class by itself: what some arm has a curve of.
fn groups(arms: &[&Arm]) -> Vec<String> {
    let runs = arms.iter().flat_map(|arm| arm.measured());
    let all: BTreeSet<&String> = runs.flat_map(|(_, run)| run.ttft_cdf_ms.keys()).collect();
    let is_shown =
        |group: &&&String| group.is_empty() || (group.starts_with("class=") && !group.contains(','));
    all.iter().filter(is_shown).map(|group| (**group).clone()).take(6).collect()
}

/// Quantiles averaged over the seeds that have them.
fn pooled(arm: &Arm, group: &str) -> Vec<f64> {
    let curves: Vec<&Vec<f64>> = arm.measured().filter_map(|(_, run)| run.ttft_cdf_ms.get(group)).collect();
    let shortest = curves.iter().map(|curve| curve.len()).min().unwrap_or(0);
    (0..shortest).map(|at| curves.iter().map(|curve| curve[at]).sum::<f64>() / curves.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn quantiles_are_averaged_over_seeds() {
        let mut arm = sample::results().arms.remove(0);
        let curves = [vec![1.0, 2.0, 6.0], vec![3.0, 4.0, 8.0]];
        arm.runs.truncate(2);
        for (run, curve) in arm.runs.iter_mut().zip(curves) {
            if let crate::experiment::results::RunOutcome::Measured(run) = &mut run.outcome {
                run.ttft_cdf_ms = [(String::new(), curve)].into();
            }
        }
        assert_eq!(pooled(&arm, ""), [2.0, 3.0, 7.0]);
        assert!(pooled(&arm, "class=x").is_empty());
    }
}
