//! Looks for a trial that breaks a promise, and makes it small.

use super::fault::Fault;
use super::shrink::{ATTEMPTS, shrink};
use super::situation::Trial;

/// What one trial says about a promise.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Judgement {
    /// It was kept.
    Kept,
    /// It cannot be told: something else went wrong, which is another case's business.
    Unclear(Fault),
    /// It was broken.
    Broken(Violation),
}

/// How a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    /// In which call, from 0; `None`: before the first.
    pub(super) call: Option<usize>,
    /// What is wrong, as a phrase.
    pub(super) what: String,
}

impl Violation {
    /// In this call.
    pub(super) fn in_call(call: usize, what: impl Into<String>) -> Self {
        Self { call: Some(call), what: what.into() }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// Nothing, in so many trials that said something.
    Nothing {
        /// Trials in which the promise was kept.
        kept: usize,
    },
    /// No trial said anything: this was always in the way.
    Unclear(Fault),
    /// A trial that breaks the promise.
    Broken {
        /// A trial as small as could be found.
        trial: Trial,
        /// How it breaks it.
        violation: Violation,
    },
}

/// Judges trials until one breaks the promise, and shrinks that one.
pub(super) fn search(
    trials: impl IntoIterator<Item = Trial>,
    mut judge: impl FnMut(&Trial) -> Judgement,
) -> Found {
    let mut kept = 0;
    let mut in_the_way = None;
    for trial in trials {
        match judge(&trial) {
            Judgement::Kept => kept += 1,
            Judgement::Unclear(fault) => in_the_way = in_the_way.or(Some(fault)),
            Judgement::Broken(violation) => {
                let (trial, violation) = shrink(trial, violation, ATTEMPTS, |smaller| match judge(smaller) {
                    Judgement::Broken(violation) => Some(violation),
                    _ => None,
                });
                return Found::Broken { trial, violation };
            }
        }
    }
    match in_the_way {
        Some(fault) if kept == 0 => Found::Unclear(fault),
        _ => Found::Nothing { kept },
    }
}
