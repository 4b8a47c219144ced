//! The bytes of a trace: opened, unpacked, hashed and cut into lines.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::workload::identity::hex;
use crate::workload::{MAX_LINE_BYTES, WorkloadError};

/// First bytes of every gzip file (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Opens a trace. A pipe is refused, since a trace is read twice.
pub(super) fn open_file(path: &Path) -> Result<File, WorkloadError> {
    let name = path.display().to_string();
    let fail = |error: &io::Error| {
        WorkloadError::file(&name, format!("cannot open the trace: {error}; check `workload.trace`"))
    };
    let file = File::open(path).map_err(|error| fail(&error))?;
    if !file.metadata().map_err(|error| fail(&error))?.is_file() {
        let problem =
            "is not a regular file: a trace is read twice, so give a file rather than a folder or a pipe";
        return Err(WorkloadError::file(&name, problem));
    }
    Ok(file)
}

/// A file that hashes what is read of it. Clones read on from one place.
#[derive(Debug, Clone)]
pub(super) struct Hashed(Rc<RefCell<(File, Sha256)>>);

impl Hashed {
    pub(super) fn new(file: File) -> Self {
        Self(Rc::new(RefCell::new((file, Sha256::new()))))
    }

    /// Reads the rest of the file and returns the SHA-256 of all of it, in hexadecimal; none if
    /// somebody asked for the end meanwhile.
    pub(super) fn finish(mut self, is_asked: &dyn Fn() -> bool) -> io::Result<Option<String>> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) if is_asked() => return Ok(None),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        let sha = std::mem::take(&mut self.0.borrow_mut().1);
        Ok(Some(hex(&sha.finalize())))
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (file, sha) = &mut *self.0.borrow_mut();
        let count = file.read(buffer)?;
        sha.update(&buffer[..count]);
        Ok(count)
    }
}

/// The lines of a trace, one at a time.
pub(super) struct Lines {
    name: String,
    input: Box<dyn BufRead>,
    line: Vec<u8>,
    number: u64,
    longest: usize,
}

impl Lines {
    /// Lines of the trace `name`; gzip is recognised by its first bytes.
    pub(super) fn new(name: &str, bytes: impl Read + 'static) -> Result<Self, WorkloadError> {
        let mut plain = BufReader::with_capacity(1 << 16, bytes);
        let start = plain
            .fill_buf()
            .map_err(|error| WorkloadError::file(name, format!("cannot be read: {error}")))?;
        let input: Box<dyn BufRead> = if start.starts_with(&GZIP_MAGIC) {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        Ok(Self { name: name.to_owned(), input, line: Vec::new(), number: 0, longest: MAX_LINE_BYTES })
    }

    /// With another longest line, for tests.
    #[cfg(test)]
    pub(super) fn with_longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// Goes to the next line that is not blank; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, WorkloadError> {
        loop {
            self.line.clear();
            self.number += 1;
            let most = self.longest as u64 + 2;
            let mut limited = (&mut self.input).take(most);
            if let Err(error) = limited.read_until(b'\n', &mut self.line) {
                return Err(self.unreadable(&error));
            }
            if self.line.is_empty() {
                return Ok(false);
            }
            while self.line.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                self.line.pop();
            }
            if self.line.len() > self.longest {
                let problem = format!("the line is longer than {} bytes: is this a trace?", self.longest);
                return Err(self.error(None, problem));
            }
            // A byte order mark is no content.
            if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
                self.line.drain(..3);
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
        }
    }

    /// The line that [`Lines::advance`] went to, without its end.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Its number, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The trace's name, for messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A problem with this line, at a byte column from 1 where that is known.
    pub(super) fn error(&self, column: Option<u64>, problem: impl Into<String>) -> WorkloadError {
        WorkloadError::data(&self.name, self.number, column, problem)
    }

    fn unreadable(&self, error: &io::Error) -> WorkloadError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                self.error(None, "the gzip data ends here, too early: the file is truncated, fetch it again")
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                self.error(None, format!("the gzip data is damaged here ({error}): fetch the file again"))
            }
            _ => self.error(None, format!("cannot be read: {error}")),
        }
    }
}
