//! Everything that the page shows, as its templates read it.

use serde::Serialize;

use super::super::notes::notes;
use super::super::plot::{Plot, Plots, palette};
use super::super::wording;
use super::arms::{ArmRow, Composition, Configurations, Metric, TermRow, term_rows};
use super::verdicts::{Claim, claims};
use crate::experiment::results::{Interval, Results, Verdict};
use crate::report::{plain, plural};

#[derive(Serialize)]
pub(super) struct Page {
    name: String,
    about: Option<String>,
    file: String,
    host_version: String,
    command: String,
    style: &'static str,
    script: &'static str,
    /// The colours of plots, as a theme's block has them, and what their classes mean.
    light: String,
    dark: String,
    plot_rules: String,
    facts: Vec<(String, String)>,
    counts: Vec<(&'static str, usize)>,
    claims: Vec<Claim>,
    forest: Option<Figure>,
    metrics: Vec<Metric>,
    instances: Vec<Figure>,
    routing: Vec<Figure>,
    terms: Vec<TermRow>,
    arms: Vec<ArmRow>,
    configurations: Configurations,
    compositions: Vec<Composition>,
    notes: Vec<(String, String)>,
    looks: Vec<u32>,
}

impl Page {
    pub(super) fn new(results: &Results, plots: &Plots) -> Self {
        let configurations = Configurations::new(results);
        let count = |verdict| results.hypotheses.iter().filter(|found| found.verdict == verdict).count();
        let verdicts = [Verdict::Confirmed, Verdict::Refuted, Verdict::Inconclusive];
        let shown = |text: &str| plain(text).into_owned();
        Self {
            name: shown(&results.name),
            about: results.about.as_deref().map(shown),
            file: shown(&results.file),
            host_version: shown(&results.host_version),
            command: shown(&results.command),
            style: include_str!("templates/style.css"),
            script: include_str!("templates/theme.js"),
            light: palette::variables(false),
            dark: palette::variables(true),
            plot_rules: palette::rules(),
            facts: facts(results),
            counts: verdicts.map(|verdict| (wording::verdict(verdict), count(verdict))).into(),
            claims: claims(results, plots),
            forest: plots.forest.as_ref().map(Figure::new),
            metrics: Metric::all(results, plots),
            instances: plots.instances.iter().map(Figure::new).collect(),
            routing: plots.routing.iter().map(Figure::new).collect(),
            terms: term_rows(results),
            arms: ArmRow::all(results, &configurations),
            configurations,
            compositions: Composition::all(results),
            notes: notes(results).into_iter().map(|note| (note.title, note.text)).collect(),
            looks: results.seeds.looks.clone(),
        }
    }
}

fn facts(results: &Results) -> Vec<(String, String)> {
    let runs = results.arms.iter().map(|arm| arm.measured().count()).sum::<usize>();
    let failures = results.arms.iter().map(|arm| arm.failed().count()).sum::<usize>();
    let seeds = plural(results.seeds.seeds.len() as u64, "seed");
    let finished = match failures {
        0 => format!("{}, none failed", plural(runs as u64, "run")),
        some => format!("{} finished, {some} failed", plural(runs as u64, "run")),
    };
    [
        ("Arms", plural(results.arms.len() as u64, "arm")),
        ("Seeds", format!("{seeds} ({})", plain(&results.seeds.stopped))),
        ("Runs", finished),
        ("Made by", format!("pointsman {}", plain(&results.host_version))),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

/// A plot on the page.
#[derive(Serialize)]
pub(super) struct Figure {
    slug: String,
    title: String,
    svg: String,
}

impl Figure {
    pub(super) fn new(plot: &Plot) -> Self {
        Self { slug: plot.slug.clone(), title: plain(&plot.title).into_owned(), svg: plot.svg.clone() }
    }
}

/// A number as it is shown, and as it is.
#[derive(Serialize)]
pub(super) struct Number {
    text: String,
    /// Where it is in `results.json`, so that the two can be compared.
    place: String,
    unit: String,
    value: String,
    low: Option<String>,
    high: Option<String>,
}

impl Number {
    /// A single value.
    pub(super) fn of_value(value: f64, unit: &str, place: String) -> Self {
        let text = wording::with_unit(value, unit);
        Self { text, place, unit: unit.to_owned(), value: value.to_string(), low: None, high: None }
    }

    /// An estimate, worded by `word`.
    pub(super) fn of_interval(
        found: &Interval,
        unit: &str,
        place: String,
        word: fn(&Interval, &str) -> String,
    ) -> Self {
        Self {
            text: word(found, unit),
            place,
            unit: unit.to_owned(),
            value: found.estimate.to_string(),
            low: found.low.map(|end| end.to_string()),
            high: found.high.map(|end| end.to_string()),
        }
    }
}
