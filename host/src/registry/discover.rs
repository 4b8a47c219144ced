//! Where libraries are looked for, and in which order.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use super::{PluginError, Probed, probe};

/// A library that was named as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFile {
    /// Its path.
    pub file: PathBuf,
    /// A name to tell its policies from others of the same name: `kv-pressure@label`.
    pub label: Option<String>,
}

/// All places to look in. Earlier ones come first in lists; none hides another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// `--plugin FILE`: the user trusts these, whoever may write to them.
    pub named: Vec<PluginFile>,
    /// As `named`, and a bare name means a policy of these before any other: a new build of a library
    /// that is there, too.
    pub instead: Vec<PathBuf>,
    /// `plugins:` of the configuration.
    pub configured: Vec<PluginFile>,
    /// `{name: N, library: F}`: found by their path only, never by a bare name.
    pub referenced: Vec<PathBuf>,
    /// `--plugin-dir DIR`.
    pub directories: Vec<PathBuf>,
    /// Directories that need not exist: `POINTSMAN_PLUGIN_PATH`, then that of the binary.
    pub ambient: Vec<PathBuf>,
    /// Of what lies in directories, these files alone: who has seen all of it before need not look at the
    /// rest again. `None`: all.
    pub only: Option<BTreeSet<PathBuf>>,
}

impl Sources {
    /// The places that every run looks in: `POINTSMAN_PLUGIN_PATH`, whose directories are separated
    /// as in `PATH`, and the directory of the binary.
    #[must_use]
    pub fn ambient() -> Self {
        let path = env::var_os("POINTSMAN_PLUGIN_PATH");
        let mut ambient = path.iter().flat_map(env::split_paths).collect::<Vec<_>>();
        ambient.retain(|directory| !directory.as_os_str().is_empty());
        let binary = env::current_exe().ok().and_then(|binary| Some(binary.parent()?.to_owned()));
        ambient.extend(binary);
        Self { ambient, ..Self::default() }
    }
}

/// A library, and how it may be referred to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) library: Probed,
    /// Whether a bare policy name finds it before any other.
    pub(super) first: bool,
    /// Whether a bare policy name finds it.
    pub(super) bare: bool,
    pub(super) labels: Vec<String>,
    /// All paths under which this content was found, as they really are.
    pub(super) paths: Vec<PathBuf>,
}

/// Looks everywhere. Returns what there is, and what is wrong with libraries that were merely lying
/// in a directory: it matters only if one of their policies is asked for.
///
/// # Errors
///
/// What is wrong with a library that was named, or with a directory that was.
pub(super) fn discover(sources: &Sources) -> Result<(Vec<Found>, Vec<PluginError>), PluginError> {
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for PluginFile { file, label } in &sources.named {
        add(&mut found, probe(file, true)?, label.is_none(), label.clone());
    }
    for file in &sources.instead {
        add(&mut found, probe(file, true)?, true, None);
        let library = real(file);
        found.iter_mut().filter(|known| known.paths.contains(&library)).for_each(|known| known.first = true);
    }
    for PluginFile { file, label } in &sources.configured {
        add(&mut found, probe(file, is_named(sources, file))?, label.is_none(), label.clone());
    }
    for file in &sources.referenced {
        add(&mut found, probe(file, is_named(sources, file))?, false, None);
    }
    for directory in &sources.directories {
        let files = libraries(directory)
            .map_err(|error| PluginError::Unreadable { path: directory.clone(), cause: error.to_string() })?;
        search(files, sources, &mut found, &mut left_out);
    }
    for directory in &sources.ambient {
        search(libraries(directory).unwrap_or_default(), sources, &mut found, &mut left_out);
    }
    Ok((found, left_out))
}

/// A file that is also named with `--plugin` is trusted wherever else it appears.
fn is_named(sources: &Sources, file: &Path) -> bool {
    let same = |other: &PluginFile| real(&other.file) == real(file);
    sources.named.iter().any(same)
}

/// The path without links, where there is one.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The files of a directory that are called like libraries, by name, so that equal directories give
/// equal results.
fn libraries(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == env::consts::DLL_EXTENSION) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn search(files: Vec<PathBuf>, sources: &Sources, found: &mut Vec<Found>, left_out: &mut Vec<PluginError>) {
    let is_wanted = |file: &PathBuf| sources.only.as_ref().is_none_or(|only| only.contains(file));
    for file in files.into_iter().filter(is_wanted) {
        match probe(&file, false) {
            Ok(library) => add(found, library, true, None),
            // Not one of ours: other libraries may lie there too.
            Err(
                PluginError::NotALibrary { .. }
                | PluginError::NoRoot { .. }
                | PluginError::NoManifest { .. }
                | PluginError::OtherArchitecture { .. }
                | PluginError::Directory { .. }
                | PluginError::NotAFile { .. },
            ) => {}
            Err(error) => left_out.push(error),
        }
    }
}

/// Adds a library; equal content in another place is the same library.
fn add(found: &mut Vec<Found>, library: Probed, bare: bool, label: Option<String>) {
    let path = real(&library.path);
    if let Some(known) = found.iter_mut().find(|known| known.library.sha256 == library.sha256) {
        known.bare |= bare;
        known.labels.extend(label);
        known.paths.push(path);
    } else {
        found.push(Found {
            library,
            first: false,
            bare,
            labels: label.into_iter().collect(),
            paths: vec![path],
        });
    }
}
