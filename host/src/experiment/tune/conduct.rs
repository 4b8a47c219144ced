//! All of it: the search, then the claims on held-out seeds.

use std::collections::BTreeMap;

use super::answer::{
    Answer, Baseline, FrontPoint, FrontRow, PointRow, RungRow, SCHEMA_VERSION, SpaceInfo, Standing,
};
use super::claim::{claim, pairs};
use super::halving::Rung;
use super::search::{Budget, Found, TuneError, search};
use super::seeds::Seeds;
use super::space::Points;
use crate::config::experiment::MetricRef;
use crate::config::space::SpaceSpec;
use crate::experiment::ab::{Question, composition, effect, values};
use crate::experiment::conduct::{Means, Ran, info, run_some};
use crate::experiment::measurement::Measurement;
use crate::experiment::plan::Arm;
use crate::experiment::results::Interval;
use crate::experiment::statistics::Looks;
use crate::metrics::{Better, Series};

/// What is asked.
pub struct Ask<'a> {
    /// Metrics, guardrails, the smallest effect of interest; looks once, after the held-out seeds.
    pub question: Question,
    /// The space.
    pub spec: &'a SpaceSpec,
    /// The points of it that are tried.
    pub points: &'a Points,
    /// The plan of the search.
    pub rungs: &'a [Rung],
    /// Points of a front at most.
    pub front: usize,
    /// Seeds that the search never sees.
    pub held_out: u32,
    /// The configuration, as it was named.
    pub config: String,
    /// The command, as it was typed.
    pub command: String,
}

/// Searches, and claims. The first arm is the baseline, the others are the points.
///
/// # Errors
///
/// If the baseline or all points failed, or the runs could not be made.
pub fn tune(
    ask: &Ask<'_>,
    arms: &[Arm],
    means: &mut Means<'_>,
    budget: &mut Budget<'_>,
) -> Result<Answer, TuneError> {
    let question = &ask.question;
    let seeds = Seeds::new(arms[0].resolved.seed);
    let keep = |run: Box<Measurement>| slim(&run, question);
    let mut measure = |rung: usize, which: &[usize], from: u32, to: u32| {
        means.watch.stage(&format!("rung {} of {}, {} points", rung + 1, ask.rungs.len(), which.len() - 1));
        let seeds = seeds.search(from, to);
        let ran = run_some(arms, which, &seeds, means, &keep)?;
        check(arms, which, &seeds, &ran, question)?;
        Ok(ran)
    };
    let found = search(question, arms.len() - 1, ask.rungs, ask.front, &mut measure, budget)?;
    means.watch.stage(&format!("held-out seeds, {} points", found.front.len()));
    let held_out = seeds.held_out(ask.held_out);
    let which: Vec<usize> =
        std::iter::once(0).chain(found.front.iter().map(|(point, _)| point + 1)).collect();
    let ran = run_some(arms, &which, &held_out, means, &keep)?;
    check(arms, &which, &held_out, &ran, question)?;
    let label = |point: usize| arms[point + 1].name.value.clone();
    let (front, mut notes) = front(ask, &found, &held_out, ran, &label)?;
    notes.splice(0..0, self::notes(ask, &found, arms, &label));
    let searched = found.rungs.last().map_or(0, |rung| rung.seeds);
    Ok(Answer {
        schema_version: SCHEMA_VERSION,
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: ask.command.clone(),
        config: ask.config.clone(),
        space: SpaceInfo {
            texts: ask.spec.texts.clone(),
            combinations: ask.points.combinations.to_string(),
            without_scorers: ask.points.without_scorers,
            equal: ask.points.equal,
            points: ask.points.points.len(),
            is_sampled: ask.points.is_sampled,
        },
        metrics: question.deciding.iter().map(info).collect(),
        guardrails: question.guardrails.iter().map(|one| one.text.clone()).collect(),
        min_effect: question.min_effect,
        rungs: rungs(&found.rungs),
        stopped: if found.is_out_of_time { "out of time" } else { "all rungs" }.to_owned(),
        search_seeds: seeds.search(0, searched),
        held_out_seeds: held_out,
        baseline: Baseline { composition: composition(&arms[0]) },
        front,
        points: point_rows(question, &found, &label),
        notes,
    })
}

/// What is needed of a run: a search keeps very many.
fn slim(run: &Measurement, question: &Question) -> Measurement {
    let guarded = question.guardrails.iter().map(|one| &one.metric);
    let mut metrics: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for metric in question.deciding.iter().chain(guarded) {
        let (group, name) = (metric.group(), metric.metric().name);
        if let Some(value) = run.value(&group, name) {
            metrics.entry(group).or_default().insert(name.to_owned(), value);
        }
    }
    Measurement {
        metrics,
        requests_sha256: run.requests_sha256.clone(),
        arrivals_sha256: run.arrivals_sha256.clone(),
        workload_sha256: String::new(),
        still_growing: run.still_growing,
        ttft_cdf_ms: BTreeMap::new(),
        series: Series { bin_us: run.series.bin_us, instances: Vec::new() },
        terms: Vec::new(),
        warnings: Vec::new(),
        parts: None,
    }
}

/// Refuses runs that cannot be compared: the baseline is the first.
fn check(
    arms: &[Arm],
    which: &[usize],
    seeds: &[u64],
    ran: &[Vec<Ran<Measurement>>],
    question: &Question,
) -> Result<(), TuneError> {
    let Some(baseline) = ran.first() else { return Ok(()) };
    for (place, &seed) in seeds.iter().enumerate() {
        let own = match &baseline[place] {
            Ok(own) => own,
            Err(message) => return Err(TuneError::Baseline { seed, message: message.clone() }),
        };
        let missing = |metric: &&MetricRef| own.value(&metric.group(), metric.metric().name).is_none();
        if let Some(metric) = question.deciding.iter().find(missing) {
            return Err(TuneError::NoValue(metric.to_string()));
        }
        for (&arm, runs) in which.iter().zip(ran) {
            if runs[place].as_ref().is_ok_and(|run| run.arrivals_sha256 != own.arrivals_sha256) {
                return Err(TuneError::OtherRequests { point: arms[arm].name.value.clone(), seed });
            }
        }
    }
    Ok(())
}

fn rungs(climbed: &[Rung]) -> Vec<RungRow> {
    let mut before = 0;
    let row = |rung: &Rung| {
        let new = rung.seeds - std::mem::replace(&mut before, rung.seeds);
        RungRow { points: rung.points, seeds: rung.seeds, runs: (rung.points as u64 + 1) * u64::from(new) }
    };
    climbed.iter().map(row).collect()
}

/// The points that were chosen, on held-out seeds; and what to know of them.
fn front(
    ask: &Ask<'_>,
    found: &Found,
    seeds: &[u64],
    ran: Vec<Vec<Ran<Measurement>>>,
    label: &dyn Fn(usize) -> String,
) -> Result<(Vec<FrontPoint>, Vec<String>), TuneError> {
    let question = &ask.question;
    let mut notes = Vec::new();
    let mut ran = ran.into_iter().map(|runs| runs.into_iter().collect::<Result<Vec<Measurement>, String>>());
    let baseline = ran.next().and_then(Result::ok).unwrap_or_default();
    let (mut sound, mut failed) = (Vec::new(), Vec::new());
    for ((point, same), runs) in found.front.iter().zip(ran) {
        match runs {
            Ok(runs) => sound.push((*point, same, runs)),
            Err(message) => failed.push((*point, same, message)),
        }
    }
    let runs: Vec<&[Measurement]> = sound.iter().map(|(_, _, runs)| &runs[..]).collect();
    let claims = claim(question, seeds, &baseline, &runs).map_err(TuneError::NoValue)?;
    note_saturation("the baseline", &baseline, &mut notes);
    let named = |who: &Option<usize>| who.map_or_else(|| "the baseline".to_owned(), |at| label(sound[at].0));
    let mut front = Vec::new();
    for (index, (point, same, runs)) in sound.iter().enumerate() {
        note_saturation(&format!("`{}`", label(*point)), runs, &mut notes);
        let rows = claims.rows[index].iter().zip(&question.deciding);
        let rows = rows
            .map(|(row, metric)| FrontRow { search: seen(found, metric, *point), held_out: row.clone() })
            .collect();
        front.push(FrontPoint {
            rows,
            guardrails: claims.guardrails[index].clone(),
            standing: claims.standings[index],
            dominated_by: claims.dominated_by[index].iter().map(named).collect(),
            ..bare(ask, *point, same, label)
        });
    }
    front.sort_by(|a, b| first_value(a).total_cmp(&first_value(b)));
    for (point, same, message) in failed {
        notes.push(format!("`{}` failed on held-out seeds: {message}", label(point)));
        front.push(bare(ask, point, same, label));
    }
    Ok((front, notes))
}

/// A point of the front without any figures.
fn bare(ask: &Ask<'_>, point: usize, same: &[usize], label: &dyn Fn(usize) -> String) -> FrontPoint {
    FrontPoint {
        point: label(point),
        arguments: ask.spec.arguments(&ask.points.points[point]),
        file: None,
        same: same.iter().map(|&other| label(other)).collect(),
        rows: Vec::new(),
        guardrails: Vec::new(),
        standing: Standing::Failed,
        dominated_by: Vec::new(),
    }
}

/// The first metric on held-out seeds, lower is better.
fn first_value(point: &FrontPoint) -> f64 {
    let Some(row) = point.rows.first().map(|row| &row.held_out) else { return f64::INFINITY };
    if row.better == Better::Higher.name() { -row.b } else { row.b }
}

/// The relative difference that the search saw, with its naive interval.
fn seen(found: &Found, metric: &MetricRef, point: usize) -> Option<Interval> {
    let runs = &found.points[point].runs;
    let numbers: Vec<u64> = (0..runs.len() as u64).collect();
    let values = values(metric, &pairs(&numbers, &found.baseline, runs))?;
    effect(&Looks::once(values.len() as u32), &values, metric.metric().scale, 0)?.relative
}

fn note_saturation(name: &str, runs: &[Measurement], notes: &mut Vec<String>) {
    let growing = runs.iter().filter(|run| run.still_growing == Some(true)).count();
    if 2 * growing > runs.len() {
        notes.push(format!(
            "{name} is past saturation in {growing} of {} held-out seeds: latencies depend on how long the run is",
            runs.len()
        ));
    }
}

fn point_rows(question: &Question, found: &Found, label: &dyn Fn(usize) -> String) -> Vec<PointRow> {
    let row = |(point, known): (usize, &super::search::Known)| PointRow {
        point: label(point),
        rung: known.rung,
        seeds: known.runs.len() as u32,
        estimates: match known.failure {
            Some(_) => Vec::new(),
            None => question.deciding.iter().filter_map(|metric| found.estimate(metric, point)).collect(),
        },
        violation: if known.failure.is_some() { 0.0 } else { found.violation(question, point) },
        is_chosen: found.front.iter().any(|(chosen, _)| *chosen == point),
        failure: known.failure.clone(),
    };
    found.points.iter().enumerate().map(row).collect()
}

fn notes(ask: &Ask<'_>, found: &Found, arms: &[Arm], label: &dyn Fn(usize) -> String) -> Vec<String> {
    let mut notes = Vec::new();
    if ask.points.is_sampled {
        notes.push(format!(
            "{} points were drawn at random from {} combinations: others were not tried",
            ask.points.points.len(),
            ask.points.combinations
        ));
    }
    if found.is_out_of_time {
        notes.push(format!(
            "there was no time for {} more of the rungs: the choice is rougher than planned",
            ask.rungs.len() - found.rungs.len()
        ));
    }
    let failed: Vec<usize> =
        (0..found.points.len()).filter(|&at| found.points[at].failure.is_some()).collect();
    if let Some(&first) = failed.first() {
        let message = found.points[first].failure.as_deref().unwrap_or_default();
        let many = match failed.len() {
            1 => "1 point failed and was".to_owned(),
            many => format!("{many} points failed and were"),
        };
        notes.push(format!("{many} left out, first `{}`: {message}", label(first)));
    }
    if found.is_beyond {
        let nearest = "no point kept within the guardrails on the seeds of the search: this is the nearest";
        notes.push(nearest.to_owned());
    }
    if arms[0].origins.is_trace {
        notes.push(
            "a trace has nothing random in it: seeds differ in tie-breaks and random policies alone, so that \
             held-out seeds are the same requests, and intervals say nothing about other days"
                .to_owned(),
        );
    }
    notes
}
