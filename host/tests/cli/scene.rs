//! A directory with a configuration, and the binary run in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A run of a moment, under built-in policies.
pub(crate) const CONFIG: &str = "\
seed: 1
cluster: {instances: 2, kv: {blocks: 500}}
policy: {routing: 'pa:1,qd:1'}
workload:
  requests: 60
  arrivals: {process: poisson, rate_per_s: 20}
  prompt_tokens: 200
  output_tokens: 20
  classes: [{name: critical, share: 0.3}, {name: batch, share: 0.7}]
slo: {critical: {ttft_ms: 500}}
";

/// The directory.
pub(crate) struct Scene {
    directory: TempDir,
}

/// What a command left behind.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// With `run.yaml` in it.
    pub(crate) fn new() -> Self {
        // Beside the binary rather than in /tmp: libraries in it are trusted.
        let directory = tempfile::Builder::new().prefix("cli-").tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        let scene = Self { directory: directory.unwrap() };
        scene.write("run.yaml", CONFIG);
        scene
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts a file into it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The bytes of a file in it.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The files in it.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = self.directory.path().read_dir().unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The binary, about to run in it; nothing of the caller's environment decides about colour.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pointsman"));
        command.args(args).current_dir(self.directory.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "POINTSMAN_PLUGIN_PATH", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Seen {
        seen(self.command(args))
    }
}

/// Runs a command to its end.
pub(crate) fn seen(mut command: Command) -> Seen {
    let output = command.output().unwrap();
    Seen {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
