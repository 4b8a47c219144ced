//! Where records are until the run is over: a file without a name.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::event::{Event, MOST_NUMBERS, Record};

/// Records, in the order in which they came.
#[derive(Debug)]
pub(super) struct Spool {
    directory: PathBuf,
    file: BufWriter<File>,
}

impl Spool {
    /// An empty one in this directory.
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile_in(directory)?);
        Ok(Self { directory: directory.to_owned(), file })
    }

    /// Puts one more at the end.
    pub(super) fn push(&mut self, record: &Record) -> io::Result<()> {
        let (kind, numbers) = record.event.numbers();
        self.file.write_all(&record.rank.to_le_bytes())?;
        self.file.write_all(&[kind])?;
        self.number(record.at_us)?;
        numbers[..Event::count(kind)].iter().try_for_each(|&number| self.number(number))
    }

    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    fn number(&mut self, mut number: u64) -> io::Result<()> {
        let mut bytes = [0; 10];
        let mut length = 0;
        loop {
            let is_last = number < 0x80;
            bytes[length] = (number & 0x7f) as u8 | if is_last { 0 } else { 0x80 };
            length += 1;
            if is_last {
                return self.file.write_all(&bytes[..length]);
            }
            number >>= 7;
        }
    }

    /// Shows each.
    pub(super) fn read(&mut self, mut see: impl FnMut(&Record) -> io::Result<()>) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        let mut input = BufReader::new(&mut *file);
        while !input.fill_buf()?.is_empty() {
            see(&next(&mut input)?)?;
        }
        drop(input);
        file.seek(io::SeekFrom::End(0)).map(|_| ())
    }

    /// Forgets all others.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(&Record) -> bool) -> io::Result<()> {
        let mut rest = Self::new(&self.directory)?;
        self.read(|record| if is_kept(record) { rest.push(record) } else { Ok(()) })?;
        *self = rest;
        Ok(())
    }
}

fn next(input: &mut BufReader<&mut File>) -> io::Result<Record> {
    let mut rank = [0; 8];
    input.read_exact(&mut rank)?;
    let mut kind = [0];
    input.read_exact(&mut kind)?;
    let at_us = number(input)?;
    let mut numbers = [0; MOST_NUMBERS];
    for slot in &mut numbers[..Event::count(kind[0])] {
        *slot = number(input)?;
    }
    let event = Event::from_numbers(kind[0], &numbers).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Record { rank: u64::from_le_bytes(rank), at_us, event })
}

fn number(input: &mut BufReader<&mut File>) -> io::Result<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let mut byte = [0];
        input.read_exact(&mut byte)?;
        number |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] < 0x80 {
            return Ok(number);
        }
        shift += 7;
        if shift > 63 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::tests::samples;
    use super::*;

    fn all(spool: &mut Spool) -> Vec<Record> {
        let mut all = Vec::new();
        let read = spool.read(|record| {
            all.push(*record);
            Ok(())
        });
        read.unwrap();
        all
    }

    #[test]
    fn records_come_back_as_they_were_and_leave_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(directory.path()).unwrap();
        let records: Vec<Record> = (0..)
            .zip(samples())
            .map(|(rank, event)| Record { rank: u64::MAX >> rank, at_us: 1 << (2 * rank), event })
            .collect();
        records[..5].iter().for_each(|record| spool.push(record).unwrap());
        assert_eq!(all(&mut spool), records[..5]);
        records[5..].iter().for_each(|record| spool.push(record).unwrap());
        assert_eq!(all(&mut spool), records);
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);

        spool.retain(|record| record.rank > u64::MAX >> 4).unwrap();
        spool.push(&records[9]).unwrap();
        assert_eq!(all(&mut spool), [&records[..4], &records[9..10]].concat());
    }
}
