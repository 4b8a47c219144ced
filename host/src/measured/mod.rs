//! Measured runs of real servers: what a client saw of each request.
//!
//! `table` reads CSV, `lines` the JSON lines of vLLM's own times, `columns` says which column is which and
//! in what unit. `host/docs/latency.md` describes the formats. Whatever is wrong with a file is said with
//! its line and column.

mod columns;
mod content;
mod error;
mod levels;
mod lines;
mod table;

use std::path::Path;

pub use columns::{Columns, Field};
pub use content::{CONTENT_BLOCK, read_content};
pub use error::MeasuredError;
pub use levels::{MeasuredLevel, read_levels};

/// A request as it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasuredRequest {
    /// When the client sent it, from the first one on. \[us\]
    pub arrival_us: u64,
    /// Prompt length. \[tokens\]
    pub prompt_tokens: u64,
    /// Output length. \[tokens\]
    pub output_tokens: u64,
    /// From sending it to the first token; `None`: it failed. \[us\]
    pub ttft_us: Option<u64>,
    /// From sending it to the last token; `None`: it failed. \[us\]
    pub e2e_us: Option<u64>,
}

impl MeasuredRequest {
    /// Time per output token after the first. \[us\]
    #[must_use]
    pub fn tpot_us(&self) -> Option<f64> {
        let us = self.e2e_us?.saturating_sub(self.ttft_us?) as f64;
        (self.output_tokens > 1).then(|| us / (self.output_tokens - 1) as f64)
    }
}

/// A run of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredRun {
    /// The name of its file, without what follows the last dot.
    pub name: String,
    /// In order of arrival; at least one.
    pub requests: Vec<MeasuredRequest>,
    /// The content of each prompt, where it is known ([`read_content`]).
    pub content: Option<Vec<Vec<u64>>>,
    /// Requests at its beginning that are compared with nothing: they found a server that was not warm.
    pub warming: usize,
}

impl MeasuredRun {
    /// The requests of the first `us` only load the server: nothing of what was seen of them is kept.
    pub fn warm_up(&mut self, us: u64) {
        self.warming = self.requests.partition_point(|request| request.arrival_us < us);
        for request in &mut self.requests[..self.warming] {
            (request.ttft_us, request.e2e_us) = (None, None);
        }
    }

    /// Requests that failed: they loaded the server, and are compared with nothing.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.requests.iter().skip(self.warming).filter(|request| request.e2e_us.is_none()).count()
    }
}

/// Reads a run: JSON lines where the name ends in `.jsonl`, else CSV.
///
/// # Errors
///
/// The first thing that is wrong, with line and column.
pub fn read(path: &Path, columns: &Columns) -> Result<MeasuredRun, MeasuredError> {
    let text = std::fs::read_to_string(path).map_err(|error| MeasuredError::unreadable(path, &error))?;
    let is_lines = path.extension().is_some_and(|extension| extension == "jsonl");
    let rows = if is_lines { lines::read(path, &text, columns)? } else { table::read(path, &text, columns)? };
    if rows.is_empty() {
        return Err(MeasuredError::whole(path, "there is no request in it"));
    }
    Ok(MeasuredRun { name: name(path), requests: in_order(rows), content: None, warming: 0 })
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A request with its arrival as it was written. \[us\]
struct Row {
    arrival_us: f64,
    request: MeasuredRequest,
}

/// In order of arrival, counted from the first.
fn in_order(mut rows: Vec<Row>) -> Vec<MeasuredRequest> {
    rows.sort_by(|a, b| a.arrival_us.total_cmp(&b.arrival_us));
    let first_us = rows.first().map_or(0.0, |row| row.arrival_us);
    let at = |row: &Row| (row.arrival_us - first_us).round() as u64;
    rows.iter().map(|row| MeasuredRequest { arrival_us: at(row), ..row.request }).collect()
}

/// What both kinds of files have to do with a row.
struct Raw {
    arrival_us: f64,
    prompt_tokens: u64,
    output_tokens: u64,
    ttft_us: Option<f64>,
    e2e_us: Option<f64>,
}

impl Raw {
    /// A row, unless its times contradict each other.
    fn checked(&self) -> Result<Row, (Field, String)> {
        if self.prompt_tokens == 0 {
            return Err((Field::PromptTokens, "a prompt has at least one token".to_owned()));
        }
        if self.output_tokens == 0 {
            return Err((
                Field::OutputTokens,
                "an output has at least one token (--output-tokens N says it where the length was forced)"
                    .to_owned(),
            ));
        }
        if let (Some(ttft_us), Some(e2e_us)) = (self.ttft_us, self.e2e_us)
            && e2e_us < ttft_us
        {
            let message = format!(
                "the last token came {} ms after the request was sent, before the first, after {} ms",
                e2e_us / 1e3,
                ttft_us / 1e3
            );
            return Err((Field::E2e, message));
        }
        let both = self.ttft_us.is_some() && self.e2e_us.is_some();
        let us = |time: Option<f64>| time.filter(|_| both).map(|us| us.round() as u64);
        let request = MeasuredRequest {
            arrival_us: 0,
            prompt_tokens: self.prompt_tokens,
            output_tokens: self.output_tokens,
            ttft_us: us(self.ttft_us),
            e2e_us: us(self.e2e_us),
        };
        Ok(Row { arrival_us: self.arrival_us, request })
    }
}

#[cfg(test)]
mod tests;
