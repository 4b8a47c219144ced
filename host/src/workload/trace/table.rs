//! The fields of a CSV line.

use super::input::Lines;
use crate::workload::WorkloadError;

/// Splits lines into fields. A field may be quoted, but does not span lines: what a trace holds are
/// numbers and labels, and an open quote would otherwise swallow the rest of the file.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Start and end of each field in `text`.
    ends: Vec<(usize, usize)>,
    /// Byte at which each field starts on the line.
    starts: Vec<usize>,
    text: String,
}

impl Fields {
    /// Reads the fields of the current line.
    pub(super) fn read(&mut self, lines: &Lines) -> Result<(), WorkloadError> {
        self.ends.clear();
        self.starts.clear();
        self.text.clear();
        let line = std::str::from_utf8(lines.line()).map_err(|error| {
            lines.error(
                Some(error.valid_up_to() as u64 + 1),
                "the line is not UTF-8 text: is this a CSV file?",
            )
        })?;
        let mut quoted = false;
        let mut start = 0;
        for (i, byte) in line.bytes().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted => {
                    self.starts.push(start);
                    start = i + 1;
                }
                _ => {}
            }
        }
        if quoted {
            return Err(
                lines.error(Some(start as u64 + 1), "a quote is not closed: a field may not span lines")
            );
        }
        self.starts.push(start);
        if line.contains('"') {
            self.read_quoted(lines, line)
        } else {
            self.text.push_str(line);
            let last = self.starts.len() - 1;
            let end = |i: usize| if i == last { line.len() } else { self.starts[i + 1] - 1 };
            self.ends.extend((0..=last).map(|i| (self.starts[i], end(i))));
            Ok(())
        }
    }

    fn read_quoted(&mut self, lines: &Lines, line: &str) -> Result<(), WorkloadError> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let mut record = csv::StringRecord::new();
        reader
            .read_record(&mut record)
            .map_err(|error| lines.error(None, format!("not a line of CSV: {error}")))?;
        for field in &record {
            let start = self.text.len();
            self.text.push_str(field);
            self.ends.push((start, self.text.len()));
        }
        Ok(())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field without the blanks around it.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        self.ends.get(index).map(|&(start, end)| self.text[start..end].trim())
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Byte column of a field on its line, from 1.
    pub(super) fn column(&self, index: usize) -> Option<u64> {
        self.starts.get(index).map(|&start| start as u64 + 1)
    }
}
