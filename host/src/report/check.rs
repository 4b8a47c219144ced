//! What a check of libraries found, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::style::plain;
use super::wrap::wrap;
use crate::check::{Case, CaseResult, Options, Verdict};
use crate::registry::{Kind, LibraryRecord, Policy};

/// A library, or the policies that are built in, and what came of its cases.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// The file as it was named.
    pub name: String,
    /// What the file says of itself; `None` for what is built in, and where it says nothing.
    pub library: Option<LibraryRecord>,
    /// Why nothing could be checked.
    pub error: Option<String>,
    /// The cases of the library as a whole.
    pub cases: Vec<CaseResult>,
    /// Its policies.
    pub policies: Vec<CheckedPolicy>,
}

/// A policy, and what came of its cases.
#[derive(Debug, Serialize)]
pub struct CheckedPolicy {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether this host knows its kind, so that it could be checked.
    pub is_known: bool,
    /// Whether no case failed.
    pub passed: bool,
    /// What came of each.
    pub cases: Vec<CaseResult>,
}

impl CheckedPolicy {
    /// A policy and what came of its cases.
    #[must_use]
    pub fn new(policy: &Policy, cases: Vec<CaseResult>) -> Self {
        let passed = failed(&cases).next().is_none();
        Self {
            kind: policy.kind.clone(),
            name: policy.name.clone(),
            version: policy.version.clone(),
            is_known: policy.known_kind().is_some(),
            passed,
            cases,
        }
    }
}

impl Checked {
    /// Whether it could be checked and nothing failed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.error.is_none()
            && failed(&self.cases).next().is_none()
            && self.policies.iter().all(|policy| policy.passed)
    }
}

fn failed(cases: &[CaseResult]) -> impl Iterator<Item = &CaseResult> {
    cases.iter().filter(|result| result.verdict == Verdict::Failed)
}

/// Columns before a detail: two spaces, the longest name of a case, the longest verdict.
const NAME: usize = 18;
const VERDICT: usize = 13;

/// Writes the table of one library; `quiet`: only cases that did not pass.
///
/// # Errors
///
/// What the output says.
pub fn write_library(checked: &Checked, quiet: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut head = style.title(plain(&checked.name));
    if let Some(library) = &checked.library {
        let compiler = library.rustc.split(" (").next().unwrap_or_default();
        let about = format!(
            "{} {}, API {}, {compiler}, sha256 {:.8}…",
            library.name, library.version, library.api_version, library.sha256
        );
        head += &format!("  {}", style.faint(plain(&about)));
    }
    writeln!(out, "{head}")?;
    if let Some(error) = &checked.error {
        return write_lines(&wrap("  ", &style.wrong(plain(error)), style.width, 2), out)
            .and_then(|()| writeln!(out));
    }
    write_cases_of(&checked.cases, quiet, style, out)?;
    for policy in &checked.policies {
        let name = style.name(plain(&format!("{} {}", policy.kind, policy.name)));
        writeln!(out, "\n{name} {}", style.faint(plain(&policy.version)))?;
        if !policy.is_known {
            writeln!(out, "  this host knows no policies of that kind: not checked")?;
        }
        write_cases_of(&policy.cases, quiet, style, out)?;
        if quiet && policy.passed && policy.is_known {
            writeln!(out, "  {}", style.right("passed"))?;
        }
    }
    writeln!(out)
}

fn write_cases_of(cases: &[CaseResult], quiet: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |result: &&CaseResult| !quiet || result.verdict == Verdict::Failed;
    for result in cases.iter().filter(is_shown) {
        let word = match result.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "FAILED",
            Verdict::NotApplicable => "-",
            Verdict::NotReached => "not reached",
        };
        let word = format!("{word:VERDICT$}");
        let painted = match result.verdict {
            Verdict::Passed => style.right(word),
            Verdict::Failed => style.wrong(word),
            Verdict::NotApplicable => style.faint(word),
            Verdict::NotReached => style.alert(word),
        };
        let is_plain = result.verdict != Verdict::Failed;
        let indent = 2 + NAME + VERDICT;
        let detail = plain(&result.detail).into_owned();
        let lines = wrap("", &detail, style.width.saturating_sub(indent), 0);
        for (index, line) in lines.iter().enumerate() {
            let text = if is_plain { style.faint(line) } else { line.clone() };
            match index {
                0 => {
                    let start = format!("  {:NAME$}{painted}", result.case.name());
                    writeln!(
                        out,
                        "{}",
                        if line.is_empty() { start.trim_end().to_owned() } else { start + &text }
                    )?;
                }
                _ => writeln!(out, "{:indent$}{text}", "")?,
            }
        }
        for line in result.example.iter().flat_map(|example| &example.lines) {
            writeln!(out, "{:indent$}  {}", "", plain(line))?;
        }
    }
    Ok(())
}

fn write_lines(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes the verdict over all libraries, in a line or a few.
///
/// # Errors
///
/// What the output says.
pub fn write_verdict(all: &[Checked], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let policies: Vec<_> =
        all.iter().flat_map(|checked| &checked.policies).filter(|policy| policy.is_known).collect();
    let bad: Vec<_> = all.iter().filter(|checked| !checked.has_passed()).collect();
    let number = |count: usize, noun: &str| super::number::plural(count as u64, noun);
    if bad.is_empty() {
        let what = policies.len();
        let what = if what == 1 { "1 policy".to_owned() } else { format!("{what} policies") };
        return writeln!(out, "{}: {what} of {}", style.right("passed"), libraries(all, number));
    }
    for checked in bad {
        let names = |cases: &[CaseResult]| {
            failed(cases).map(|result| result.case.name()).collect::<Vec<_>>().join(", ")
        };
        let mut reasons: Vec<String> = Vec::new();
        if checked.error.is_some() {
            reasons.push("cannot be loaded".to_owned());
        }
        reasons.extend(Some(names(&checked.cases)).filter(|names| !names.is_empty()));
        let policies = checked.policies.iter().filter(|policy| !policy.passed);
        reasons.extend(
            policies.map(|policy| format!("{} {} ({})", policy.kind, policy.name, names(&policy.cases))),
        );
        writeln!(out, "{}: {}: {}", style.wrong("FAILED"), plain(&checked.name), plain(&reasons.join("; ")))?;
    }
    Ok(())
}

fn libraries(all: &[Checked], number: impl Fn(usize, &str) -> String) -> String {
    match all.iter().filter(|checked| checked.library.is_some()).count() {
        0 => "this program".to_owned(),
        1 => "1 library".to_owned(),
        count => number(count, "librarie").to_owned(),
    }
}

/// Writes what each case means.
///
/// # Errors
///
/// What the output says.
pub fn write_cases(style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut cases = Case::OF_LIBRARY.to_vec();
    Kind::ALL.into_iter().for_each(|kind| cases.extend(Case::of_kind(kind)));
    cases.sort();
    cases.dedup();
    for case in cases {
        let mut lines = wrap(&format!("{:NAME$}", case.name()), case.description(), style.width, NAME);
        if let Some(first) = lines.first_mut() {
            *first = first.replacen(case.name(), &style.name(case.name()), 1);
        }
        write_lines(&lines, out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Document<'a> {
    passed: bool,
    seed: u64,
    calls: u64,
    max_call_time_us: u64,
    libraries: &'a [Checked],
}

/// Writes everything for a program.
///
/// # Errors
///
/// What the output says.
pub fn write_json(all: &[Checked], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        passed: all.iter().all(Checked::has_passed),
        seed: options.seed,
        calls: options.calls,
        max_call_time_us: options.max_call_time.as_micros() as u64,
        libraries: all,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
