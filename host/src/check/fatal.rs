//! Trials that end the process in which they are made: which one it was, and the smallest.
//!
//! Each trial needs a process of its own, so making one smaller takes whoever can start processes.

use super::Options;
use super::cases::example;
use super::generate::Generator;
use super::search::Violation;
use super::shrink::shrink;
use super::situation::Trial;
use super::subject::Subject;
use super::trial::perform;
use super::verdict::Example;
use crate::registry::{Catalogue, Kind, PluginError, PolicyRef};

/// A policy, and a trial of it that ends the process.
pub struct Fatal<'a> {
    subject: Subject<'a>,
    trial: Trial,
}

impl<'a> Fatal<'a> {
    /// The trial of this number among all; `None` if there are not so many.
    ///
    /// # Errors
    ///
    /// If there is no such policy.
    pub fn find(
        catalogue: &'a Catalogue,
        kind: Kind,
        wanted: &PolicyRef,
        options: &Options,
        number: usize,
    ) -> Result<Option<Self>, PluginError> {
        let subject = Subject::find(catalogue, kind, wanted)?;
        let trial = Generator::new(&subject, options).sweep().nth(number);
        Ok(trial.map(|trial| Self { subject, trial }))
    }

    /// Makes it smaller in so many attempts at most; `is_fatal` makes a trial in another process.
    pub fn shrink(&mut self, attempts: usize, mut is_fatal: impl FnMut(&Trial) -> bool) {
        let ends = |trial: &Trial| Violation { call: Some(trial.calls.len() - 1), what: String::new() };
        let trial = self.trial.clone();
        let violation = ends(&trial);
        let judge = |trial: &Trial| is_fatal(trial).then(|| ends(trial));
        (self.trial, _) = shrink(trial, violation, attempts, judge);
    }

    /// Shows it. The call that ends the process is the last one, or one before it.
    #[must_use]
    pub fn example(&self) -> Example {
        let last = Violation { call: Some(self.trial.calls.len() - 1), what: String::new() };
        example(&self.subject.reads(), &self.trial, &last)
    }
}

/// Makes a trial, and takes no interest in what comes of it.
///
/// # Errors
///
/// If there is no such policy.
pub fn perform_trial(
    catalogue: &Catalogue,
    kind: Kind,
    wanted: &PolicyRef,
    trial: &Trial,
) -> Result<(), PluginError> {
    // An object that cannot be built has been called all the same.
    let _ = perform(&Subject::find(catalogue, kind, wanted)?, trial);
    Ok(())
}
