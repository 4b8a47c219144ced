//! What the commands share that make many runs: `experiment`, `ab`, `tune`. Each run has a process of its
//! own, so that a policy that crashes takes nothing else with it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::interrupt::Interrupt;
use super::isolation::LimitArgs;
use super::measure::{INSTEAD, MEASURE, Wanted, WantedRival};
use super::plugins::{self, PluginArgs};
use super::progress::ProgressMode;
use super::runs_bar::RunsBar;
use super::worker::WorkerArgs;
use super::{CliError, Messages};
use crate::config::{Config, Resolved, Spanned};
use crate::experiment::cache::Cache;
use crate::experiment::conduct::Means;
use crate::experiment::measurement::Measurement;
use crate::experiment::plan::{Arm, Task};
use crate::experiment::pool::{NoMeasurement, Stop};
use crate::registry::Catalogue;
use crate::report::plain;
use crate::run::{RunFailure, referenced_libraries};
use crate::worker::{self, Ended, Job, Limits, Watcher, Worker};
use crate::workload::hex;

/// Options for many runs.
#[derive(Debug, Clone, Args)]
pub(super) struct LabArgs {
    #[command(flatten)]
    plugins: PluginArgs,
    /// Ignore the libraries that configurations name: they are not one's own
    #[arg(long, help_heading = "Plugins")]
    no_config_plugins: bool,
    #[command(flatten)]
    limits: LimitArgs,
    /// Runs at a time [default: as many as there are cores]
    #[arg(short, long, value_name = "N", help_heading = "Run")]
    jobs: Option<NonZeroUsize>,
}

/// Makes runs.
pub(super) struct Lab<'a> {
    args: &'a LabArgs,
    interrupt: Interrupt,
    /// Catalogues by where libraries were looked for.
    catalogues: BTreeMap<String, Arc<Catalogue>>,
    /// The hash of this program: another one may come to other results.
    program_sha256: String,
}

impl<'a> Lab<'a> {
    /// Ready to make runs.
    pub(super) fn new(args: &'a LabArgs, interrupt: Interrupt) -> Result<Self, CliError> {
        Ok(Self { args, interrupt, catalogues: BTreeMap::new(), program_sha256: program_sha256()? })
    }

    /// Runs at a time.
    fn jobs(&self) -> usize {
        self.args.jobs.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }

    /// An arm, checked as far as that goes without running anything. What its configuration warns of is
    /// said, each thing once over all arms.
    pub(super) fn arm(
        &mut self,
        name: Spanned<String>,
        levels: BTreeMap<String, String>,
        config: &Config,
    ) -> Result<Arm, CliError> {
        self.arm_with(name, levels, config, &[])
    }

    /// The same, where the policies of some libraries take the place of others of the same name.
    pub(super) fn arm_with(
        &mut self,
        name: Spanned<String>,
        levels: BTreeMap<String, String>,
        config: &Config,
        instead: &[PathBuf],
    ) -> Result<Arm, CliError> {
        let arm = Arm::new(name, levels, config, |resolved| self.catalogue(resolved, instead))?;
        Ok(Arm { instead: instead.to_vec(), ..arm })
    }

    fn catalogue(&mut self, resolved: &Resolved, instead: &[PathBuf]) -> Result<Arc<Catalogue>, RunFailure> {
        let mut sources = self.args.plugins.sources();
        sources.instead = instead.to_vec();
        if !self.args.no_config_plugins {
            sources.configured = plugins::configured(&resolved.plugins);
            sources.referenced = referenced_libraries(resolved);
        }
        let key = format!("{sources:?}");
        if let Some(known) = self.catalogues.get(&key) {
            return Ok(known.clone());
        }
        let catalogue = Arc::new(plugins::catalogue(&sources)?);
        self.catalogues.insert(key, catalogue.clone());
        Ok(catalogue)
    }

    /// Lets `work` make runs of these arms, and shows how far it is.
    pub(super) fn work<R>(
        &self,
        arms: &[Arm],
        cache: &Cache,
        progress: ProgressMode,
        work: impl FnOnce(&mut Means<'_>) -> R,
    ) -> R {
        let mut bar = RunsBar::new(progress);
        let done = work(&mut Means {
            measure: &|task, stop| self.measure(&arms[task.arm], task, stop),
            jobs: self.jobs(),
            stop: &Stop::default(),
            cache,
            program_sha256: &self.program_sha256,
            watch: &mut bar,
        });
        bar.finish();
        done
    }

    /// Makes a run of an arm in a worker process.
    fn measure(&self, arm: &Arm, task: &Task, stop: &Stop) -> Result<Measurement, NoMeasurement> {
        let failed = |why: String| NoMeasurement::Failed(why);
        let rival = arm.rival.as_ref().map(|rival| WantedRival {
            config: rival.arm.config(task.seed),
            libraries: rival.arm.libraries(),
            instead: rival.arm.instead.clone(),
            assignment: rival.assignment,
            windows: rival.windows,
        });
        let wanted = Wanted {
            config: arm.config(task.seed),
            libraries: arm.libraries(),
            written: arm.resolved.written(),
            rival,
        };
        let job = Job {
            args: WorkerArgs::for_job(false, false, self.command(arm)),
            input: Some(serde_json::to_vec(&wanted).map_err(|error| failed(error.to_string()))?),
            limits: Limits {
                memory: self.args.limits.memory_limit(),
                call: self.args.limits.policy_timeout(),
            },
            program: None,
        };
        let mut watch = Watch { interrupt: &self.interrupt, stop, said: Vec::new() };
        let worker = Worker::new().map_err(|error| failed(error.to_string()))?;
        let ran = worker.run(&job, &mut watch).map_err(|error| failed(error.to_string()))?;
        match &ran.ended {
            Ended::Done { code: 0 } => {}
            Ended::Done { code } => return Err(failed(watch.last_words(*code))),
            Ended::Crashed(crash) => return Err(failed(crash.to_string())),
            Ended::Interrupted => return Err(NoMeasurement::Interrupted),
        }
        let output = ran.output().map_err(|error| failed(error.to_string()))?;
        serde_json::from_reader(io::BufReader::new(output)).map_err(|error| failed(error.to_string()))
    }

    /// The command line of a worker: it looks for libraries where this process does.
    fn command(&self, arm: &Arm) -> Vec<OsString> {
        let mut command: Vec<OsString> = vec![MEASURE.into()];
        let plugins = &self.args.plugins;
        let named =
            [("--plugin", &plugins.files), ("--plugin-dir", &plugins.directories), (INSTEAD, &arm.instead)];
        for (option, paths) in named {
            for path in paths {
                command.extend([OsString::from(option), path.clone().into_os_string()]);
            }
        }
        if self.args.no_config_plugins {
            command.push("--no-config-plugins".into());
        }
        command
    }
}

/// Sees a worker: a person may want it to end, and what it says is its excuse if it fails.
struct Watch<'a> {
    interrupt: &'a Interrupt,
    stop: &'a Stop,
    said: Vec<u8>,
}

/// More of an excuse helps nobody.
const MOST_SAID: usize = 64 << 10;

impl Watcher for Watch<'_> {
    fn said(&mut self, text: &[u8]) {
        let room = MOST_SAID.saturating_sub(self.said.len());
        self.said.extend_from_slice(&text[..text.len().min(room)]);
    }

    fn go_on(&mut self, _: &worker::Progress) -> bool {
        if self.interrupt.is_asked() {
            self.stop.ask();
        }
        !self.stop.is_asked()
    }
}

impl Watch<'_> {
    /// What it said of its error, in one line.
    fn last_words(&self, code: u8) -> String {
        let said = String::from_utf8_lossy(&self.said);
        let error = said.lines().rev().find_map(|line| line.strip_prefix("error: "));
        error.map_or_else(|| format!("exit code {code}"), |error| plain(error).into_owned())
    }
}

fn program_sha256() -> Result<String, CliError> {
    let path =
        if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() };
    let bytes = path.and_then(std::fs::read);
    bytes
        .map(|bytes| hex(&Sha256::digest(&bytes)))
        .map_err(|cause| CliError::Unreadable { path: "this program".into(), cause })
}

/// Says what configurations warn of, each thing once.
pub(super) fn say_warnings(arms: &[Arm], messages: &Messages) {
    let mut said: Vec<String> = Vec::new();
    for warning in arms.iter().flat_map(|arm| &arm.resolved.warnings) {
        let text = warning.render_warning(false);
        if !said.contains(&text) {
            messages.diagnostic(warning);
            said.push(text);
        }
    }
}
