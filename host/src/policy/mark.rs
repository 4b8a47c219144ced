//! Which call into a policy or library is under way, noted for whoever watches this process from
//! outside.
//!
//! A library can fault, loop or exit, and then nothing in this process can say which one it was. So
//! each call is noted beforehand in a word that outlives the process, where one is installed (see
//! `worker`). Where none is, every mark is [`Mark::NOBODY`] and a note costs one comparison.
//!
//! One thread at a time calls policies in a process that is watched.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use super::PolicyKind;

/// In place of a library's path.
const BUILT_IN: &str = "built in";

/// What is being called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A library, while the system loads it and its root is looked at.
    Library {
        /// Its file.
        path: String,
    },
    /// A policy.
    Policy {
        /// Its kind, as messages name it.
        kind: String,
        /// Its name.
        policy: String,
        /// The library that it came from, or `built in`.
        library: String,
        /// What it is called for.
        stage: Stage,
    },
}

/// A stage in the life of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It is being built.
    Build,
    /// It answers, or is told something.
    Decide,
    /// It is being taken down.
    Drop,
}

impl Subject {
    /// A policy of this library, or one that is built in.
    #[must_use]
    pub fn policy(kind: PolicyKind, policy: &str, library: Option<&str>, stage: Stage) -> Self {
        let library = library.unwrap_or(BUILT_IN).to_owned();
        Self::Policy { kind: kind.to_string(), policy: policy.to_owned(), library, stage }
    }

    /// The library's path; `None` for what is built in.
    #[must_use]
    pub fn library(&self) -> Option<&str> {
        match self {
            Self::Library { path } => Some(path),
            Self::Policy { library, .. } => Some(library.as_str()).filter(|library| *library != BUILT_IN),
        }
    }

    /// What it was called for, as the end of a sentence: empty for a call that decides.
    #[must_use]
    pub const fn occasion(&self) -> &'static str {
        match self {
            Self::Library { .. } => " while it was loaded",
            Self::Policy { stage: Stage::Build, .. } => " while it was built",
            Self::Policy { stage: Stage::Decide, .. } => "",
            Self::Policy { stage: Stage::Drop, .. } => " while it was taken down",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library { path } => write!(f, "the library {path}"),
            Self::Policy { kind, policy, library, .. } => write!(f, "{kind} `{policy}` ({library})"),
        }
    }
}

/// A subject's number in the word, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u16);

impl Mark {
    /// No subject: a call with this mark is not noted.
    pub const NOBODY: Self = Self(0);

    /// The mark of a subject, which is written down when it is first met. [`Mark::NOBODY`] where
    /// nobody watches.
    #[must_use]
    pub fn of(subject: &Subject) -> Self {
        NOTES.get().map_or(Self::NOBODY, |notes| notes.mark(subject))
    }
}

/// Where calls are noted, and who the numbers are.
struct Notes {
    word: &'static AtomicU64,
    book: Mutex<Book>,
}

struct Book {
    subjects: Vec<Subject>,
    write: Box<dyn FnMut(&Subject) + Send>,
}

static NOTES: OnceLock<Notes> = OnceLock::new();

/// Notes calls in `word` from now on. `write` is given each subject when it is first met, in the order
/// of their numbers, and before any call of it. Only the first installation in a process counts.
pub fn install(word: &'static AtomicU64, write: impl FnMut(&Subject) + Send + 'static) {
    let _ = NOTES.set(Notes::new(word, write));
}

/// The word: how many calls there were in the upper 48 bits, which subject's call is under way in
/// the lower 16, or 0. No two calls have the same value.
const SUBJECT_BITS: u32 = 16;
const SUBJECT: u64 = (1 << SUBJECT_BITS) - 1;

/// The number of the subject whose call is under way, counted from 0.
#[must_use]
pub fn subject_of(word: u64) -> Option<usize> {
    (word & SUBJECT).checked_sub(1).map(|index| index as usize)
}

/// A call that is under way, until this is dropped. Then the call around it goes on.
#[must_use]
pub struct Call {
    /// Where it is noted, if it is, and the subject of the call around it.
    around: Option<(&'static Notes, u64)>,
}

/// Notes that a call begins.
#[inline]
pub fn enter(mark: Mark) -> Call {
    if mark == Mark::NOBODY {
        return Call { around: None };
    }
    Call { around: NOTES.get().map(|notes| (notes, notes.begin(mark))) }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if let Some((notes, around)) = self.around {
            notes.end(around);
        }
    }
}

impl Notes {
    fn new(word: &'static AtomicU64, write: impl FnMut(&Subject) + Send + 'static) -> Self {
        Self { word, book: Mutex::new(Book { subjects: Vec::new(), write: Box::new(write) }) }
    }

    fn mark(&self, subject: &Subject) -> Mark {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let known = book.subjects.iter().position(|known| known == subject);
        let index = known.unwrap_or_else(|| {
            (book.write)(subject);
            book.subjects.push(subject.clone());
            book.subjects.len() - 1
        });
        u16::try_from(index + 1).map_or(Mark::NOBODY, Mark)
    }

    /// Notes a call, and returns the subject of the call around it. Nobody else writes, and a
    /// reader needs no more than the value.
    fn begin(&self, mark: Mark) -> u64 {
        let word = self.word.load(Ordering::Relaxed);
        let count = (word >> SUBJECT_BITS).wrapping_add(1);
        self.word.store(count << SUBJECT_BITS | u64::from(mark.0), Ordering::Relaxed);
        word & SUBJECT
    }

    fn end(&self, around: u64) {
        let word = self.word.load(Ordering::Relaxed);
        self.word.store(word & !SUBJECT | around, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str) -> Subject {
        Subject::policy(PolicyKind::Scorer, name, None, Stage::Decide)
    }

    #[test]
    fn subjects_are_written_down_once() {
        static WORD: AtomicU64 = AtomicU64::new(0);
        static WRITTEN: Mutex<Vec<Subject>> = Mutex::new(Vec::new());
        let notes = Notes::new(&WORD, |subject| WRITTEN.lock().unwrap().push(subject.clone()));
        let marks = ["a", "b", "a"].map(|name| notes.mark(&policy(name)));
        assert_eq!(marks, [Mark(1), Mark(2), Mark(1)]);
        assert_eq!(*WRITTEN.lock().unwrap(), [policy("a"), policy("b")]);
    }

    #[test]
    fn calls_are_noted_one_within_the_other() {
        static WORD: AtomicU64 = AtomicU64::new(0);
        let now = || WORD.load(Ordering::Relaxed);
        let notes = Notes::new(&WORD, |_| {});
        let (outer, inner) = (notes.mark(&policy("outer")), notes.mark(&policy("inner")));
        assert_eq!(subject_of(now()), None);
        let nothing = notes.begin(outer);
        assert_eq!(subject_of(now()), Some(0));
        let before = now();
        let around = notes.begin(inner);
        assert_eq!(subject_of(now()), Some(1));
        notes.end(around);
        assert_eq!(subject_of(now()), Some(0));
        assert_ne!(now(), before, "one sees that something happened");
        notes.end(nothing);
        assert_eq!(subject_of(now()), None);
    }

    #[test]
    fn nothing_is_noted_where_nobody_watches() {
        // No test in this binary installs anything: that is for worker processes.
        assert_eq!(Mark::of(&policy("a")), Mark::NOBODY);
        assert!(enter(Mark::NOBODY).around.is_none());
    }
}
