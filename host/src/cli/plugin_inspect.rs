//! `pointsman plugin inspect`: what a library says about itself. Nothing of it runs.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use pointsman_plugin_api::manifest::API_VERSION;
use serde::Serialize;

use super::look::{self, FormatArgs};
use super::outputs::Format;
use super::policy_doc::PolicyDoc;
use super::policy_text;
use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::registry::{Catalogue, Inspected, PluginError, PluginFile, Policy, PolicyRef, Sources, inspect};
use crate::report::number::count;
use crate::report::{Style, plain, wrap};

const EXAMPLES: &str = "\
Examples:
  pointsman plugin inspect target/release/libkv_pressure.so
  pointsman plugin inspect target/release/*.so --format json

Exit code 3: a file is no policy library. One that this host cannot load is described all the same.";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct InspectArgs {
    /// The libraries
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
}

/// A library and what this host makes of it.
struct Look {
    library: Inspected,
    /// By policy, in the order of the manifest: why this host cannot use it.
    refusals: Vec<Option<String>>,
}

/// Does it.
pub(super) fn inspect_files(args: &InspectArgs, messages: &Messages) -> Result<(), CliError> {
    let (mut looks, mut errors) = (Vec::new(), Vec::new());
    for file in &args.files {
        match inspect(file) {
            Ok(library) => looks.push(Look { refusals: refusals(&library), library }),
            Err(error) => errors.push(error),
        }
    }
    let stdout = Stdout::set_aside()?;
    match args.format.format {
        Format::Text => {
            let style = look::style(&stdout, messages);
            stdout.print(|out| {
                for (index, look) in looks.iter().enumerate() {
                    if index > 0 {
                        writeln!(out)?;
                    }
                    lines(look, style).iter().try_for_each(|line| writeln!(out, "{line}"))?;
                }
                Ok(())
            })?;
        }
        Format::Json => stdout.print(|out| write_json(&looks, out))?,
    }
    // The last one is said by whoever ends the process.
    let last = errors.pop();
    errors.into_iter().for_each(|error| messages.error(&error.into()));
    last.map_or(Ok(()), |error| Err(error.into()))
}

/// What a run would say to each policy, without parameters.
fn refusals(library: &Inspected) -> Vec<Option<String>> {
    let mut catalogue = Catalogue::new();
    let named = vec![PluginFile { file: library.path.clone(), label: None }];
    let found = catalogue.discover(&Sources { named, ..Sources::default() });
    let refusal = |policy: &Policy| match policy.known_kind() {
        None => Some(format!("this host does not know policies of kind `{}`; use a newer one", policy.kind)),
        Some(kind) => match catalogue.check(kind, &PolicyRef::named(&policy.name)) {
            Err(PluginError::Lacking { what, id, .. }) => {
                Some(format!("it needs the {what} `{id}`, which this host does not have; use a newer one"))
            }
            Err(error) => Some(error.to_string()),
            Ok(_) => None,
        },
    };
    match found {
        Ok(()) => library.manifest.policies.iter().map(refusal).collect(),
        // That the library cannot be loaded is said of the whole.
        Err(_) => library.manifest.policies.iter().map(|_| None).collect(),
    }
}

fn host() -> String {
    format!("pointsman {} (API {API_VERSION})", env!("CARGO_PKG_VERSION"))
}

fn lines(look: &Look, style: Style) -> Vec<String> {
    let Look { library, refusals } = look;
    let manifest = &library.manifest;
    let mut lines = vec![style.title(plain(&library.path.display().to_string()))];
    let mut fact = |name: &str, text: &str| {
        let start = format!("  {}", style.faint(format!("{name:<12}")));
        let text = plain(text);
        // Colour takes no columns: the start is measured without it.
        let mut wrapped = wrap(&" ".repeat(14), &text, style.width, 14);
        wrapped[0].replace_range(..14, &start);
        lines.append(&mut wrapped);
    };
    fact("library", &format!("{} {}", manifest.name, manifest.version));
    fact("sha256", &library.sha256);
    fact("size", &format!("{} bytes", count(library.size)));
    fact(
        "built with",
        &format!(
            "pointsman-plugin-api {}, {}, panic = {}",
            manifest.api_version, manifest.rustc, manifest.panic
        ),
    );
    let refused = refusals.iter().flatten().count();
    let verdict = match &library.problem {
        Some(problem) => format!("{} cannot load it: {problem}", host()),
        None if refused == 0 => format!("{} can load it", host()),
        None => format!("{} can load it, but not use {refused} of its policies: see below", host()),
    };
    fact("this host", &verdict);
    for (policy, refusal) in manifest.policies.iter().zip(refusals) {
        lines.push(String::new());
        let mut described = policy_text::lines(&PolicyDoc::new(policy), style);
        if let Some(refusal) = refusal {
            let said = wrap("  ", &format!("not usable here: {}", plain(refusal)), style.width, 2);
            described.splice(1..1, said.into_iter().map(|line| style.alert(line)));
        }
        lines.append(&mut described);
    }
    if manifest.policies.is_empty() {
        lines.push("\nIt has no policies.".to_owned());
    }
    lines
}

#[derive(Serialize)]
struct Document<'a> {
    host: Host,
    libraries: Vec<LibraryDoc<'a>>,
}

#[derive(Serialize)]
struct Host {
    version: &'static str,
    api_version: &'static str,
}

#[derive(Serialize)]
struct LibraryDoc<'a> {
    path: String,
    sha256: &'a str,
    size_bytes: u64,
    name: &'a str,
    version: &'a str,
    api_version: &'a str,
    rustc: &'a str,
    panic: &'a str,
    manifest_version: u32,
    /// Why this host cannot load it; null: it can.
    problem: Option<String>,
    policies: Vec<PolicyRow<'a>>,
}

#[derive(Serialize)]
struct PolicyRow<'a> {
    #[serde(flatten)]
    policy: PolicyDoc<'a>,
    /// Why this host cannot use it, beside what is wrong with the library; null: it can.
    problem: Option<&'a str>,
}

fn write_json(looks: &[Look], out: &mut dyn Write) -> io::Result<()> {
    let libraries = looks.iter().map(|Look { library, refusals }| LibraryDoc {
        path: library.path.display().to_string(),
        sha256: &library.sha256,
        size_bytes: library.size,
        name: &library.manifest.name,
        version: &library.manifest.version,
        api_version: &library.manifest.api_version,
        rustc: &library.manifest.rustc,
        panic: &library.manifest.panic,
        manifest_version: library.manifest.manifest_version,
        problem: library.problem.as_ref().map(ToString::to_string),
        policies: (library.manifest.policies.iter().zip(refusals))
            .map(|(policy, refusal)| PolicyRow {
                policy: PolicyDoc::new(policy),
                problem: refusal.as_deref(),
            })
            .collect(),
    });
    let host = Host { version: env!("CARGO_PKG_VERSION"), api_version: API_VERSION };
    serde_json::to_writer_pretty(&mut *out, &Document { host, libraries: libraries.collect() })?;
    writeln!(out)
}
