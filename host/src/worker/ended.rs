//! How a worker ended.

use std::fmt;
use std::time::Duration;

use bytesize::ByteSize;
use humantime::format_duration;

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
            Self::Signal(9) => {
                write!(f, "was ended by SIGKILL (by the system for lack of memory, or by somebody)")
            }
            Self::Signal(number) => match meaning(number) {
                Some(meaning) => write!(f, "crashed with {} ({meaning})", signal_name(number)),
                None => write!(f, "was ended by {}", signal_name(number)),
            },
            Self::StackOverflow => write!(f, "crashed with SIGABRT (stack overflow)"),
            Self::OutOfMemory { limit: Some(limit) } => {
                write!(f, "crashed with SIGABRT (out of memory: the limit is {})", ByteSize(limit))
            }
            Self::OutOfMemory { limit: None } => write!(f, "crashed with SIGABRT (out of memory)"),
            Self::Hung { limit } => write!(f, "did not answer within {}", format_duration(limit)),
            Self::Exit(code) => write!(f, "ended the process with exit code {code}"),
        }
    }
}

impl Crash {
    /// The policy or library that did it, as far as one can tell. A thread of a library may fault while a
    /// policy that is built in is asked.
    fn culprit(&self) -> Option<&Subject> {
        let is_certain = matches!(self.how, How::Hung { .. }) || self.libraries.is_empty();
        self.during.as_ref().filter(|subject| subject.library().is_some() || is_certain)
    }

    /// Whether a library is at fault, as far as one can tell.
    #[must_use]
    pub fn is_of_library(&self) -> bool {
        match (self.culprit(), self.how) {
            (Some(subject), _) => subject.library().is_some(),
            // The records of a large run need memory, too.
            (None, How::OutOfMemory { .. }) => false,
            (None, _) => !self.libraries.is_empty(),
        }
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = self.culprit() {
            return write!(f, "{subject} {}{}", self.how, subject.occasion());
        }
        write!(f, "the run {}", self.how)?;
        match self.libraries.as_slice() {
            [] => Ok(()),
            _ if matches!(self.how, How::OutOfMemory { .. }) => Ok(()),
            libraries => {
                let libraries = libraries.join(", ");
                write!(
                    f,
                    " outside of every call of a library's policy; a thread of it may be at fault: {libraries}"
                )
            }
        }
    }
}

impl std::error::Error for Crash {}

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
            (How::Signal(15), "scorer `x` (/lib/x.so) was ended by SIGTERM"),
            (How::Signal(64), "scorer `x` (/lib/x.so) was ended by signal 64"),
            (How::StackOverflow, "scorer `x` (/lib/x.so) crashed with SIGABRT (stack overflow)"),
            (
                How::OutOfMemory { limit: Some(4 << 30) },
                "scorer `x` (/lib/x.so) crashed with SIGABRT (out of memory: the limit is 4.0 GiB)",
            ),
            (
                How::Hung { limit: Duration::from_millis(2500) },
                "scorer `x` (/lib/x.so) did not answer within 2s 500ms",
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
    }

    #[test]
    fn what_happens_outside_of_libraries_may_be_a_thread_of_one() {
        let built_in = || Some(Subject::policy(PolicyKind::Scorer, "qd", None, Stage::Decide));
        let thread = "the run crashed with SIGSEGV (invalid memory access) outside of every call of a library's \
                      policy; a thread of it may be at fault: /a.so, /b.so";
        for during in [None, built_in()] {
            assert_eq!(said(How::Signal(11), during, &["/a.so", "/b.so"]), thread);
        }
        assert_eq!(
            said(How::Signal(11), built_in(), &[]),
            "scorer `qd` (built in) crashed with SIGSEGV (invalid memory access)"
        );
        assert_eq!(
            said(How::Hung { limit: Duration::from_secs(1) }, built_in(), &["/a.so"]),
            "scorer `qd` (built in) did not answer within 1s"
        );
        assert_eq!(
            said(How::OutOfMemory { limit: Some(1 << 30) }, None, &["/a.so"]),
            "the run crashed with SIGABRT (out of memory: the limit is 1.0 GiB)"
        );
    }
}
