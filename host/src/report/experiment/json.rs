//! `results.json`: everything that was found.

use std::io::{self, Write};

use crate::experiment::results::Results;

/// Writes the results, ending in a line feed.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, results)?;
    out.write_all(b"\n")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_file_holds_all_of_it() {
        let results = sample::results();
        let mut out = Vec::new();
        write(&results, &mut out).unwrap();
        assert!(out.ends_with(b"}\n"));
        assert_eq!(serde_json::from_slice::<Results>(&out).unwrap(), results);
    }
}
