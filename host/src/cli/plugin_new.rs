//! `pointsman plugin new`: a crate to begin with.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::stdout::Stdout;
use super::{CliError, Messages, plugins};
use crate::registry::{Catalogue, Kind, Origin, Sources};
use crate::run::builtin_catalogue;
use crate::scaffold::{CrateName, PluginApi, Scaffold};

const EXAMPLES: &str = "\
Examples:
  pointsman plugin new my-scorer --kind scorer
  pointsman plugin new shortest --kind scheduler --path policies/shortest
  pointsman plugin new my-scorer --kind scorer --plugin-api https://example.org/pointsman.git";

/// The options of the command.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct NewArgs {
    /// Name of the crate and of its policy: lower-case words, joined by hyphens
    #[arg(value_name = "NAME")]
    name: String,
    /// Kind of the policy
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Kind,
    /// Directory to make; it must not be there yet [default: NAME]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Where the crate finds pointsman-plugin-api: its directory, a git repository or a version
    ///
    /// A version is looked up in the registry that your cargo uses. [default: the directory that this binary
    /// was built from]
    #[arg(long, value_name = "PATH|URL|VERSION")]
    plugin_api: Option<String>,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).map(|name| {
        let is_it = |kind: &Kind| kind.name() == name;
        Kind::ALL.into_iter().find(is_it).unwrap_or(Kind::Scorer)
    })
}

/// Does it.
pub(super) fn new(args: &NewArgs, messages: &Messages) -> Result<(), CliError> {
    let known = known();
    let name = CrateName::new(&args.name, args.kind, |name| taken(&known, args.kind, name))?;
    let api = match &args.plugin_api {
        Some(given) => PluginApi::parse(given)?,
        None => PluginApi::of_this_host()?,
    };
    let directory = args.path.clone().unwrap_or_else(|| PathBuf::from(name.as_str()));
    let scaffold = Scaffold { name, kind: args.kind, api };
    scaffold.create(&directory)?;
    if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
        let target = Path::new(&target).join("release").join(scaffold.name.library());
        messages.warning(format!(
            "CARGO_TARGET_DIR is set: cargo will make {}; name that in try.yaml",
            target.display()
        ));
    }
    Stdout::set_aside()?.print(|out| write_next(&scaffold, &directory, out))
}

/// The policies that there are: a library that cannot be read says so elsewhere.
fn known() -> Catalogue {
    plugins::catalogue(&Sources::ambient()).unwrap_or_else(|_| builtin_catalogue())
}

/// What answers to this name already.
fn taken(known: &Catalogue, kind: Kind, name: &str) -> Option<String> {
    let mut entries = known.entries().filter(|entry| entry.kind == kind);
    let entry = entries
        .find(|entry| entry.policy.name == name || entry.policy.aliases.iter().any(|alias| alias == name))?;
    let what = if entry.policy.name == name { "the name" } else { "an alias" };
    Some(match &entry.origin {
        Origin::BuiltIn => format!("{what} of a built-in {kind}"),
        Origin::Library { record, .. } => format!("{what} of a {kind} in {}", record.path),
    })
}

fn write_next(scaffold: &Scaffold, directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    let name = &scaffold.name;
    let this = env::args_os().next().map_or_else(|| PathBuf::from("pointsman"), PathBuf::from);
    let (this, manifest) = (quoted(&this), quoted(&directory.join("Cargo.toml")));
    let run = quoted(&directory.join("try.yaml"));
    let library = quoted(&directory.join("target/release").join(name.library()));
    writeln!(out, "made {}: the {} `{}`", directory.display(), scaffold.kind, name.as_str())?;
    writeln!(out, "\nTest it, build it, check it, run it:")?;
    writeln!(out, "  cargo test --manifest-path {manifest}")?;
    writeln!(out, "  cargo build --release --manifest-path {manifest}")?;
    writeln!(out, "  {this} plugin check {library}")?;
    writeln!(out, "  {this} run {run}")?;
    writeln!(out, "\nThe same run without it:")?;
    writeln!(out, "  {this} run {run} {}", scaffold.comparison())
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(quoted(Path::new("a/b-1.yaml")), "a/b-1.yaml");
        assert_eq!(quoted(Path::new("it's here/x")), r"'it'\''s here/x'");
    }

    #[test]
    fn names_and_aliases_of_the_same_kind_are_taken() {
        let known = builtin_catalogue();
        assert_eq!(taken(&known, Kind::Scorer, "queue-depth").unwrap(), "the name of a built-in scorer");
        assert_eq!(taken(&known, Kind::Scorer, "qd").unwrap(), "an alias of a built-in scorer");
        assert_eq!(taken(&known, Kind::Scheduler, "queue-depth"), None);
    }
}
