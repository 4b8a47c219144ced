//! How long a call may take.

use std::time::Duration;

use crate::policy::mark;

/// Measures the call that is under way. Only time in which the parent could watch counts: a machine
/// that sleeps, or a Ctrl-Z that stops both processes, makes no policy late.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    /// The longest time that one look can add.
    step: Duration,
    word: u64,
    spent: Duration,
}

impl Patience {
    /// For calls up to `limit`, with looks about every `beat`.
    pub(super) fn new(limit: Duration, beat: Duration) -> Self {
        Self { limit, step: beat * 4, word: 0, spent: Duration::ZERO }
    }

    /// A look at the word of `policy::mark`, this long after the last one. Whether the call that is
    /// under way has had its time.
    pub(super) fn is_over(&mut self, word: u64, passed: Duration) -> bool {
        if word != self.word || mark::subject_of(word).is_none() {
            self.word = word;
            self.spent = Duration::ZERO;
            return false;
        }
        self.spent += passed.min(self.step);
        self.spent >= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEAT: Duration = Duration::from_millis(10);

    fn patience() -> Patience {
        Patience::new(Duration::from_millis(100), BEAT)
    }

    /// Looks with this word until it is over.
    fn looks(patience: &mut Patience, word: u64, passed: Duration) -> Option<usize> {
        (0..1000).position(|_| patience.is_over(word, passed))
    }

    #[test]
    fn one_call_has_its_time_and_no_more() {
        assert_eq!(looks(&mut patience(), 0x1_0001, BEAT), Some(10));
    }

    #[test]
    fn many_calls_and_time_between_calls_are_no_hang() {
        let mut patience = patience();
        for count in 1..1000 {
            assert!(!patience.is_over(count << 16 | 1, BEAT));
        }
        assert_eq!(looks(&mut patience, 0x1_0000, BEAT), None);
    }

    #[test]
    fn a_stop_of_both_processes_is_no_hang() {
        let mut patience = patience();
        assert!(!patience.is_over(0x1_0001, BEAT));
        assert!(!patience.is_over(0x1_0001, Duration::from_secs(3600)));
    }
}
