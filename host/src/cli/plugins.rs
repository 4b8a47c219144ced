//! Where libraries are looked for.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::PluginRef;
use crate::registry::{Catalogue, PluginError, PluginFile, Sources};
use crate::run::{Provenance, builtin_catalogue};

/// Options that name libraries.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Plugins")]
pub(super) struct PluginArgs {
    /// Find policies in this library, wherever it lies; repeatable
    #[arg(long = "plugin", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Find policies in the libraries of this directory; repeatable
    ///
    /// Directories in POINTSMAN_PLUGIN_PATH (separated as in PATH) and that of the binary are searched
    /// as well.
    #[arg(long = "plugin-dir", value_name = "DIR")]
    pub(super) directories: Vec<PathBuf>,
}

impl PluginArgs {
    /// The places that these options name, and those that are always searched.
    pub(super) fn sources(&self) -> Sources {
        let mut sources = Sources::ambient();
        sources.ambient = sources.ambient.into_iter().map(from_here).collect();
        sources.named =
            self.files.iter().map(|file| PluginFile { file: file.clone(), label: None }).collect();
        sources.directories = self.directories.clone();
        sources
    }
}

/// All policies of these sources, and those that are built in.
pub(super) fn catalogue(sources: &Sources) -> Result<Catalogue, PluginError> {
    let mut catalogue = builtin_catalogue();
    catalogue.discover(sources)?;
    Ok(catalogue)
}

/// The libraries that a configuration names, as sources.
pub(super) fn configured(plugins: &[PluginRef]) -> Vec<PluginFile> {
    let one = |plugin: &PluginRef| PluginFile {
        file: plugin.file.value.clone(),
        label: plugin.label.as_ref().map(|label| label.value.clone()),
    };
    plugins.iter().map(one).collect()
}

/// The libraries that a record used and its configuration does not name: `--plugin` and
/// directories had found them. Where one is gone, the usual places are searched for it.
pub(super) fn recorded(record: &Provenance, known: &Sources) -> Vec<PluginFile> {
    let mut files: Vec<PluginFile> = Vec::new();
    for library in record.policies.iter().filter_map(|policy| policy.library.as_ref()) {
        let file = PathBuf::from(&library.path);
        let is_known = known.configured.iter().chain(&files).any(|other| other.file == file)
            || known.referenced.contains(&file);
        if file.exists() && !is_known {
            files.push(PluginFile { file, label: None });
        }
    }
    files
}

/// Below the working directory, the path from there: it is shorter, and a record with it is good
/// for another clone too.
fn from_here(path: PathBuf) -> PathBuf {
    let below = env::current_dir().ok().and_then(|here| Some(path.strip_prefix(here).ok()?.to_owned()));
    match below {
        Some(below) if below.as_os_str().is_empty() => Path::new(".").to_owned(),
        Some(below) => below,
        None => path,
    }
}
