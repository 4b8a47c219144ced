//! Where a bar is drawn that is asked for although there is no terminal, such as the log of a
//! build server that understands a terminal's codes.

use std::io::{self, Write as _};

use indicatif::TermLike;

/// Standard error, taken for a terminal.
#[derive(Debug)]
pub(super) struct AnyStderr;

impl AnyStderr {
    fn send(text: &str) -> io::Result<()> {
        io::stderr().write_all(text.as_bytes())
    }

    /// A cursor code; none for no step at all, which a terminal would take for one.
    fn step(steps: usize, code: char) -> io::Result<()> {
        if steps == 0 { Ok(()) } else { Self::send(&format!("\u{1b}[{steps}{code}")) }
    }
}

impl TermLike for AnyStderr {
    fn width(&self) -> u16 {
        100
    }

    fn move_cursor_up(&self, steps: usize) -> io::Result<()> {
        Self::step(steps, 'A')
    }

    fn move_cursor_down(&self, steps: usize) -> io::Result<()> {
        Self::step(steps, 'B')
    }

    fn move_cursor_right(&self, steps: usize) -> io::Result<()> {
        Self::step(steps, 'C')
    }

    fn move_cursor_left(&self, steps: usize) -> io::Result<()> {
        Self::step(steps, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        Self::send(&format!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        Self::send(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        Self::send("\r\u{1b}[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
