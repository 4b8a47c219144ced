//! The child's side of a check: what it is asked, what it does, and what it says.

use std::io::{self, Read as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CliError;
use super::stdout::Stdout;
use crate::check::{Case, CaseResult, Observer, Options, Trial, check_library, check_policy, perform_trial};
use crate::registry::{Catalogue, Kind, PluginError, PluginFile, PolicyRef, Sources, probe};
use crate::run::builtin_catalogue;

/// Where the policies are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Target {
    /// In this library.
    File(PathBuf),
    /// In this program.
    BuiltIn,
}

/// What a child is to check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// Where it is.
    pub(super) target: Target,
    /// Which policy; `None`: the library as a whole.
    pub(super) policy: Option<(Kind, String)>,
    /// The parameters that it is checked with; null: its defaults.
    pub(super) params: Value,
    /// What is to be decided, in order.
    pub(super) cases: Vec<Case>,
    /// How.
    pub(super) options: Options,
    /// Instead of cases: this trial alone, to see whether the process lives on.
    pub(super) trial: Option<Trial>,
}

impl Job {
    /// A library as a whole.
    pub(super) fn library(target: Target) -> Self {
        Self {
            target,
            policy: None,
            params: Value::Null,
            cases: Vec::new(),
            options: Options::default(),
            trial: None,
        }
    }

    /// One policy.
    pub(super) fn policy(target: Target, kind: Kind, name: &str, params: Value) -> Self {
        Self { policy: Some((kind, name.to_owned())), params, ..Self::library(target) }
    }

    /// A catalogue of what is there, and how the policy of this name is asked for.
    pub(super) fn catalogue(&self, name: &str) -> Result<(Catalogue, PolicyRef), PluginError> {
        let mut wanted = PolicyRef { params: self.params.clone(), ..PolicyRef::named(name) };
        let catalogue = match &self.target {
            Target::BuiltIn => builtin_catalogue(),
            Target::File(file) => {
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

/// What a child says, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// These cases are being decided.
    Started(Vec<Case>),
    /// The trial of this number is being made.
    Trying(usize),
    /// A case is decided.
    Ended(CaseResult),
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
    let (catalogue, wanted) = job.catalogue(name)?;
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
