//! What a process says while it dies.
//!
//! When a process overflows its stack or finds no memory, the Rust runtime says so on standard error
//! and aborts: the signal alone would not tell. These few lines are taken as the reason of the end
//! rather than passed on; everything else is somebody's text and is passed on as it is.

/// Why the runtime ended the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The stack of a thread was too small.
    StackOverflow,
    /// An allocation failed.
    OutOfMemory,
}

/// How the process ended that said all this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// It had finished.
    Finished,
    /// By SIGABRT, as the runtime ends it.
    Aborted,
    /// Otherwise.
    Other,
}

/// The lines of a process, one after the other, as they are passed on.
#[derive(Debug, Default)]
pub(super) struct LastWords {
    /// The line that is not complete.
    line: Vec<u8>,
    /// Complete lines that may be the last ones.
    held: Vec<u8>,
    reason: Option<Reason>,
}

impl LastWords {
    /// Takes what was read; `pass` gets the lines that are no last words.
    pub(super) fn hear(&mut self, bytes: &[u8], mut pass: impl FnMut(&[u8])) {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.take(&line, &mut pass);
            }
        }
    }

    fn take(&mut self, line: &[u8], pass: &mut impl FnMut(&[u8])) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        let reason = reason(text);
        if reason.is_some() || self.goes_with_a_reason(text) {
            self.reason = reason.or(self.reason);
            self.held.extend_from_slice(line);
            return;
        }
        // More came, such as the lines of a backtrace: nothing is held back then.
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            pass(&held);
        }
        pass(line);
    }

    /// The runtime puts an empty line before a reason, and after it how to get a backtrace, or one, which
    /// is empty in most builds.
    fn goes_with_a_reason(&self, text: &str) -> bool {
        let after = ["fatal runtime error: ", "stack backtrace:", "note: "];
        text.is_empty() || self.reason.is_some() && after.iter().any(|start| text.starts_with(start))
    }

    /// The process is gone. The runtime's reason, if it ended the process; what was held back for
    /// something else is passed on.
    pub(super) fn end(mut self, death: Death, mut pass: impl FnMut(&[u8])) -> Option<Reason> {
        if !self.line.is_empty() {
            let mut line = std::mem::take(&mut self.line);
            if death != Death::Finished {
                // It was interrupted in the midst of it. What is said next begins a line.
                line.push(b'\n');
            }
            self.take(&line, &mut pass);
        }
        if death == Death::Aborted && self.reason.is_some() {
            return self.reason;
        }
        if !self.held.is_empty() {
            pass(&self.held);
        }
        None
    }
}

fn reason(line: &str) -> Option<Reason> {
    let is_overflow = line.starts_with("thread ") && line.ends_with("has overflowed its stack");
    let is_memory = line.starts_with("memory allocation of ") && line.contains(" bytes failed");
    if is_overflow {
        Some(Reason::StackOverflow)
    } else if is_memory {
        Some(Reason::OutOfMemory)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERFLOW: &str =
        "\nthread 'main' (7) has overflowed its stack\nfatal runtime error: stack overflow, aborting\n";

    /// What is passed on, and the reason, of text that arrives in pieces of this size.
    fn heard(text: &str, piece: usize, death: Death) -> (String, Option<Reason>) {
        let mut passed = Vec::new();
        let mut words = LastWords::default();
        for piece in text.as_bytes().chunks(piece) {
            words.hear(piece, |line| passed.extend_from_slice(line));
        }
        let reason = words.end(death, |line| passed.extend_from_slice(line));
        (String::from_utf8(passed).unwrap(), reason)
    }

    #[test]
    fn the_runtimes_last_words_are_a_reason() {
        for piece in [1, 5, 1000] {
            let text = format!("hello\n{OVERFLOW}");
            assert_eq!(
                heard(&text, piece, Death::Aborted),
                ("hello\n".to_owned(), Some(Reason::StackOverflow))
            );
            for trace in
                ["", "note: run with...\n", "stack backtrace:\nnote: Some details are omitted, run with...\n"]
            {
                let text = format!("hello\nmemory allocation of 17 bytes failed\n{trace}");
                assert_eq!(
                    heard(&text, piece, Death::Aborted),
                    ("hello\n".to_owned(), Some(Reason::OutOfMemory))
                );
            }
        }
    }

    #[test]
    fn all_else_is_passed_on() {
        for text in ["", "no end", "\n\na\n\n", OVERFLOW] {
            assert_eq!(heard(text, 3, Death::Finished), (text.to_owned(), None));
        }
        assert_eq!(heard("cut off", 3, Death::Other), ("cut off\n".to_owned(), None));
        let traced = "memory allocation of 17 bytes failed\nstack backtrace:\n   0: main\n";
        assert_eq!(heard(traced, 3, Death::Aborted), (traced.to_owned(), Some(Reason::OutOfMemory)));
        assert_eq!(heard("\nwhy\n\n", 3, Death::Aborted), ("\nwhy\n\n".to_owned(), None));
    }
}
