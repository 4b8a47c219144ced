//! What the repository itself promises: every configuration in it runs, and the README's tour works
//! as written.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod configs;
mod documents;
mod experiments;
mod formula;
mod fragments;
mod mooncake;
mod peers;
mod readme;
mod schema;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};

use pointsman::config::{Config, Override};
use pointsman::engine::Unwatched;
use pointsman::registry::{Catalogue, PluginFile, Sources};
use pointsman::run::{self, Outcome, Prepared, RunFailure};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Runs a configuration with `--set` overrides, the libraries of the workspace and `plugins`.
fn run(config: &Path, overrides: &[&str], plugins: &[PathBuf]) -> Outcome {
    let prepared = prepare(config, overrides, plugins).unwrap_or_else(|error| panic!("{error}"));
    prepared.execute(&mut Unwatched).unwrap_or_else(|error| panic!("{error}"))
}

/// Builds what a run needs, its policies among it; an error is one of these.
fn prepare(config: &Path, overrides: &[&str], plugins: &[PathBuf]) -> Result<Prepared, RunFailure> {
    let overrides: Vec<Override> = overrides.iter().map(|text| Override::set(text).unwrap()).collect();
    let resolved = Config::load(config, &overrides).and_then(|config| config.resolve());
    let resolved = resolved.unwrap_or_else(|error| panic!("{error}"));
    run::prepare(resolved, &catalogue(plugins), None)
}

/// The policies of the host, of the libraries of the workspace and of `plugins`.
fn catalogue(plugins: &[PathBuf]) -> Catalogue {
    let mut catalogue = run::builtin_catalogue();
    let sources = Sources {
        named: plugins.iter().map(|file| PluginFile { file: file.clone(), label: None }).collect(),
        directories: vec![support::plugin_dir().to_owned()],
        ..Sources::default()
    };
    catalogue.discover(&sources).unwrap();
    catalogue
}
