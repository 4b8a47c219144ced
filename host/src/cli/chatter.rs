//! What libraries print while they are checked: the beginning of it, and how much more there was.
//!
//! A policy that prints in every call prints a million times.

use crate::report::number;

/// Lines of one policy that are passed on.
const LINES: usize = 5;
/// The end of what was not is kept: a process that gives up says why last. \[bytes\]
const KEPT: usize = 2000;

/// What came from the processes of one policy so far.
#[derive(Debug, Default)]
pub(super) struct Chatter {
    passed: usize,
    dropped: u64,
    end: Vec<u8>,
}

impl Chatter {
    /// Takes what was said; `pass` gets what is passed on.
    pub(super) fn hear(&mut self, text: &[u8], mut pass: impl FnMut(&[u8])) {
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            if self.passed < LINES {
                self.passed += usize::from(line.ends_with(b"\n"));
                pass(line);
                continue;
            }
            self.dropped += u64::from(line.ends_with(b"\n"));
            self.end.extend_from_slice(line);
            let too_many = self.end.len().saturating_sub(KEPT);
            self.end.drain(..too_many);
        }
    }

    /// The last line that was not passed on, if there is any: the reason of a process that gave up.
    pub(super) fn last_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.end);
        text.lines().next_back().map(str::to_owned)
    }

    /// How much more there was, as a sentence without its subject.
    pub(super) fn more(&self) -> Option<String> {
        let lines = number::plural(self.dropped, "more line");
        (self.dropped > 0).then(|| format!("printed {lines}; -v shows all"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_passed_on_and_the_others_counted() {
        let mut chatter = Chatter::default();
        let mut passed = Vec::new();
        for number in 0..1000 {
            // In pieces, as they come through a pipe.
            for piece in [format!("line {number}"), " of all\n".to_owned()] {
                chatter.hear(piece.as_bytes(), |text| passed.extend_from_slice(text));
            }
        }
        let passed = String::from_utf8(passed).unwrap();
        assert_eq!((passed.lines().count(), passed.lines().last()), (5, Some("line 4 of all")));
        assert_eq!(chatter.more().unwrap(), "printed 995 more lines; -v shows all");
        assert_eq!(chatter.last_line().unwrap(), "line 999 of all");
        assert!(chatter.end.len() <= KEPT);
        assert_eq!((Chatter::default().more(), Chatter::default().last_line()), (None, None));
    }
}
