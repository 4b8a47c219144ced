//! Plots of an experiment as SVG, and which of them show what.
//!
//! `pen` draws shapes, `palette` says what colours mean in a light and a dark theme, `scale` and `frame`
//! make axes; every other file has a kind of plot.

mod cdf;
mod curves;
mod factor;
mod forest;
mod frame;
mod over_time;
mod paired;
pub(super) mod palette;
mod pen;
mod routing;
mod scale;

use std::collections::BTreeSet;
use std::io;

use super::lookup::arm;
use crate::experiment::results::{Arm, Expectation, Factor, Hypothesis, Results};
pub(in crate::report) use curves::{Panel, curves};
pub(super) use pen::Plot;

/// A hypothesis of more expectations shows the first of them; the table has all.
const MOST_PAIRED: usize = 4;
/// Arms that are drawn over time: those that claims are about, in order.
const MOST_TIMELINES: usize = 6;

/// Every plot of an experiment, by where a page shows it.
pub(super) struct Plots {
    /// All verdicts.
    pub(super) forest: Option<Plot>,
    /// By hypothesis, in order.
    pub(super) hypotheses: Vec<Vec<Plot>>,
    /// By metric, in order.
    pub(super) metrics: Vec<Vec<Plot>>,
    /// Arms over time.
    pub(super) instances: Vec<Plot>,
    /// Where requests went.
    pub(super) routing: Vec<Plot>,
}

impl Plots {
    /// Draws them.
    ///
    /// # Errors
    ///
    /// Why something could not be drawn.
    pub(super) fn draw(results: &Results) -> io::Result<Self> {
        let mut slugs = Slugs::default();
        // Two plots have these names already.
        for taken in ["verdicts", "routing"] {
            slugs.unique(taken);
        }
        let hypotheses: io::Result<Vec<Vec<Plot>>> = results
            .hypotheses
            .iter()
            .map(|hypothesis| of_hypothesis(results, hypothesis, &mut slugs))
            .collect();
        let mut metrics = Vec::new();
        for metric in &results.metrics {
            let mut plots = Vec::new();
            for factor in numeric(results) {
                let slug = slugs.unique(&format!("{} over {}", metric.metric, factor.name));
                plots.extend(factor::against(results, &slug, &metric.metric, factor)?);
            }
            metrics.push(plots);
        }
        let mut instances = Vec::new();
        let mut routing = routing::by_arm(results)?.into_iter().collect::<Vec<_>>();
        for (index, arm) in arms_of_interest(results).into_iter().enumerate() {
            instances.extend(over_time::over_time(&slugs.unique(&format!("instances {}", arm.name)), arm)?);
            if index == 0 {
                routing.extend(routing::over_time(&slugs.unique(&format!("routing {}", arm.name)), arm)?);
            }
        }
        Ok(Self { forest: forest::forest(results)?, hypotheses: hypotheses?, metrics, instances, routing })
    }

    /// All of them, in the order of a page.
    pub(super) fn all(&self) -> impl Iterator<Item = &Plot> {
        let parts = self.hypotheses.iter().chain(&self.metrics).flatten();
        self.forest.iter().chain(parts).chain(&self.routing).chain(&self.instances)
    }
}

/// What shows a claim best depends on its shape: values by seed and distributions for two arms, a line for
/// arms along a numeric factor.
fn of_hypothesis(results: &Results, hypothesis: &Hypothesis, slugs: &mut Slugs) -> io::Result<Vec<Plot>> {
    let mut plots = Vec::new();
    for expectation in hypothesis.expectations.iter().take(MOST_PAIRED) {
        let slug = slugs.unique(&format!("{} by seed", hypothesis.id));
        plots.extend(paired::paired(results, &slug, expectation)?);
    }
    let mut drawn: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (metric, factor) in hypothesis.expectations.iter().filter_map(|each| along(results, each)) {
        if drawn.insert((metric, &factor.name)) {
            let slug = slugs.unique(&format!("{} over {}", hypothesis.id, factor.name));
            plots.extend(factor::against(results, &slug, metric, factor)?);
        }
    }
    let is_ttft = |each: &&Expectation| each.metric.as_ref().is_some_and(|metric| metric.starts_with("ttft"));
    let mut arms: Vec<String> = Vec::new();
    for name in hypothesis.expectations.iter().filter(is_ttft).flat_map(|each| &each.arms) {
        if !arms.contains(name) {
            arms.push(name.clone());
        }
    }
    if arms.len() > 1 {
        plots.extend(cdf::cdf(results, &slugs.unique(&format!("{} ttft", hypothesis.id)), &arms)?);
    }
    Ok(plots)
}

/// The numeric factor whose levels an expectation compares.
fn along<'a>(results: &'a Results, expectation: &'a Expectation) -> Option<(&'a str, &'a Factor)> {
    let metric = expectation.metric.as_deref()?;
    let arms: Vec<&Arm> = expectation.arms.iter().filter_map(|name| arm(results, name)).collect();
    let differs = |factor: &&Factor| {
        let levels: BTreeSet<_> = arms.iter().filter_map(|arm| arm.levels.get(&factor.name)).collect();
        levels.len() > 1
    };
    numeric(results).find(differs).map(|factor| (metric, factor))
}

fn numeric(results: &Results) -> impl Iterator<Item = &Factor> {
    results.factors.iter().filter(|factor| factor.numbers.is_some() && factor.levels.len() > 1)
}

/// Arms that claims are about, then the others, as far as they are drawn.
fn arms_of_interest(results: &Results) -> Vec<&Arm> {
    let expectations = results.hypotheses.iter().flat_map(|hypothesis| &hypothesis.expectations);
    let named = expectations.flat_map(|each| &each.arms).filter_map(|name| arm(results, name));
    let mut arms: Vec<&Arm> = Vec::new();
    for arm in named.chain(&results.arms) {
        if arms.len() < MOST_TIMELINES && !arms.iter().any(|known| known.name == arm.name) {
            arms.push(arm);
        }
    }
    arms
}

/// Names for files and links: small letters, digits and hyphens, each once.
#[derive(Default)]
pub(super) struct Slugs(BTreeSet<String>);

impl Slugs {
    pub(super) fn unique(&mut self, text: &str) -> String {
        let mut slug = String::new();
        for c in text.chars().take(80) {
            match c {
                c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
                _ if slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "plot" } else { slug };
        let candidates =
            std::iter::once(slug.to_owned()).chain((2..).map(|number| format!("{slug}-{number}")));
        for candidate in candidates {
            if self.0.insert(candidate.clone()) {
                return candidate;
            }
        }
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_unique() {
        let mut slugs = Slugs::default();
        let names = ["../H6-1 <x>", "H6-1 x", "***", ""].map(|text| slugs.unique(text));
        assert_eq!(names, ["h6-1-x", "h6-1-x-2", "plot", "plot-2"]);
    }

    #[test]
    fn a_claim_is_shown_by_its_shape() {
        let plots = Plots::draw(&sample::results()).unwrap();
        let slugs: Vec<Vec<&str>> = plots
            .hypotheses
            .iter()
            .map(|plots| plots.iter().map(|plot| plot.slug.as_str()).collect())
            .collect();
        assert_eq!(
            slugs,
            [vec!["h7-1-by-seed", "h7-1-by-seed-2", "h7-1-ttft"], vec!["h7-2-by-seed", "h7-2-ttft"], vec![]]
        );
        let all: BTreeSet<&str> = plots.all().map(|plot| plot.slug.as_str()).collect();
        assert_eq!(all.len(), plots.all().count(), "ids on one page differ");
    }

    #[test]
    fn every_colour_is_a_themes() {
        let mut results = sample::results();
        results.arms[0].name = "<script>\"#5a5a5a&".to_owned();
        for plot in Plots::draw(&results).unwrap().all() {
            let colours = plot.svg.matches("=\"#").count();
            let classes =
                plot.svg.matches("class=\"fill-").count() + plot.svg.matches("class=\"line-").count();
            assert_eq!(colours, classes, "{}", plot.slug);
            assert!(!plot.svg.contains("<script"));
            assert!(plot.svg.contains("</title>") && plot.svg.contains("</desc>"));
            assert!(plot.standalone().contains("@media (prefers-color-scheme: dark)"));
        }
    }
}
