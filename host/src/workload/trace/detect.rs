//! Which format a trace has, and its reader.

use std::io::Read;
use std::path::Path;

use super::columns::{AZURE_COLUMNS, Table};
use super::input::{Lines, open_file};
use super::mooncake::Mooncake;
use super::native::Native;
use super::record::Records;
use crate::workload::WorkloadError;
use crate::workload::spec::{Columns, TraceFormat, WorkloadSpec};

/// The format that the description names, or the one that the first line shows.
pub(super) fn format(spec: &WorkloadSpec, path: &Path) -> Result<TraceFormat, WorkloadError> {
    let named = spec.format.unwrap_or_default();
    if named != TraceFormat::Auto {
        return Ok(named);
    }
    let name = path.display().to_string();
    let mut lines = Lines::new(&name, open_file(path)?)?;
    if !lines.advance()? {
        return Err(WorkloadError::file(&name, "is empty: it holds no request"));
    }
    let found = by_first_line(lines.line(), spec.columns.as_ref());
    let Some(format) = found else {
        let problem = "does not look like a trace in a known format: set `workload.format` to mooncake, azure, \
                       native or csv (with `workload.columns`)";
        return Err(WorkloadError::file(&name, problem));
    };
    let for_csv = [("columns", spec.columns.is_some()), ("time_unit", spec.time_unit.is_some())];
    match for_csv.into_iter().find(|&(_, given)| given && format != TraceFormat::Csv) {
        Some((key, _)) => {
            let problem = format!("is for CSV traces, but {name} is a trace in the format {}", format.name());
            Err(WorkloadError::config(format!("workload.{key}"), problem))
        }
        None => Ok(format),
    }
}

fn by_first_line(line: &[u8], columns: Option<&Columns>) -> Option<TraceFormat> {
    let text = String::from_utf8_lossy(line);
    if text.trim_start().starts_with('{') {
        // The keys come before and after lists of any length, so the whole line is looked through.
        let has = |keys: &[&str]| keys.iter().any(|key| text.contains(&format!("\"{key}\"")));
        return match (
            has(&["timestamp", "input_length", "hash_ids"]),
            has(&["arrival_us", "input_len", "block_hashes"]),
        ) {
            (true, false) => Some(TraceFormat::Mooncake),
            (false, true) => Some(TraceFormat::Native),
            _ => None,
        };
    }
    let names: Vec<&str> = text.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let default = Columns::default();
    let usual = [default.arrival.as_str(), &default.input, &default.output];
    if columns.is_some() {
        Some(TraceFormat::Csv)
    } else if AZURE_COLUMNS.iter().all(|name| names.contains(name)) {
        Some(TraceFormat::Azure)
    } else if usual.iter().all(|name| names.contains(name)) {
        Some(TraceFormat::Csv)
    } else {
        None
    }
}

/// The reader of a trace whose format is known.
pub(super) fn reader(
    spec: &WorkloadSpec,
    format: TraceFormat,
    name: &str,
    bytes: impl Read + 'static,
    block_size: u64,
) -> Result<Box<dyn Records>, WorkloadError> {
    let lines = Lines::new(name, bytes)?;
    Ok(match format {
        TraceFormat::Mooncake => Box::new(Mooncake::new(lines, block_size)),
        TraceFormat::Native => Box::new(Native::new(lines, block_size)?),
        TraceFormat::Azure => Box::new(Table::azure(lines, block_size)?),
        TraceFormat::Csv | TraceFormat::Auto => {
            let columns = spec.columns.clone().unwrap_or_default();
            Box::new(Table::csv(lines, block_size, &columns, spec.time_unit.unwrap_or_default())?)
        }
    })
}
