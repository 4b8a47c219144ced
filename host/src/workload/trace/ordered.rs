//! The requests of a trace up to its limit, with their order checked.

use super::record::{Record, Records};
use crate::workload::{Content, WorkloadError};

/// Requests in the order of their arrival; equal arrivals are fine.
pub(super) struct Ordered {
    records: Box<dyn Records>,
    left: u64,
    last_us: u64,
    last_line: u64,
}

impl Ordered {
    pub(super) fn new(records: Box<dyn Records>, limit: Option<u64>) -> Self {
        Self { records, left: limit.unwrap_or(u64::MAX), last_us: 0, last_line: 0 }
    }

    /// The next request.
    pub(super) fn next(&mut self) -> Result<Option<Record>, WorkloadError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(record) = self.records.next()? else { return Ok(None) };
        if record.arrival_us < self.last_us {
            let problem = format!(
                "the arrival, at {} us, is before that of line {}, at {} us: sort the trace by \
                 arrival (equal times are fine)",
                record.arrival_us, self.last_line, self.last_us
            );
            return Err(self.records.lines().error(None, problem));
        }
        self.left -= 1;
        (self.last_us, self.last_line) = (record.arrival_us, record.line);
        Ok(Some(record))
    }

    /// The content of the request that was read last.
    pub(super) fn content(&mut self, record: &Record) -> Content {
        self.records.content(record)
    }

    /// Oddities met so far.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.records.warnings()
    }
}
