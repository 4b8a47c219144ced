//! The process of a worker, and what it says on standard error.

use std::io::{self, Read as _};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;

use super::last_words::{Death, LastWords, Reason};

/// Bytes of one read.
const PIECE: usize = 8192;
/// Reads at a time: more than a pipe ever holds.
const PIECES: usize = 256;

/// A process that is killed when this goes, whatever happens.
pub(super) struct Running {
    child: Child,
    stderr: Option<ChildStderr>,
    words: LastWords,
}

impl Running {
    /// Starts it, with a pipe for standard error.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.stderr(Stdio::piped()).spawn()?;
        let mut running = Self { child, stderr: None, words: LastWords::default() };
        running.stderr = running.child.stderr.take();
        if let Some(stderr) = &running.stderr {
            ioctl_fionbio(stderr, true)?;
        }
        Ok(running)
    }

    /// How it ended, if it has.
    pub(super) fn end(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Reads what is there now: all that it wrote, if it has ended. A process that a library
    /// started may hold the other end and write for ever, so this neither waits nor goes on for long.
    pub(super) fn listen(&mut self, pass: &mut dyn FnMut(&[u8])) {
        let mut buffer = [0; PIECE];
        let mut text = Vec::new();
        for _ in 0..PIECES {
            let Some(stderr) = &mut self.stderr else { break };
            match stderr.read(&mut buffer) {
                Ok(0) => self.stderr = None,
                Ok(count) => self.words.hear(&buffer[..count], |lines| text.extend_from_slice(lines)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self.stderr = None,
            }
        }
        if !text.is_empty() {
            pass(&text);
        }
    }

    /// What it said as its last, once it has ended.
    pub(super) fn end_of_words(&mut self, death: Death, pass: &mut dyn FnMut(&[u8])) -> Option<Reason> {
        std::mem::take(&mut self.words).end(death, pass)
    }

    /// Waits until there is something to read, or for a while.
    pub(super) fn wait(&self, beat: Duration) -> io::Result<()> {
        let Some(stderr) = &self.stderr else {
            // It has closed standard error, which is often its end.
            std::thread::sleep(beat.min(Duration::from_millis(2)));
            return Ok(());
        };
        let timeout = Timespec { tv_sec: 0, tv_nsec: beat.subsec_nanos().into() };
        match poll(&mut [PollFd::new(stderr, PollFlags::IN)], Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.kill();
    }
}
