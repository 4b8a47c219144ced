//! The child's side: what a process does that was started as a worker.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::files;
use super::page::{Page, Progress, Shared};
use crate::policy::mark::{self, Subject};

/// What the parent asks of the process itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The parent's process id.
    pub(super) parent: u32,
    /// The most memory that the process may have. \[bytes\]
    pub(super) memory: Option<u64>,
}

/// The process is a worker.
#[derive(Debug)]
pub struct Inside {
    page: &'static Page,
    directory: PathBuf,
    total: Option<u64>,
}

impl Inside {
    /// Takes this process's place as the worker of `directory`: limits hold and calls are noted from
    /// now on, and it ends when its parent does.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn enter(directory: &Path) -> io::Result<Self> {
        let plan: Plan = serde_json::from_reader(File::open(directory.join(files::PLAN))?)?;
        die_with(plan.parent)?;
        // A core file of a policy library helps nobody, and is as large as the memory limit.
        limit(Resource::Core, 0)?;
        if let Some(bytes) = plan.memory {
            limit(Resource::As, bytes)?;
        }
        let file = OpenOptions::new().read(true).write(true).open(directory.join(files::PAGE))?;
        let page = Box::leak(Box::new(Shared::map(&file)?)).page();
        let mut subjects = OpenOptions::new().append(true).open(directory.join(files::SUBJECTS))?;
        mark::install(&page.call, move |subject| {
            // One write: a line is there whole or not at all. Without it a crash has no name, no more.
            let _ = subjects.write_all(&line(subject));
        });
        page.enter();
        Ok(Self { page, directory: directory.to_owned(), total: None })
    }

    /// The directory that this process shares with its parent.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// How many requests there will be, if that is known.
    pub fn set_total(&mut self, total: Option<u64>) {
        self.total = total;
    }

    /// Tells the parent how far this process is.
    pub fn report(&self, now_us: u64, done: u64, generated: u64) {
        self.page.report(&Progress { total: self.total, now_us, done, generated });
    }

    /// The last act: everything is done and written, and this is the exit code. What happens to
    /// the process now does not matter any more.
    pub fn finish(self, code: u8) {
        self.page.finish(code);
    }
}

/// The exit code of a Rust program that panicked.
const PANICKED: u8 = 101;

impl Drop for Inside {
    fn drop(&mut self) {
        // A mistake of this program is no exit of a library. The panic has been reported.
        if thread::panicking() {
            self.page.finish(PANICKED);
        }
    }
}

fn line(subject: &Subject) -> Vec<u8> {
    let mut line = serde_json::to_vec(subject).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Limits a resource, within what the system allows.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |allowed| allowed.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Has the system kill this process when its parent is gone.
fn die_with(parent: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // It may have gone before that.
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    if now != i32::try_from(parent).ok() {
        return Err(io::Error::other("the process that started this worker is gone"));
    }
    Ok(())
}
