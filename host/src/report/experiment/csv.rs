//! `results.csv`: a row per figure of a run.

use std::io::{self, Write};

use super::rows::{columns, rows};
use crate::experiment::results::Results;

/// Writes the heads and all rows. Values have as many digits as it takes to read them back exactly.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns(results)).map_err(super::super::csv::unwrapped)?;
    for row in rows(results) {
        let (seed, value) = (row.seed.to_string(), row.value.to_string());
        let behind = [seed.as_str(), row.group, row.metric, row.unit, value.as_str()];
        let fields = std::iter::once(row.arm).chain(row.levels.iter().copied()).chain(behind);
        csv.write_record(fields).map_err(super::super::csv::unwrapped)?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn tidy_rows() {
        let mut out = Vec::new();
        write(&sample::results(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
