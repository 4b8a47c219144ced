//! A check in processes of their own: what the parent asks, what the child answers, and what becomes
//! of the cases whose process is gone.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::mem::discriminant;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::interrupt::Interrupt;
use super::stdout::Stdout;
use super::worker::WorkerArgs;
use super::{CliError, exit};
use crate::check::{
    Case, CaseResult, Example, Fatal, Observer, Options, Progress, Trial, Verdict, check_library,
    check_policy, perform_trial,
};
use crate::registry::{Catalogue, Kind, PluginError, PluginFile, PolicyRef, Sources, probe};
use crate::run::{RunFailure, builtin_catalogue};
use crate::worker::{self, Ended, How, Limits, Watcher, Worker};

/// Where the policies are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Target {
    /// In this library.
    File(PathBuf),
    /// In this program.
    BuiltIn,
}

impl Target {
    /// A catalogue of what is there, and how a policy of it is asked for.
    fn catalogue(&self, name: &str) -> Result<(Catalogue, PolicyRef), PluginError> {
        let mut wanted = PolicyRef::named(name);
        let catalogue = match self {
            Self::BuiltIn => builtin_catalogue(),
            Self::File(file) => {
                wanted.library = Some(file.clone());
                let mut catalogue = Catalogue::new();
                let named = vec![PluginFile { file: file.clone(), label: None }];
                catalogue.discover(&Sources { named, ..Sources::default() })?;
                catalogue
            }
        };
        Ok((catalogue, wanted))
    }
}

/// What a child is to check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    target: Target,
    /// Which policy; `None`: the library as a whole.
    policy: Option<(Kind, String)>,
    cases: Vec<Case>,
    options: Options,
    /// Instead of cases: this trial alone, to see whether the process lives on.
    trial: Option<Trial>,
}

impl Job {
    /// A library as a whole.
    pub(super) fn library(target: Target) -> Self {
        Self { target, policy: None, cases: Vec::new(), options: Options::default(), trial: None }
    }

    /// One policy.
    pub(super) fn policy(target: Target, kind: Kind, name: &str) -> Self {
        Self { policy: Some((kind, name.to_owned())), ..Self::library(target) }
    }
}

/// What a child says, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Started(Vec<Case>),
    Trying(usize),
    Ended(CaseResult),
}

/// How long a call may take while a trial that hangs is made smaller.
const HANGS: Duration = Duration::from_millis(300);

/// Has checks made in child processes, and watches over them.
pub(super) struct Workshop {
    limits: Limits,
    options: Options,
    watch: Watch,
}

/// What a person sees meanwhile, and whether they want it to end.
struct Watch {
    interrupt: Interrupt,
    /// Hidden by itself where there is no terminal.
    spinner: ProgressBar,
}

impl Workshop {
    /// With these limits for the processes.
    pub(super) fn new(limits: Limits, options: Options) -> Self {
        let watch = Watch { interrupt: Interrupt::listen(), spinner: ProgressBar::hidden() };
        Self { limits, options, watch }
    }

    /// Decides these cases of what the job names, in as many processes as it takes.
    pub(super) fn check(&mut self, job: &Job, cases: Vec<Case>) -> Result<Vec<CaseResult>, CliError> {
        let mut progress = Progress::new(cases);
        self.watch.show(match &job.policy {
            Some((kind, name)) => format!("checking {kind} {name}"),
            None => "loading".to_owned(),
        });
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
                // What it had to say is on standard error.
                Ended::Done { code } if code != exit::DONE => return Err(CliError::Said(code)),
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
        let (catalogue, wanted) = job.target.catalogue(name)?;
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
        self.spinner.suspend(|| drop(io::stderr().write_all(text)));
    }

    fn go_on(&mut self, _progress: &worker::Progress) -> bool {
        self.spinner.tick();
        !self.interrupt.is_asked()
    }
}

/// Name of the hidden command that a child does.
pub(super) const INSIDE: &str = "check-inside";

/// The child's side: reads a job, and says what comes of it.
pub(super) fn inside() -> Result<(), CliError> {
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text).and_then(|_| Ok(serde_json::from_str::<Job>(&text)?));
    let job = read.map_err(|error| CliError::Usage(format!("this command is not for people ({error})")))?;
    let mut teller = Teller(Stdout::set_aside()?);
    let Some((kind, name)) = &job.policy else {
        if let Target::File(file) = &job.target {
            check_library(&probe(file, true)?, &mut teller);
        }
        return Ok(());
    };
    let (catalogue, wanted) = job.target.catalogue(name)?;
    if let Some(trial) = &job.trial {
        return Ok(perform_trial(&catalogue, *kind, &wanted, trial)?);
    }
    Ok(check_policy(&catalogue, *kind, &wanted, &job.cases, &job.options, &mut teller)?)
}

/// Writes what comes of cases, a line each.
struct Teller(Stdout);

impl Teller {
    fn tell(&self, line: &Line) {
        // The parent takes what is missing for what it is: not decided.
        let _ = self.0.print(|out| {
            serde_json::to_writer(&mut *out, line)?;
            writeln!(out)
        });
    }
}

impl Observer for Teller {
    fn trying(&mut self, trial: usize) {
        self.tell(&Line::Trying(trial));
    }

    fn started(&mut self, cases: &[Case]) {
        self.tell(&Line::Started(cases.to_vec()));
    }

    fn ended(&mut self, result: CaseResult) {
        self.tell(&Line::Ended(result));
    }
}
