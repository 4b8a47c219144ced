//! Empirical distributions that lie in files.

use std::path::Path;

use crate::workload::WorkloadError;
use crate::workload::spec::{DistSpec, WorkloadSpec};

/// The description with every `file:` of an empirical distribution replaced by its values, so that
/// what is drawn and hashed is what the file said.
pub(crate) fn load_files(spec: &WorkloadSpec) -> Result<WorkloadSpec, WorkloadError> {
    let mut spec = spec.clone();
    let classes = spec.classes.iter_mut().flatten();
    let dists = [&mut spec.prompt_tokens, &mut spec.output_tokens]
        .into_iter()
        .chain(classes.flat_map(|class| [&mut class.prompt_tokens, &mut class.output_tokens]))
        .flatten()
        .chain(spec.sessions.iter_mut().map(|sessions| &mut sessions.think_time_s));
    for dist in dists {
        load(dist)?;
    }
    Ok(spec)
}

fn load(dist: &mut DistSpec) -> Result<(), WorkloadError> {
    if let Some(path) = dist.file.take() {
        dist.values = Some(read(&path)?);
    }
    Ok(())
}

/// Rows of value and weight (1 where there is no second column). A first row that is not a number
/// is taken for headings.
fn read(path: &Path) -> Result<Vec<(f64, f64)>, WorkloadError> {
    let name = path.display().to_string();
    let unreadable =
        |error: csv::Error| WorkloadError::file(&name, format!("cannot read the distribution: {error}"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(unreadable)?;
    let mut values = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let bad = |problem: String| WorkloadError::data(&name, line, None, problem);
        let Ok(value) = record.get(0).unwrap_or_default().parse::<f64>() else {
            if row == 0 {
                continue;
            }
            return Err(bad(format!("`{}` is not a number", record.get(0).unwrap_or_default())));
        };
        let weight = match record.get(1) {
            Some(text) => {
                text.parse::<f64>().map_err(|_| bad(format!("the weight `{text}` is not a number")))?
            }
            None => 1.0,
        };
        values.push((value, weight));
    }
    Ok(values)
}
