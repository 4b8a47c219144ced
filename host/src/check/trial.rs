//! A policy object goes through a trial: what it answered, call by call.

use pointsman_plugin_api::Key;
use pointsman_plugin_api::abi::RResult;

use super::fault::Fault;
use super::situation::{Situation, Trial};
use super::subject::{Object, Reads, Scratch, Subject, ask};

/// What came of one call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// A value a row.
    pub(super) values: Result<Vec<Key>, Fault>,
    /// What the hook after it said.
    pub(super) hook: Result<(), Fault>,
}

impl Answer {
    /// Whether the object can be called again.
    fn goes_on(&self) -> bool {
        let is_last = |fault: Option<&Fault>| fault.is_some_and(Fault::is_last);
        !is_last(self.values.as_ref().err()) && !is_last(self.hook.as_ref().err())
    }

    /// What went wrong in it first.
    pub(super) fn fault(&self) -> Option<&Fault> {
        self.values.as_ref().err().or(self.hook.as_ref().err())
    }
}

/// What came of a trial: an answer a call, up to a call after which there are no more.
pub(super) type Transcript = Vec<Answer>;

/// An object in the midst of a trial.
pub(super) struct Session<'t> {
    object: Box<dyn Object>,
    reads: Reads,
    trial: &'t Trial,
    scratch: Scratch,
    answers: Transcript,
}

impl<'t> Session<'t> {
    /// Builds an object for a trial.
    pub(super) fn start(subject: &Subject<'_>, reads: Reads, trial: &'t Trial) -> Result<Self, Fault> {
        let object = subject.build_default(&trial.world)?;
        Ok(Self { object, reads, trial, scratch: Scratch::default(), answers: Vec::new() })
    }

    /// Makes the next call; false when there is none.
    pub(super) fn step(&mut self) -> bool {
        let goes_on = self.answers.last().is_none_or(Answer::goes_on);
        let Some(situation) = self.trial.calls.get(self.answers.len()).filter(|_| goes_on) else {
            return false;
        };
        let answer = self.call(situation);
        self.answers.push(answer);
        true
    }

    fn call(&mut self, situation: &Situation) -> Answer {
        let feed = situation.feed(&self.reads, &self.trial.world);
        let values = ask(&mut *self.object, &feed, &mut self.scratch);
        let chosen = situation.chosen_row();
        let hook = match &values {
            // A host tells a policy that failed nothing more in that call.
            Err(_) => Ok(()),
            Ok(_) => feed.lend(|call| plain(self.object.routed(call, chosen))),
        };
        Answer { values, hook }
    }

    /// What came of it.
    pub(super) fn end(mut self) -> Transcript {
        while self.step() {}
        self.answers
    }
}

/// The whole of a trial with a fresh object.
pub(super) fn perform(subject: &Subject<'_>, trial: &Trial) -> Result<Transcript, Fault> {
    perform_with(subject, subject.reads(), trial)
}

/// The same with these columns.
pub(super) fn perform_with(subject: &Subject<'_>, reads: Reads, trial: &Trial) -> Result<Transcript, Fault> {
    Session::start(subject, reads, trial).map(Session::end)
}

/// An outcome of the ABI as one of ours.
pub(super) fn plain(outcome: RResult<(), pointsman_plugin_api::abi::Failure>) -> Result<(), Fault> {
    outcome.into_result().map_err(Fault::from)
}
