//! The process in which a check ran is gone: which case that is.

use super::Case;
use super::verdict::{CaseResult, Example, Verdict};
use crate::worker::{Crash, How};

/// How often a process may end in the cases of one policy before the rest is given up.
const DEATHS: usize = 3;

/// What is known of the cases of one policy, while processes come and go.
#[derive(Debug)]
pub struct Progress {
    cases: Vec<Case>,
    results: Vec<CaseResult>,
    /// Failures of the process itself, which say more than that it lived on in other calls.
    fatal: Vec<CaseResult>,
    deaths: usize,
}

impl Progress {
    /// Nothing is known of these cases yet.
    #[must_use]
    pub fn new(cases: Vec<Case>) -> Self {
        Self { cases, results: Vec::new(), fatal: Vec::new(), deaths: 0 }
    }

    /// The cases that are not decided.
    #[must_use]
    pub fn remaining(&self) -> Vec<Case> {
        let is_known = |case: &Case| self.results.iter().any(|result| result.case == *case);
        self.cases.iter().copied().filter(|case| !is_known(case)).collect()
    }

    /// A case is decided.
    pub fn add(&mut self, result: CaseResult) {
        self.results.push(result);
    }

    /// The process ended while these cases were being decided.
    ///
    /// `example` shows the calls of it, where they are known.
    pub fn crashed(&mut self, crash: &Crash, step: &[Case], example: Option<Example>) {
        let case = case_of(crash, step);
        let during = if step.contains(&case) {
            String::new()
        } else {
            let names = step.iter().map(|case| case.name()).collect::<Vec<_>>();
            format!(" (while {} was checked)", names.join(", "))
        };
        if !self.fatal.iter().any(|result| result.case == case) {
            let detail = format!("{}{during}", sentence(crash));
            self.fatal.push(CaseResult { example, ..CaseResult::failed(case, detail) });
        }
        self.deaths += 1;
        // Where plain calls end the process, all others will.
        let is_hopeless = step.iter().any(|case| matches!(case, Case::Defaults | Case::NoFault));
        let given_up = if is_hopeless || self.deaths >= DEATHS { self.remaining() } else { step.to_vec() };
        for other in given_up {
            self.add(CaseResult::behind(other, case));
        }
    }

    /// All cases in order.
    #[must_use]
    pub fn end(mut self) -> Vec<CaseResult> {
        for fatal in self.fatal {
            match self.results.iter_mut().find(|result| result.case == fatal.case) {
                Some(result) if result.verdict != Verdict::Failed => *result = fatal,
                Some(_) => {}
                None => self.results.push(fatal),
            }
        }
        self.results.sort_by_key(|result| result.case);
        self.results
    }
}

/// Whose business the end of a process is.
fn case_of(crash: &Crash, step: &[Case]) -> Case {
    match crash.how {
        How::Hung { .. } => Case::NoHang,
        How::Exit(_) => Case::NoExit,
        How::OutOfMemory { .. } if step.contains(&Case::Memory) => Case::Memory,
        How::Signal(_) | How::StackOverflow | How::OutOfMemory { .. } => Case::NoFault,
    }
}

/// What happened, as a phrase about the policy.
fn sentence(crash: &Crash) -> String {
    match &crash.during {
        Some(subject) => format!("it {}{}", crash.how, subject.occasion()),
        None => format!("the process {} outside of any call", crash.how),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn crash(how: How) -> Crash {
        Crash { how, during: None, libraries: Vec::new() }
    }

    fn verdicts(progress: Progress) -> Vec<(Case, Verdict)> {
        progress.end().into_iter().map(|result| (result.case, result.verdict)).collect()
    }

    #[test]
    fn a_crash_in_plain_calls_ends_the_check_of_the_policy() {
        let mut progress = Progress::new(vec![Case::Metadata, Case::NoFault, Case::NoExit, Case::Memory]);
        progress.add(CaseResult::passed(Case::Metadata, ""));
        progress.crashed(&crash(How::Exit(0)), &[Case::NoFault, Case::NoExit], None);
        assert!(progress.remaining().is_empty());
        let expected = [
            (Case::Metadata, Verdict::Passed),
            (Case::NoFault, Verdict::NotReached),
            (Case::NoExit, Verdict::Failed),
            (Case::Memory, Verdict::NotReached),
        ];
        assert_eq!(verdicts(progress), expected);
    }

    #[test]
    fn a_crash_later_is_the_failure_of_what_had_passed() {
        let mut progress = Progress::new(vec![Case::NoFault, Case::Speed, Case::Memory]);
        progress.add(CaseResult::passed(Case::NoFault, ""));
        progress.crashed(&crash(How::Signal(11)), &[Case::Speed], None);
        assert_eq!(progress.remaining(), [Case::Memory]);
        progress.add(CaseResult::passed(Case::Memory, ""));
        let expected = [
            (Case::NoFault, Verdict::Failed),
            (Case::Speed, Verdict::NotReached),
            (Case::Memory, Verdict::Passed),
        ];
        assert_eq!(verdicts(progress), expected);
    }

    #[test]
    fn each_end_is_the_business_of_one_case() {
        let of = |how, step| case_of(&crash(how), &[step]);
        assert_eq!(of(How::Hung { limit: Duration::from_secs(5) }, Case::Speed), Case::NoHang);
        assert_eq!(of(How::Exit(0), Case::Speed), Case::NoExit);
        assert_eq!(of(How::StackOverflow, Case::Memory), Case::NoFault);
        assert_eq!(of(How::OutOfMemory { limit: None }, Case::Memory), Case::Memory);
        assert_eq!(of(How::OutOfMemory { limit: None }, Case::Speed), Case::NoFault);
    }
}
