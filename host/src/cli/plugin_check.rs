//! `pointsman plugin check`: whether libraries do as they should.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::check_worker::{Job, Target, Workshop};
use super::isolation::{MEMORY_LIMIT, MemoryLimit, POLICY_TIMEOUT, Timeout};
use super::outputs::Format;
use super::stdout::Stdout;
use super::{CliError, Messages, exit};
use crate::check::{Case, CaseResult, Options, Verdict};
use crate::registry::{Kind, LibraryRecord, Origin, Policy, probe};
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
    /// Check this policy only; repeatable
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
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
    let limits = Limits {
        call: args.policy_timeout.map_or(Some(POLICY_TIMEOUT), |timeout| timeout.0),
        memory: args.memory_limit.map_or(Some(MEMORY_LIMIT), |limit| limit.0),
    };
    let mut workshop = Workshop::new(limits, args.options());
    let mut targets = Vec::new();
    for file in &args.files {
        let checked = args.library(file, &mut workshop)?;
        if args.format == Format::Text {
            stdout.print(|out| report::write_library(&checked, args.quiet, style, out))?;
        }
        targets.push(checked);
    }
    if args.built_in {
        let checked = args.built_in(&mut workshop)?;
        if args.format == Format::Text {
            stdout.print(|out| report::write_library(&checked, args.quiet, style, out))?;
        }
        targets.push(checked);
    }
    if targets.iter().all(|checked| checked.policies.is_empty() && checked.error.is_none()) {
        return Err(CliError::Usage("there is no policy of that name to check".to_owned()));
    }
    match args.format {
        Format::Text => stdout.print(|out| report::write_verdict(&targets, style, out))?,
        Format::Json => stdout.print(|out| report::write_json(&targets, &args.options(), out))?,
    }
    if targets.iter().all(report::Checked::has_passed) { Ok(()) } else { Err(CliError::Said(exit::PLUGIN)) }
}

impl CheckArgs {
    fn options(&self) -> Options {
        Options {
            seed: self.seed,
            calls: if self.quick { self.calls / 10 } else { self.calls },
            max_call_time: self.max_call_time,
        }
    }

    fn wants(&self, policy: &Policy) -> bool {
        let is_it = |name: &String| policy.name == *name || policy.aliases.contains(name);
        self.policies.is_empty() || self.policies.iter().any(is_it)
    }

    fn library(&self, file: &Path, workshop: &mut Workshop) -> Result<report::Checked, CliError> {
        let mut checked = report::Checked { name: file.display().to_string(), ..report::Checked::default() };
        let library = match probe(file, true) {
            Ok(library) => library,
            Err(error) => {
                checked.error = Some(error.to_string());
                return Ok(checked);
            }
        };
        checked.library = Some(LibraryRecord::from(&library));
        let target = Target::File(file.to_owned());
        checked.cases = workshop.check(&Job::library(target.clone()), Case::OF_LIBRARY.to_vec())?;
        let is_code = checked.cases.iter().all(|result| result.verdict == Verdict::Passed);
        for policy in library.manifest.policies.iter().filter(|policy| self.wants(policy)) {
            checked.policies.push(match policy.known_kind() {
                Some(kind) => {
                    let cases = Case::of_kind(kind);
                    let results = if is_code {
                        workshop.check(&Job::policy(target.clone(), kind, &policy.name), cases)?
                    } else {
                        let behind = checked.cases.iter().find(|result| result.verdict == Verdict::Failed);
                        let behind = behind.map_or(Case::Loads, |result| result.case);
                        cases.into_iter().map(|case| CaseResult::behind(case, behind)).collect()
                    };
                    report::CheckedPolicy::new(policy, results)
                }
                None => report::CheckedPolicy::new(policy, Vec::new()),
            });
        }
        Ok(checked)
    }

    fn built_in(&self, workshop: &mut Workshop) -> Result<report::Checked, CliError> {
        let catalogue = builtin_catalogue();
        let mut checked = report::Checked { name: "built in".to_owned(), ..report::Checked::default() };
        let entries = catalogue.entries().filter(|entry| entry.origin == Origin::BuiltIn);
        let wanted: Vec<(Kind, &Policy)> = entries
            .map(|entry| (entry.kind, entry.policy))
            .filter(|(_, policy)| self.wants(policy))
            .collect();
        for (kind, policy) in wanted {
            let job = Job::policy(Target::BuiltIn, kind, &policy.name);
            let results = workshop.check(&job, Case::of_kind(kind))?;
            checked.policies.push(report::CheckedPolicy::new(policy, results));
        }
        Ok(checked)
    }
}
