//! The parent's side: a worker is started, watched, and its end understood.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ended::{Crash, Ended, How};
use super::inside::Plan;
use super::last_words::{Death, Reason};
use super::page::{Progress, Shared};
use super::patience::Patience;
use super::running::Running;
use super::{COMMAND, files};
use crate::policy::mark::{self, Subject};

/// What a worker is to do.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The command line of the work, without the program: what follows `worker DIRECTORY`.
    pub args: Vec<OsString>,
    /// What it reads on standard input; `None`: the standard input of this process.
    pub input: Option<Vec<u8>>,
    /// What it must keep to.
    pub limits: Limits,
    /// The binary; `None`: the one that runs here.
    pub program: Option<PathBuf>,
}

/// What a worker must keep to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// The most memory that the process may have, as addresses. \[bytes\]
    pub memory: Option<u64>,
    /// How long one call of a policy may take.
    pub call: Option<Duration>,
}

/// Sees a worker work.
pub trait Watcher {
    /// Lines that the process wrote to standard error, as they are.
    fn said(&mut self, text: &[u8]);

    /// Called at short intervals, at least 20 times a second; `false` ends the worker.
    fn go_on(&mut self, progress: &Progress) -> bool;
}

/// Why there is no worker; no fault of what it was to do.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The place that it needs cannot be made.
    #[error("cannot make a directory for a worker process ({0}); set TMPDIR")]
    Directory(io::Error),
    /// The process did not start.
    #[error("cannot start a worker process: {0}")]
    Start(io::Error),
    /// The process ended before it was ready.
    #[error("the worker process could not set itself up: {0}")]
    NotReady(ExitStatus),
    /// The system does not let this process watch it.
    #[error("cannot watch the worker process: {0}")]
    Watch(io::Error),
}

/// A place for a worker; all of it goes when this is dropped, the private copies of libraries that
/// a crash leaves behind too.
#[derive(Debug)]
pub struct Worker {
    directory: TempDir,
    shared: Shared,
}

/// Time between two looks.
const BEAT: Duration = Duration::from_millis(50);
/// Time that the process has for its end after it has finished.
const LEAVE: Duration = Duration::from_secs(2);

impl Worker {
    /// Makes the place.
    ///
    /// # Errors
    ///
    /// [`WorkerError::Directory`].
    pub fn new() -> Result<Self, WorkerError> {
        let make = || {
            let directory = tempfile::Builder::new().prefix("pointsman-worker-").tempdir()?;
            let path = directory.path();
            fs::create_dir(path.join(files::TEMPORARY))?;
            File::create(path.join(files::SUBJECTS))?;
            let mut page = OpenOptions::new();
            let page = page.read(true).write(true).create_new(true).open(path.join(files::PAGE))?;
            let shared = Shared::map(&page)?;
            Ok(Self { directory, shared })
        };
        make().map_err(WorkerError::Directory)
    }

    /// The directory that the worker will share with this process.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts the process, watches it, and waits for its end. It is killed where it must be; it does
    /// not outlive the thread that calls this.
    ///
    /// # Errors
    ///
    /// If there is no worker to speak of.
    pub fn run(self, job: &Job, watcher: &mut dyn Watcher) -> Result<Ran, WorkerError> {
        let mut running = self.start(job).map_err(WorkerError::Start)?;
        let verdict = self.watch(&mut running, job, watcher).map_err(WorkerError::Watch)?;
        let ended = match verdict {
            Verdict::Interrupted => Ended::Interrupted,
            Verdict::Finished(code) => Ended::Done { code },
            Verdict::Unready(status) => return Err(WorkerError::NotReady(status)),
            Verdict::Crashed(how) => {
                let subjects = self.subjects();
                let called = mark::subject_of(self.shared.page().call.load(Ordering::Relaxed));
                let during = called.and_then(|index| subjects.get(index).cloned());
                Ended::Crashed(Crash { how, during, libraries: libraries(&subjects) })
            }
        };
        Ok(Ran { ended, directory: self.directory })
    }

    fn start(&self, job: &Job) -> io::Result<Running> {
        let here = self.directory();
        let plan = Plan { parent: std::process::id(), memory: job.limits.memory };
        fs::write(here.join(files::PLAN), serde_json::to_vec(&plan)?)?;
        let output = File::create(here.join(files::OUTPUT))?;
        let program = match &job.program {
            Some(program) => program.clone(),
            None => own_program()?,
        };
        let mut command = Command::new(program);
        command.arg(COMMAND).arg(here).args(&job.args);
        if job.program.is_none() {
            command.arg0(std::env::args_os().next().unwrap_or_else(|| "pointsman".into()));
        }
        if let Some(input) = &job.input {
            // By a file: a process that does not read it keeps nobody waiting.
            let path = here.join(files::INPUT);
            fs::write(&path, input)?;
            command.stdin(File::open(path)?);
        }
        command.stdout(output);
        command.env("TMPDIR", here.join(files::TEMPORARY));
        Running::start(&mut command)
    }

    fn watch(&self, running: &mut Running, job: &Job, watcher: &mut dyn Watcher) -> io::Result<Verdict> {
        let page = self.shared.page();
        let beat = job.limits.call.map_or(BEAT, |limit| (limit / 8).clamp(Duration::from_millis(1), BEAT));
        let mut patience = job.limits.call.map(|limit| (limit, Patience::new(limit, beat)));
        let mut last = now();
        let mut finished_at = None;
        loop {
            let status = running.end()?;
            // After that look: whatever it wrote before its end is there.
            running.listen(&mut |text| watcher.said(text));
            let finished = page.finished();
            if let Some(status) = status {
                let death = match status.signal() {
                    _ if finished.is_some() => Death::Finished,
                    Some(signal) if signal == rustix::process::Signal::ABORT.as_raw() => Death::Aborted,
                    _ => Death::Other,
                };
                let reason = running.end_of_words(death, &mut |text| watcher.said(text));
                return Ok(match finished {
                    Some(code) => Verdict::Finished(code),
                    None if !page.has_entered() => Verdict::Unready(status),
                    None => Verdict::Crashed(how(status, reason, job.limits.memory)),
                });
            }
            if !watcher.go_on(&page.progress()) {
                running.kill()?;
                return Ok(Verdict::Interrupted);
            }
            let time = now();
            let passed = time - last;
            last = time;
            if let Some((limit, patience)) = &mut patience
                && patience.is_over(page.call.load(Ordering::Relaxed), passed)
            {
                running.kill()?;
                running.listen(&mut |text| watcher.said(text));
                running.end_of_words(Death::Other, &mut |text| watcher.said(text));
                return Ok(Verdict::Crashed(How::Hung { limit: *limit }));
            }
            // What is in the way of its end now, such as an exit handler of a library, does not matter.
            if finished.is_some() && time - *finished_at.get_or_insert(time) > LEAVE {
                running.kill()?;
            }
            running.wait(beat)?;
        }
    }

    /// The subjects of calls, in the order of their numbers.
    fn subjects(&self) -> Vec<Subject> {
        let text = fs::read_to_string(self.directory().join(files::SUBJECTS)).unwrap_or_default();
        // A process that died may have left anything: from the first odd line on, nothing is known.
        text.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// A worker that ended, and what it left behind.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    directory: TempDir,
}

impl Ran {
    /// What the worker wrote to standard output, however it ended.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn output(&self) -> io::Result<File> {
        File::open(self.directory.path().join(files::OUTPUT))
    }
}

/// How the watching ended.
enum Verdict {
    Finished(u8),
    Unready(ExitStatus),
    Crashed(How),
    Interrupted,
}

fn how(status: ExitStatus, reason: Option<Reason>, limit: Option<u64>) -> How {
    match (reason, status.signal()) {
        (Some(Reason::StackOverflow), _) => How::StackOverflow,
        (Some(Reason::OutOfMemory), _) => How::OutOfMemory { limit },
        (None, Some(signal)) => How::Signal(signal),
        (None, None) => How::Exit(status.code().unwrap_or_default()),
    }
}

/// The libraries of these subjects, each once.
fn libraries(subjects: &[Subject]) -> Vec<String> {
    let mut libraries: Vec<String> = Vec::new();
    for library in subjects.iter().filter_map(Subject::library) {
        if !libraries.iter().any(|known| known == library) {
            libraries.push(library.to_owned());
        }
    }
    libraries
}

/// The binary that runs here, even if another has taken its place on disk.
fn own_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "how long a call takes; no result depends on it")]
    Instant::now()
}
