//! A policy object goes through a trial: what it answered, call by call.

use pointsman_plugin_api::Key;

use super::answers::{Answers, ask};
use super::fault::Fault;
use super::object::Object;
use super::situation::{Situation, Trial};
use super::subject::{Reads, Subject};
use super::told::Told;

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
    /// What it declares and says that it does not read, with the parameters that it has.
    unread: Vec<String>,
    told: Told,
    trial: &'t Trial,
    answers: Answers,
    transcript: Transcript,
}

impl<'t> Session<'t> {
    /// Builds an object for a trial.
    pub(super) fn start(subject: &Subject<'_>, mut reads: Reads, trial: &'t Trial) -> Result<Self, Fault> {
        let object = subject.build_usual(&trial.world)?;
        let unread = reads.leave_out_unread(&*object);
        let told = Told::new(&reads);
        let (answers, transcript) = (Answers::default(), Vec::new());
        Ok(Self { object, reads, unread, told, trial, answers, transcript })
    }

    /// Makes the next call; false when there is none.
    pub(super) fn step(&mut self) -> bool {
        let goes_on = self.transcript.last().is_none_or(Answer::goes_on);
        let Some(situation) = self.trial.calls.get(self.transcript.len()).filter(|_| goes_on) else {
            return false;
        };
        let answer = self.call(situation);
        self.transcript.push(answer);
        true
    }

    fn call(&mut self, situation: &Situation) -> Answer {
        let world = &self.trial.world;
        let feed = situation.feed(&self.reads, world);
        let values = ask(&mut *self.object, &feed, &mut self.answers);
        let hook = match &values {
            // A host tells a policy that failed nothing more in that call.
            Err(_) => Ok(()),
            Ok(_) => {
                let about = (&feed, situation);
                self.told.tell(&mut *self.object, &self.answers, about, (&self.reads, world))
            }
        };
        Answer {
            values: values.map_err(|fault| self.own(fault)),
            hook: hook.map_err(|fault| self.own(fault)),
        }
    }

    /// To read what it says that it does not read is a wrong declaration.
    fn own(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Insisted(message) if self.unread.iter().any(|id| message.contains(&format!("`{id}`"))) => {
                Fault::Undeclared(format!("{message} (it says that it does not read it)"))
            }
            other => other,
        }
    }

    /// What came of it.
    pub(super) fn end(mut self) -> Transcript {
        while self.step() {}
        self.transcript
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
