//! `pointsman run --isolate`: the run is made in a worker process; this one watches it, shows its
//! progress, and puts its results in place when it has done all of its work.

use super::isolation::IsolationArgs;
use super::outputs::Outputs;
use super::progress::Progress;
use super::{CliError, Messages};

/// Where there are no worker processes.
#[cfg(not(unix))]
pub(super) fn run(_: &Outputs, _: &IsolationArgs, _: Progress, _: &Messages) -> Result<(), CliError> {
    Err(CliError::Usage("--isolate is not available on this system".to_owned()))
}

#[cfg(unix)]
pub(super) use unix::run;

#[cfg(unix)]
mod unix {
    use std::env;
    use std::io::{self, Write as _};
    use std::os::unix::fs::symlink;
    use std::path::absolute;

    use super::super::progress::Spectator as _;
    use super::super::stdout::Stdout;
    use super::super::worker::WorkerArgs;
    use super::{CliError, IsolationArgs, Messages, Outputs, Progress};
    use crate::engine;
    use crate::run::RunFailure;
    use crate::worker::{self, Ended, Job, Limits, Watcher, Worker, WorkerError};

    /// Does it. The worker process reads the command line, the configuration and all else by itself.
    pub(in super::super) fn run(
        outputs: &Outputs,
        isolation: &IsolationArgs,
        mut progress: Progress,
        messages: &Messages,
    ) -> Result<(), CliError> {
        let limits = isolation.limits();
        let worker = Worker::new()?;
        let stages = outputs.stages(worker.directory())?;
        for (name, stage) in &stages {
            let link = || symlink(absolute(stage.path())?, worker.directory().join(name));
            link().map_err(WorkerError::Directory)?;
        }
        let colour_out = messages.colour_on(&io::stdout());
        let job = Job {
            args: WorkerArgs::for_job(colour_out, messages.has_colour(), env::args_os().skip(1)),
            limits: Limits { memory: limits.memory_limit(), call: limits.policy_timeout() },
            ..Job::default()
        };
        let ran = worker.run(&job, &mut progress);
        progress.finish();
        let ran = ran?;
        match &ran.ended {
            Ended::Done { code: 0 } => {}
            Ended::Done { code } => return Err(CliError::Said(*code)),
            Ended::Crashed(crash) => return Err(CliError::Crashed(Box::new(crash.clone()))),
            Ended::Interrupted => return Err(RunFailure::Interrupted.into()),
        }
        for (_, stage) in stages {
            stage.put_in_place().map_err(CliError::NotWritten)?;
        }
        // Last, as in a run without a worker.
        let mut printed = ran.output().map_err(CliError::Stdout)?;
        Stdout::set_aside()?.print(|out| io::copy(&mut printed, out).map(|_| ()))
    }

    impl Watcher for Progress {
        fn said(&mut self, text: &[u8]) {
            // Nobody can be told that standard error is closed.
            self.aside(|| drop(io::stderr().write_all(text)));
        }

        fn go_on(&mut self, progress: &worker::Progress) -> bool {
            if progress.generated == 0 {
                // It has not begun.
                return !self.is_asked();
            }
            if !self.has_begun() {
                self.begin(progress.total);
            }
            let worker::Progress { now_us, done, generated, .. } = *progress;
            engine::Watch::go_on(self, engine::Progress { now_us, done, generated })
        }
    }
}
