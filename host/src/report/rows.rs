//! The lines of `requests.csv` of any number of requests, which end in another order than that of their ids.
//!
//! Requests that are close in time have ids that are close, so a short stretch is put in order in memory
//! and goes to a file. Later rounds of sessions have ids far above those of first rounds, and some requests
//! take very long: a line that comes too late for a file goes to another one. At the end, all are merged.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek as _, Write};
use std::path::PathBuf;

use super::csv::{Rows, write_heads};
use super::file::OutputFile;
use crate::engine::RequestRecord;

/// Requests that are held in memory, some 20 MB; half of them are written when there are more.
const HELD: usize = 1 << 16;

/// Files at most; when there would be more, they become one.
const MOST_FILES: usize = 64;

/// Requests on their way to a file that is in order of id.
pub struct RequestRows {
    directory: PathBuf,
    held: Vec<RequestRecord>,
    most_held: usize,
    files: Vec<InOrder>,
    failed: Option<io::Error>,
}

/// A file without a name, so that nothing of it is left whatever happens. Its ids ascend.
struct InOrder {
    rows: Rows<BufWriter<File>>,
    last_id: u64,
}

impl RequestRows {
    /// None yet. What does not stay in memory goes to files in the directory of the place, or in that for
    /// temporary files where there is none.
    #[must_use]
    pub fn new(place: Option<&OutputFile>) -> Self {
        let directory = place.map_or_else(std::env::temp_dir, OutputFile::scratch);
        Self { directory, held: Vec::new(), most_held: HELD, files: Vec::new(), failed: None }
    }

    /// One more. What cannot be written is said at the end.
    pub fn push(&mut self, record: &RequestRecord) {
        if self.failed.is_some() {
            return;
        }
        self.held.push(record.clone());
        if self.held.len() >= self.most_held {
            self.failed = self.put_away().err();
        }
    }

    /// Writes heads and lines of all, in order of id.
    ///
    /// # Errors
    ///
    /// What the writer or a file says, or said before.
    pub fn write(&mut self, mut out: &mut dyn Write) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        write_heads(&mut out)?;
        self.held.sort_unstable_by_key(|record| record.id);
        if self.files.is_empty() {
            let mut rows = Rows::new(out);
            self.held.iter().try_for_each(|record| rows.push(record))?;
            return rows.into_inner().map(drop);
        }
        let held = std::mem::take(&mut self.held);
        held.iter().try_for_each(|record| self.append(record))?;
        merge(std::mem::take(&mut self.files), out).map(drop)
    }

    /// Half of what is held goes to files: those with the lower ids, since the requests between them have
    /// likely ended.
    fn put_away(&mut self) -> io::Result<()> {
        self.held.sort_unstable_by_key(|record| record.id);
        let rest = self.held.split_off(self.held.len().div_ceil(2));
        let lower = std::mem::replace(&mut self.held, rest);
        lower.iter().try_for_each(|record| self.append(record))
    }

    /// Appends a line to the file whose last id is the next below.
    fn append(&mut self, record: &RequestRecord) -> io::Result<()> {
        let below = self.files.iter_mut().filter(|file| file.last_id < record.id);
        if let Some(file) = below.max_by_key(|file| file.last_id) {
            file.last_id = record.id;
            return file.rows.push(record);
        }
        if self.files.len() >= MOST_FILES {
            let mut all = BufWriter::new(tempfile::tempfile_in(&self.directory)?);
            let last_id = merge(std::mem::take(&mut self.files), &mut all)?;
            self.files.push(InOrder { rows: Rows::new(all), last_id });
        }
        let mut rows = Rows::new(BufWriter::new(tempfile::tempfile_in(&self.directory)?));
        rows.push(record)?;
        self.files.push(InOrder { rows, last_id: record.id });
        Ok(())
    }
}

/// Lines of a file, from the first.
struct Lines {
    input: BufReader<File>,
    line: Vec<u8>,
    id: u64,
}

impl Lines {
    fn of(file: InOrder) -> io::Result<Self> {
        let mut file = file.rows.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Self { input: BufReader::with_capacity(1 << 16, file), line: Vec::new(), id: 0 })
    }

    /// Goes to the next; false at the end. A line feed within quotes belongs to a label.
    fn advance(&mut self) -> io::Result<bool> {
        self.line.clear();
        while self.input.read_until(b'\n', &mut self.line)? > 0
            && self.line.iter().filter(|&&byte| byte == b'"').count() % 2 == 1
        {}
        let digits = self.line.iter().take_while(|byte| byte.is_ascii_digit());
        self.id = digits.fold(0, |id, digit| id * 10 + u64::from(digit - b'0'));
        Ok(!self.line.is_empty())
    }
}

/// Writes the lines of all files in order of id, and returns the last id.
fn merge(files: Vec<InOrder>, mut out: impl Write) -> io::Result<u64> {
    let mut left = Vec::new();
    for file in files {
        let mut lines = Lines::of(file)?;
        if lines.advance()? {
            left.push(lines);
        }
    }
    let mut last_id = 0;
    while let Some(at) = (0..left.len()).min_by_key(|&at| left[at].id) {
        out.write_all(&left[at].line)?;
        last_id = left[at].id;
        if !left[at].advance()? {
            left.swap_remove(at);
        }
    }
    Ok(last_id)
}

#[cfg(test)]
mod tests {
    use super::super::csv;
    use super::*;
    use crate::engine::State;
    use proptest::prelude::*;

    fn record(id: u64) -> RequestRecord {
        RequestRecord {
            id,
            instance: Some(0),
            tenant: id.is_multiple_of(3).then(|| "two\nlines, \"quoted\"".into()),
            slo_class: None,
            session: None,
            round: None,
            arrival_us: 7 * id,
            queued_us: None,
            first_scheduled_us: None,
            ttft_us: None,
            e2e_us: None,
            max_itl_us: None,
            prompt_tokens: 1,
            output_tokens: 0,
            hit_tokens_gpu: 0,
            hit_tokens_cpu: 0,
            admitted_tokens: 0,
            pending_transfer_at_routing_us: None,
            preemptions: 0,
            state: State::Rejected,
        }
    }

    /// What is written of these ids, and the most files and records that were there at once.
    fn written(ids: &[u64], most_held: usize) -> (String, usize, usize) {
        let directory = tempfile::tempdir().unwrap();
        let place = OutputFile::check(&directory.path().join("requests.csv")).unwrap();
        let mut rows = RequestRows { most_held, ..RequestRows::new(Some(&place)) };
        let (mut files, mut held) = (0, 0);
        for &id in ids {
            rows.push(&record(id));
            files = files.max(rows.files.len());
            held = held.max(rows.held.len());
        }
        assert_eq!(directory.path().read_dir().unwrap().count(), 0, "files have no name");
        let mut out = Vec::new();
        rows.write(&mut out).unwrap();
        (String::from_utf8(out).unwrap(), files, held)
    }

    fn expected(ids: &[u64]) -> String {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        let mut out = Vec::new();
        csv::write(&ids.into_iter().map(record).collect::<Vec<_>>(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn any_order_comes_out_in_order(ids in Just((0..400_u64).collect::<Vec<_>>()).prop_shuffle(), most_held in 1_usize..500) {
            let (found, files, held) = written(&ids, most_held);
            prop_assert!(files <= MOST_FILES && held < most_held.max(2));
            prop_assert_eq!(found, expected(&ids));
        }
    }

    #[test]
    fn what_is_nearly_in_order_takes_one_file_and_sessions_few() {
        let near: Vec<u64> = (0..10_000).map(|n| n / 8 * 8 + 7 - n % 8).collect();
        let (found, files, _) = written(&near, 64);
        assert_eq!((found, files), (expected(&near), 1));
        // First rounds, and between them later ones.
        let sessions: Vec<u64> = near.iter().flat_map(|&id| [id, 10_000 + id]).collect();
        let (found, files, _) = written(&sessions, 64);
        assert!(files <= 4, "{files}");
        assert_eq!(found, expected(&sessions));
        // The worst of all orders.
        let falling: Vec<u64> = (0..10_000).rev().collect();
        let (found, files, _) = written(&falling, 16);
        assert_eq!((found, files), (expected(&falling), MOST_FILES));
    }

    #[test]
    fn what_could_not_be_written_is_said_at_the_end() {
        let mut rows = RequestRows { most_held: 2, ..RequestRows::new(None) };
        rows.directory = "/nowhere/at/all".into();
        (0..10).for_each(|id| rows.push(&record(id)));
        assert!(rows.held.len() <= 2);
        assert!(rows.write(&mut Vec::new()).is_err());
    }
}
