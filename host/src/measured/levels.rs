//! A server's own series: how many requests ran and waited, and how much KV memory was in use.

use std::path::Path;

use super::MeasuredError;
use super::table::number;

/// How full a server was at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredLevel {
    /// Since the first request was sent. \[s\]
    pub at_s: f64,
    /// Requests in the batch.
    pub running: f64,
    /// Requests in the queue.
    pub waiting: f64,
    /// KV blocks in use. \[percent\]
    pub kv_percent: f64,
}

/// Reads a series: CSV with the columns `t` (in seconds since the first request), `running`, `waiting` and
/// `kv_cache_pct`.
///
/// # Errors
///
/// The first thing that is wrong, with line and column.
pub fn read_levels(path: &Path) -> Result<Vec<MeasuredLevel>, MeasuredError> {
    let text = std::fs::read_to_string(path).map_err(|error| MeasuredError::unreadable(path, &error))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|error| MeasuredError::line(path, 1, error.to_string()))?.clone();
    let names = ["t", "running", "waiting", "kv_cache_pct"];
    let mut places = [0; 4];
    for (place, name) in places.iter_mut().zip(names) {
        let found = heads.iter().position(|head| head == name);
        *place = found.ok_or_else(|| MeasuredError::line(path, 1, format!("there is no column `{name}`")))?;
    }
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            MeasuredError::line(path, error.position().map_or(1, csv::Position::line), error.to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = [0.0; 4];
        for ((value, place), name) in row.iter_mut().zip(places).zip(names) {
            *value = number(record.get(place).unwrap_or_default())
                .map_err(|message| MeasuredError::cell(path, line, name, message))?;
        }
        let [at_s, running, waiting, kv_percent] = row;
        all.push(MeasuredLevel { at_s, running, waiting, kv_percent });
    }
    Ok(all)
}
