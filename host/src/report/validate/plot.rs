//! Plots of a run over time.

use std::fs;
use std::path::{Path, PathBuf};

use crate::measured::MeasuredLevel;
use crate::report::experiment::plot::{Panel, curves};
use crate::report::file::{OutputError, OutputFile};
use crate::validate::Validation;

const NAMES: [&str; 2] = ["measured", "simulated"];

/// Writes a plot per run, with the server's own series where it was measured; returns the files.
///
/// # Errors
///
/// The file that could not be written.
pub fn write_plots(
    all: &[Validation],
    levels: Option<&[MeasuredLevel]>,
    directory: &Path,
) -> Result<Vec<PathBuf>, OutputError> {
    fs::create_dir_all(directory).map_err(|why| OutputError::new(directory, &why))?;
    let mut written = Vec::new();
    for validation in all {
        let path = directory.join(format!("{}.svg", slug(&validation.name)));
        let mut panels = vec![in_flight(validation), ttft(validation)];
        panels.extend(levels.into_iter().flat_map(|levels| of_levels(validation, levels)));
        let described = format!(
            "Measured and simulated over time; requests in flight differ by {:.1} percent on average.",
            100.0 * validation.course.in_flight_error
        );
        let title = format!("{}: measured and simulated", validation.name);
        let plot = curves(&slug(&validation.name), &title, &described, &NAMES, "time [s]", &panels)
            .map_err(|why| OutputError::new(&path, &why))?;
        OutputFile::check(&path)?.write(|out| out.write_all(plot.standalone().as_bytes()))?;
        written.push(path);
    }
    Ok(written)
}

/// A name for a file.
fn slug(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect()
}

fn in_flight(validation: &Validation) -> Panel {
    let bins = &validation.course.bins;
    let line = |side: usize| bins.iter().map(|bin| (bin.from_s, bin.in_flight[side])).collect();
    Panel { title: "requests in flight".to_owned(), lines: vec![line(0), line(1)] }
}

fn ttft(validation: &Validation) -> Panel {
    let bins = &validation.course.bins;
    let line = |side: usize| bins.iter().filter_map(|bin| Some((bin.from_s, bin.ttft_ms?[side]))).collect();
    Panel { title: "mean time to first token [ms]".to_owned(), lines: vec![line(0), line(1)] }
}

/// Running, waiting and KV use, at the times at which they were measured.
fn of_levels(validation: &Validation, levels: &[MeasuredLevel]) -> Vec<Panel> {
    let simulated = |at_s: f64| validation.replayed.series.at((at_s * 1e6) as u64);
    let panel =
        |title: &str, measured: fn(&MeasuredLevel) -> f64, of: fn(&crate::replay::Level) -> f64| Panel {
            title: title.to_owned(),
            lines: vec![
                levels.iter().map(|level| (level.at_s, measured(level))).collect(),
                levels
                    .iter()
                    .map(|level| (level.at_s, simulated(level.at_s).as_ref().map_or(0.0, of)))
                    .collect(),
            ],
        };
    vec![
        panel("running requests", |level| level.running, |level| level.running as f64),
        panel("waiting requests", |level| level.waiting, |level| level.waiting as f64),
        panel("KV blocks in use [percent]", |level| level.kv_percent, |level| 100.0 * level.kv_usage),
    ]
}
