//! `pointsman plugin check`: whether libraries do as they should.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::check_inside::{Job, Target};
use super::check_worker::Workshop;
use super::isolation::{MEMORY_LIMIT, MemoryLimit, POLICY_TIMEOUT, Timeout};
use super::outputs::Format;
use super::stdout::Stdout;
use super::{CliError, Messages, exit};
use crate::check::{Case, CaseResult, Options, Verdict};
use crate::config::did_you_mean;
use crate::registry::{LibraryRecord, Origin, PluginError, Policy, probe};
use crate::report::{Style, check as report};
use crate::run::builtin_catalogue;
use crate::worker::Limits;

const EXAMPLES: &str = "\
Examples:
  pointsman plugin check target/release/libmy_scorer.so
  pointsman plugin check --quick --format json target/release/*.so
  pointsman plugin check --policy my-scorer --max-call-time 50us libmy_scorer.so

Exit codes: 0: every policy passed; 3: a case failed, or a library could not be loaded.";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Policy libraries
    #[arg(value_name = "FILE", required_unless_present_any = ["built_in", "cases"])]
    files: Vec<PathBuf>,
    /// Check the policies that are built into this program, too
    #[arg(long)]
    built_in: bool,
    /// Check this policy alone; repeatable
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
    /// Check a policy with these parameters, as in a configuration, instead of its defaults; repeatable
    #[arg(long, value_name = "NAME={...}", value_parser = given_params)]
    params: Vec<(String, Value)>,
    /// List the cases and what each of them means, and do nothing else
    #[arg(long)]
    cases: bool,
    /// A tenth of the calls in the case about memory
    #[arg(long, conflicts_with = "calls", help_heading = "Limits")]
    quick: bool,
    /// Calls in the case about memory
    #[arg(long, value_name = "N", default_value_t = Options::default().calls, help_heading = "Limits",
        value_parser = clap::value_parser!(u64).range(1000..))]
    calls: u64,
    /// Longest time for a call over 64 instances, such as `50us`
    #[arg(long, value_name = "TIME", default_value = "1ms", help_heading = "Limits",
        value_parser = humantime::parse_duration)]
    max_call_time: Duration,
    /// Time after which a call is taken for one that never comes back, such as `2s`, or `none`
    /// [default: 10s]
    #[arg(long, value_name = "TIME", help_heading = "Limits")]
    policy_timeout: Option<Timeout>,
    /// Most memory for a process in which a library is checked, such as `512MiB`, or `none`
    /// [default: 4GiB]
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    memory_limit: Option<MemoryLimit>,
    /// Where the random situations come from: another seed tries others
    #[arg(long, value_name = "N", default_value_t = Options::default().seed)]
    seed: u64,
    /// Form of the report
    #[arg(long, value_enum, default_value = "text", help_heading = "Output")]
    format: Format,
    /// Show only cases that did not pass
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

/// Does it.
pub(super) fn check(args: &CheckArgs, messages: &Messages) -> Result<(), CliError> {
    let stdout = Stdout::set_aside()?;
    let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
    if args.cases {
        return stdout.print(|out| report::write_cases(style, out));
    }
    let places = args.places();
    args.check_names(&places)?;
    let limits = Limits {
        call: args.policy_timeout.map_or(Some(POLICY_TIMEOUT), |timeout| timeout.0),
        memory: args.memory_limit.map_or(Some(MEMORY_LIMIT), |limit| limit.0),
    };
    let mut workshop = Workshop::new(limits, args.options(), messages);
    let mut all = Vec::new();
    for place in places {
        let checked = args.check_place(place, &mut workshop)?;
        if args.format == Format::Text {
            stdout.print(|out| report::write_library(&checked, args.quiet, style, out))?;
        }
        all.push(checked);
    }
    match args.format {
        Format::Text => stdout.print(|out| report::write_verdict(&all, style, out))?,
        Format::Json => stdout.print(|out| report::write_json(&all, &args.options(), out))?,
    }
    if all.iter().all(report::Checked::has_passed) { Ok(()) } else { Err(CliError::Said(exit::PLUGIN)) }
}

/// Where policies are that are to be checked.
struct Place {
    name: String,
    target: Target,
    library: Result<Option<LibraryRecord>, PluginError>,
    policies: Vec<Policy>,
}

impl Place {
    fn library(file: &Path) -> Self {
        let (library, policies) = match probe(file, true) {
            Ok(library) => (Ok(Some(LibraryRecord::from(&library))), library.manifest.policies),
            Err(error) => (Err(error), Vec::new()),
        };
        Self { name: file.display().to_string(), target: Target::File(file.to_owned()), library, policies }
    }

    fn built_in() -> Self {
        let catalogue = builtin_catalogue();
        let entries = catalogue.entries().filter(|entry| entry.origin == Origin::BuiltIn);
        let policies = entries.map(|entry| entry.policy.clone()).collect();
        Self { name: "built in".to_owned(), target: Target::BuiltIn, library: Ok(None), policies }
    }
}

/// `token-bucket={rate_per_s: 10}`.
fn given_params(text: &str) -> Result<(String, Value), String> {
    let expected = "a name and a map, such as `token-bucket={rate_per_s: 10}`";
    let (name, params) = text.split_once('=').ok_or(expected)?;
    match serde_yaml::from_str::<Value>(params) {
        Ok(params @ Value::Object(_)) => Ok((name.to_owned(), params)),
        _ => Err(expected.to_owned()),
    }
}

impl CheckArgs {
    fn options(&self) -> Options {
        Options {
            seed: self.seed,
            calls: if self.quick { self.calls / 10 } else { self.calls },
            max_call_time: self.max_call_time,
        }
    }

    /// All places, with the policies that are wanted.
    fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.files.iter().map(|file| Place::library(file)).collect();
        places.extend(self.built_in.then(Place::built_in));
        places
    }

    fn wants(&self, policy: &Policy) -> bool {
        self.policies.is_empty() || self.policies.iter().any(|name| goes_by(policy, name))
    }

    /// A name that nothing here goes by is a mistake.
    fn check_names(&self, places: &[Place]) -> Result<(), CliError> {
        let all = || places.iter().flat_map(|place| &place.policies);
        let wanted = self.policies.iter().map(|name| ("--policy", name));
        for (option, name) in wanted.chain(self.params.iter().map(|(name, _)| ("--params", name))) {
            if !all().any(|policy| goes_by(policy, name)) {
                let hint = did_you_mean(name, all().map(|policy| policy.name.as_str()));
                let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
                let message = format!("{option}: there is no policy `{name}` here{hint}");
                return Err(CliError::Usage(message));
            }
        }
        Ok(())
    }

    /// The parameters that a policy is to be checked with.
    fn params_of(&self, policy: &Policy) -> Value {
        let given = self.params.iter().rev().find(|(name, _)| goes_by(policy, name));
        given.map_or(Value::Null, |(_, params)| params.clone())
    }

    fn check_place(&self, place: Place, workshop: &mut Workshop) -> Result<report::Checked, CliError> {
        let mut checked = report::Checked { name: place.name, ..report::Checked::default() };
        match place.library {
            Ok(library) => checked.library = library,
            Err(error) => {
                checked.error = Some(error.to_string());
                return Ok(checked);
            }
        }
        if checked.library.is_some() {
            let job = Job::library(place.target.clone());
            checked.cases = workshop.check(&job, Case::OF_LIBRARY.to_vec())?;
        }
        let in_the_way = checked.cases.iter().find(|result| result.verdict == Verdict::Failed);
        let in_the_way = in_the_way.map(|result| result.case);
        for policy in place.policies.iter().filter(|policy| self.wants(policy)) {
            let cases = policy.known_kind().map(|kind| (kind, Case::of_kind(kind)));
            let results = match (cases, in_the_way) {
                (None, _) => Vec::new(),
                (Some((_, cases)), Some(other)) => {
                    cases.into_iter().map(|case| CaseResult::behind(case, other)).collect()
                }
                (Some((kind, cases)), None) => {
                    let params = self.params_of(policy);
                    workshop.check(&Job::policy(place.target.clone(), kind, &policy.name, params), cases)?
                }
            };
            checked.policies.push(report::CheckedPolicy::new(policy, results));
        }
        Ok(checked)
    }
}

fn goes_by(policy: &Policy, name: &str) -> bool {
    policy.name == name || policy.aliases.iter().any(|alias| alias == name)
}
