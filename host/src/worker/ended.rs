//! How a worker ended.

use std::fmt;
use std::time::Duration;

use crate::policy::mark::Subject;

/// How a worker ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// It did what it was to do, and ended with this exit code.
    Done {
        /// The exit code that it chose.
        code: u8,
    },
    /// It ended in the midst of its work.
    Crashed(Crash),
    /// The watcher wanted the end; the process was killed.
    Interrupted,
}

/// The end of a worker in the midst of its work.
#[derive(Debug, Clone, PartialEq)]
pub struct Crash {
    /// What happened.
    pub how: How,
    /// Whose call was under way; `None`: nobody's, or it is not known.
    pub during: Option<Subject>,
    /// The libraries that had been loaded or were being loaded by then, in this order.
    pub libraries: Vec<String>,
}

/// What ends a process in the midst of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A signal, by its number.
    Signal(i32),
    /// The stack was used up; the runtime then aborts.
    StackOverflow,
    /// An allocation failed; the runtime then aborts.
    OutOfMemory {
        /// The limit. \[bytes\]
        limit: Option<u64>,
    },
    /// A call did not come back within this time.
    Hung {
        /// The limit.
        limit: Duration,
    },
    /// Somebody called `exit` with this code.
    Exit(i32),
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Signal(number) => match meaning(number) {
                Some(meaning) => write!(f, "crashed with {} ({meaning})", signal_name(number)),
                None => write!(f, "was ended by {}", signal_name(number)),
            },
            Self::StackOverflow => write!(f, "crashed with SIGABRT (stack overflow)"),
            Self::OutOfMemory { limit: Some(limit) } => {
                write!(f, "crashed with SIGABRT (out of memory: the limit is {})", bytes(limit))
            }
            Self::OutOfMemory { limit: None } => write!(f, "crashed with SIGABRT (out of memory)"),
            Self::Hung { limit } => write!(f, "did not answer within {limit:?}"),
            Self::Exit(code) => write!(f, "ended the process with exit code {code}"),
        }
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = &self.during {
            return write!(f, "{subject} {}{}", self.how, subject.occasion());
        }
        match self.how {
            How::Exit(code) => write!(f, "the run ended with exit code {code} outside of any policy")?,
            how => write!(f, "the run {how} outside of any policy")?,
        }
        match self.libraries.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "; a thread of {one} may have done that"),
            many => write!(f, "; a thread of one of these may have done that: {}", many.join(", ")),
        }
    }
}

impl std::error::Error for Crash {}

impl Crash {
    /// Whether a library is at fault, as far as one can tell.
    #[must_use]
    pub fn is_of_library(&self) -> bool {
        match &self.during {
            Some(subject) => subject.library().is_some(),
            None => !self.libraries.is_empty(),
        }
    }
}

/// The name of a signal, such as `SIGSEGV`.
#[must_use]
pub fn signal_name(number: i32) -> String {
    NAMES
        .iter()
        .find(|(known, ..)| *known == number)
        .map_or_else(|| format!("signal {number}"), |(_, name, _)| (*name).to_owned())
}

/// What a process did to get a signal; `None` where somebody else sent it.
fn meaning(number: i32) -> Option<&'static str> {
    NAMES.iter().find(|(known, ..)| *known == number).and_then(|(.., meaning)| *meaning)
}

/// The signals that end a process, by number, as on Linux and macOS where they agree.
const NAMES: &[(i32, &str, Option<&str>)] = &[
    (1, "SIGHUP", None),
    (2, "SIGINT", None),
    (3, "SIGQUIT", None),
    (4, "SIGILL", Some("illegal instruction")),
    (5, "SIGTRAP", Some("trap")),
    (6, "SIGABRT", Some("abort")),
    (rustix::process::Signal::BUS.as_raw(), "SIGBUS", Some("bad memory access")),
    (8, "SIGFPE", Some("arithmetic error")),
    (9, "SIGKILL", None),
    (11, "SIGSEGV", Some("invalid memory access")),
    (13, "SIGPIPE", None),
    (14, "SIGALRM", None),
    (15, "SIGTERM", None),
    (rustix::process::Signal::SYS.as_raw(), "SIGSYS", Some("bad system call")),
    (24, "SIGXCPU", None),
    (25, "SIGXFSZ", None),
];

/// Bytes as a person writes them.
fn bytes(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|&(_, shift)| bytes >> shift > 0 && bytes.is_multiple_of(1 << shift));
    unit.map_or_else(|| format!("{bytes} bytes"), |(name, shift)| format!("{} {name}", bytes >> shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyKind;
    use crate::policy::mark::Stage;

    fn said(how: How, during: Option<Subject>, libraries: &[&str]) -> String {
        let libraries = libraries.iter().map(|&library| library.to_owned()).collect();
        Crash { how, during, libraries }.to_string()
    }

    fn scorer(stage: Stage) -> Subject {
        Subject::policy(PolicyKind::Scorer, "x", Some("/lib/x.so"), stage)
    }

    #[test]
    fn one_sentence_names_what_happened_to_whom() {
        let decide = || Some(scorer(Stage::Decide));
        let cases = [
            (How::Signal(11), "scorer `x` (/lib/x.so) crashed with SIGSEGV (invalid memory access)"),
            (How::Signal(9), "scorer `x` (/lib/x.so) was ended by SIGKILL"),
            (How::Signal(64), "scorer `x` (/lib/x.so) was ended by signal 64"),
            (How::StackOverflow, "scorer `x` (/lib/x.so) crashed with SIGABRT (stack overflow)"),
            (
                How::OutOfMemory { limit: Some(4 << 30) },
                "scorer `x` (/lib/x.so) crashed with SIGABRT (out of memory: the limit is 4 GiB)",
            ),
            (
                How::Hung { limit: Duration::from_millis(2500) },
                "scorer `x` (/lib/x.so) did not answer within 2.5s",
            ),
            (How::Exit(0), "scorer `x` (/lib/x.so) ended the process with exit code 0"),
        ];
        for (how, sentence) in cases {
            assert_eq!(said(how, decide(), &["/lib/x.so"]), sentence);
        }
    }

    #[test]
    fn it_says_on_which_occasion() {
        let built = said(How::Signal(6), Some(scorer(Stage::Build)), &[]);
        assert_eq!(built, "scorer `x` (/lib/x.so) crashed with SIGABRT (abort) while it was built");
        let loaded = said(How::Exit(3), Some(Subject::Library { path: "/lib/x.so".to_owned() }), &[]);
        assert_eq!(loaded, "the library /lib/x.so ended the process with exit code 3 while it was loaded");
        let thread = said(How::Signal(11), None, &["/a.so"]);
        assert_eq!(
            thread,
            "the run crashed with SIGSEGV (invalid memory access) outside of any policy; \
             a thread of /a.so may have done that"
        );
    }

    #[test]
    fn bytes_are_round_where_they_are() {
        assert_eq!(bytes(4 << 30), "4 GiB");
        assert_eq!(bytes(1536 << 20), "1536 MiB");
        assert_eq!(bytes(1000), "1000 bytes");
    }
}
