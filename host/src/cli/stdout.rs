//! Standard output, kept for results.
//!
//! A policy in a library may print. Its text must not get into a table or a JSON document that
//! someone reads, so the real standard output is set aside before any library runs, and what
//! anyone else prints appears on standard error.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::CliError;

/// The real standard output.
#[derive(Debug)]
pub(super) struct Stdout {
    file: File,
}

impl Stdout {
    /// Sets it aside; from now on nothing but [`Stdout::print`] writes to it.
    pub(super) fn set_aside() -> Result<Self, CliError> {
        Self::duplicate().map_err(CliError::Stdout)
    }

    #[cfg(unix)]
    fn duplicate() -> io::Result<Self> {
        use std::os::fd::AsFd as _;
        io::stdout().flush()?;
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self { file })
    }

    #[cfg(windows)]
    fn duplicate() -> io::Result<Self> {
        use std::os::windows::io::AsHandle as _;
        let file = File::from(io::stdout().as_handle().try_clone_to_owned()?);
        Ok(Self { file })
    }

    /// Columns of the terminal that it is, if it is one and knows.
    #[cfg(unix)]
    pub(super) fn columns(&self) -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(&self.file).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    /// Columns of the terminal that it is, if it is one and knows.
    #[cfg(not(unix))]
    pub(super) fn columns(&self) -> Option<usize> {
        None
    }

    /// For the question whether it is a terminal.
    pub(super) fn stream(&self) -> &File {
        &self.file
    }

    /// Lets `fill` write to it. A reader that has seen enough (`| head`) is no failure.
    pub(super) fn print(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let mut out = BufWriter::new(&self.file);
        let written = fill(&mut out).and_then(|()| out.flush());
        // What is left in the buffer after a failure must not be tried again.
        drop(out.into_parts());
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(CliError::Stdout),
        }
    }
}
