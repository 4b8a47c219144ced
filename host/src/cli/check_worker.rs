//! The parent's side of a check: policies are checked in processes of their own, and here is decided
//! what becomes of the cases whose process is gone.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::mem::discriminant;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::chatter::Chatter;
use super::check_inside::{INSIDE, Job, Line};
use super::interrupt::Interrupt;
use super::worker::WorkerArgs;
use super::{CliError, Messages, exit};
use crate::check::{Case, CaseResult, Example, Fatal, Options, Progress, Verdict};
use crate::run::RunFailure;
use crate::worker::{self, Ended, How, Limits, Watcher, Worker};

/// How long a call may take while a trial that hangs is made smaller.
const HANGS: Duration = Duration::from_millis(300);

/// Has checks made in child processes, and watches over them.
pub(super) struct Workshop {
    limits: Limits,
    options: Options,
    watch: Watch,
    messages: Messages,
}

/// What a person sees meanwhile, and whether they want it to end.
struct Watch {
    interrupt: Interrupt,
    /// Hidden by itself where there is no terminal.
    spinner: ProgressBar,
    /// What the policy at hand prints; `None`: all of it is shown.
    chatter: Option<Chatter>,
}

impl Workshop {
    /// With these limits for the processes.
    pub(super) fn new(limits: Limits, options: Options, messages: &Messages) -> Self {
        let watch = Watch { interrupt: Interrupt::listen(), spinner: ProgressBar::hidden(), chatter: None };
        Self { limits, options, watch, messages: messages.clone() }
    }

    /// Decides these cases of what the job names, in as many processes as it takes.
    pub(super) fn check(&mut self, job: &Job, cases: Vec<Case>) -> Result<Vec<CaseResult>, CliError> {
        let mut progress = Progress::new(cases);
        let what = match &job.policy {
            Some((kind, name)) => format!("{kind} {name}"),
            None => "library".to_owned(),
        };
        self.watch.show(format!("checking {what}"));
        self.watch.chatter = (!self.messages.is_verbose()).then(Chatter::default);
        loop {
            let remaining = progress.remaining();
            if remaining.is_empty() {
                break;
            }
            let (lines, ended) = self.run(job, remaining.clone())?;
            let (mut step, mut trial) = (remaining, None);
            for line in lines {
                match line {
                    Line::Started(started) => (step, trial) = (started, None),
                    Line::Trying(number) => trial = Some(number),
                    Line::Ended(result) => progress.add(result),
                }
            }
            let known = progress.remaining();
            step.retain(|case| known.contains(case));
            match ended {
                Ended::Crashed(crash) => {
                    let example = trial.map(|number| self.example(job, number, crash.how)).transpose()?;
                    progress.crashed(&crash, &step, example.flatten());
                }
                Ended::Interrupted => return Err(RunFailure::Interrupted.into()),
                Ended::Done { code } if code != exit::DONE => {
                    // What it had to say is on standard error, or among what was not passed on.
                    let last = self.watch.chatter.as_ref().and_then(Chatter::last_line);
                    last.iter().for_each(|line| self.messages.warning(line));
                    return Err(CliError::Said(code));
                }
                Ended::Done { .. } if !progress.remaining().is_empty() => {
                    return Err(CliError::CheckIncomplete);
                }
                Ended::Done { .. } => {}
            }
        }
        let mut results = progress.end();
        if let Some(result) = results.iter_mut().find(|result| result.case == Case::Deterministic)
            && result.verdict == Verdict::Passed
        {
            self.compare_processes(job, result)?;
        }
        // Whatever is printed next needs the line.
        self.watch.spinner.finish_and_clear();
        if let Some(more) = self.watch.chatter.as_ref().and_then(Chatter::more) {
            self.messages.warning(format!("{what} {more}"));
        }
        Ok(results)
    }

    /// Another process must give the same answers: addresses, hashes and clocks differ there.
    fn compare_processes(&mut self, job: &Job, here: &mut CaseResult) -> Result<(), CliError> {
        let (lines, _) = self.run(job, vec![here.case])?;
        let there = lines.into_iter().find_map(|line| match line {
            Line::Ended(result) => Some(result),
            Line::Started(_) | Line::Trying(_) => None,
        });
        if there.is_none_or(|there| there.figures != here.figures) {
            here.verdict = Verdict::Failed;
            here.detail = "an equal object in another process gives other answers".to_owned();
        }
        Ok(())
    }

    /// The smallest trial that ends a process as the one of this number did.
    fn example(&mut self, job: &Job, number: usize, how: How) -> Result<Option<Example>, CliError> {
        let Some((kind, name)) = &job.policy else { return Ok(None) };
        let (catalogue, wanted) = job.catalogue(name)?;
        let fatal = Fatal::find(&catalogue, *kind, &wanted, &self.options, number)?;
        let Some(mut fatal) = fatal else { return Ok(None) };
        // A hang takes its time in every attempt.
        let hangs = matches!(how, How::Hung { .. });
        let attempts = if hangs { 60 } else { 300 };
        let before = self.limits.call;
        if hangs {
            self.limits.call = Some(before.map_or(HANGS, |limit| limit.min(HANGS)));
        }
        let mut failure = None;
        fatal.shrink(attempts, |trial| {
            if failure.is_some() {
                return false;
            }
            let job = Job { trial: Some(trial.clone()), ..job.clone() };
            match self.run(&job, Vec::new()) {
                Ok((_, Ended::Crashed(crash))) => discriminant(&crash.how) == discriminant(&how),
                Ok((_, Ended::Interrupted)) => {
                    failure = Some(RunFailure::Interrupted.into());
                    false
                }
                Ok(_) => false,
                Err(error) => {
                    failure = Some(error);
                    false
                }
            }
        });
        self.limits.call = before;
        failure.map_or_else(|| Ok(Some(fatal.example())), Err)
    }

    fn run(&mut self, job: &Job, cases: Vec<Case>) -> Result<(Vec<Line>, Ended), CliError> {
        let job = Job { cases, options: self.options, ..job.clone() };
        let worker = Worker::new()?;
        let command = ["plugin", INSIDE].map(OsString::from);
        let input = serde_json::to_vec(&job).map_err(io::Error::from).map_err(CliError::Stdout)?;
        let task = worker::Job {
            args: WorkerArgs::for_job(false, false, command),
            input: Some(input),
            limits: self.limits,
            program: None,
        };
        let ran = worker.run(&task, &mut self.watch)?;
        let mut text = String::new();
        // A library may have written to it by its descriptor: what is no line of ours is left out.
        let _ = ran.output().and_then(|mut output| output.read_to_string(&mut text));
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok((lines, ran.ended))
    }
}

impl Watch {
    fn show(&mut self, what: String) {
        // One that has been taken away does not come back.
        self.spinner = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {wide_msg}") {
            self.spinner.set_style(style);
        }
        self.spinner.set_message(what);
    }
}

impl Watcher for Watch {
    fn said(&mut self, text: &[u8]) {
        // Nobody can be told that standard error is closed.
        let spinner = &self.spinner;
        let show = |text: &[u8]| spinner.suspend(|| drop(io::stderr().write_all(text)));
        match &mut self.chatter {
            Some(chatter) => chatter.hear(text, show),
            None => show(text),
        }
    }

    fn go_on(&mut self, _progress: &worker::Progress) -> bool {
        self.spinner.tick();
        !self.interrupt.is_asked()
    }
}
