//! Configuration: from YAML and flags to a run that is complete and valid.
//!
//! ```text
//! file -> parse -> tree -> layer (bases below, flags on top) -> reader -> Resolved
//! ```
//!
//! Every value in the tree knows where it was written, through bases and flags, so that whatever
//! is found wrong later points there. `configs/README.md` is the reference for users.
//!
//! - `source`, `tree`, `parse`, `scalar`: YAML with places;
//! - `load`, `layer`, `overrides`, `flags`: several trees become one;
//! - `reader`, `de`, `json`: values out of the tree, by hand, by serde, as JSON;
//! - `cluster`, `kv`, `latency`, `profile`, `policy`, `slo`, `plugins`, `workload`, `limits`: what may
//!   be written;
//! - `figures`, `capacity`: models and GPUs as data, and the KV blocks that follow from them;
//! - `resolved`: the outcome, and the record of it;
//! - `keys`, `flow`: what may be written, and a value as one would write it;
//! - `experiment`: experiment files, whose arms are such configurations;
//! - `space`: many configurations at once, for searches;
//! - `error`, `render`, `suggest`: what is said when something is wrong.

mod capacity;
mod cluster;
mod de;
mod error;
pub mod experiment;
mod figures;
pub mod flags;
mod flow;
mod json;
mod keys;
mod kv;
mod latency;
mod layer;
pub mod limits;
mod load;
mod overrides;
mod parse;
mod plugins;
mod policy;
mod profile;
mod reader;
mod render;
mod resolved;
mod scalar;
mod slo;
mod source;
pub mod space;
mod suggest;
mod tree;
mod workload;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::{ConfigError, Diagnostic};
pub use figures::Figures;
pub use flow::flow;
pub use keys::{Key, KeyValue, defaults, keys, keys_of_routing};
pub use latency::to_value as latency_value;
pub use overrides::Override;
pub use plugins::PluginRef;
pub use policy::{OnError, OnErrorAction, PolicyRef, PolicySpec, RoutingSpec, ScorerSpec, TieBreak};
pub use profile::{Blocks, DEFAULT as DEFAULT_PROFILE, Profile};
pub use resolved::Resolved;
pub use slo::SloTargets;
pub use source::{Span, Spanned};
pub use suggest::{did_you_mean, nearest};
pub use workload::WorkloadNode;
pub use written::option;

use source::{Origin, Source};

/// A configuration as it was written, with its bases and overrides; not checked yet.
#[derive(Debug, Clone)]
pub struct Config {
    tree: tree::Node,
    files: Vec<PathBuf>,
    is_record: bool,
}

impl Config {
    /// Reads a file with all its bases and lays the overrides over it.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<Self, ConfigError> {
        let mut files = load::Files::default();
        let tree = load::load(path, overrides, &mut files)?;
        Ok(Self { tree, files: files.into_paths(), is_record: false })
    }

    /// The same for a text that is called `path` and need not be a file.
    pub fn from_text(path: &Path, text: &str, overrides: &[Override]) -> Result<Self, ConfigError> {
        let source = Source::new(Origin::File(path.to_owned()), text);
        Self::of_source(&source, overrides, false)
    }

    /// Reads back what `Resolved::to_value` wrote; `name` is where it was found, for messages.
    pub fn from_value(
        value: &serde_json::Value,
        name: &str,
        overrides: &[Override],
    ) -> Result<Self, ConfigError> {
        // JSON is YAML: one way of reading, and places in messages for free.
        let source = Source::new(Origin::Record(name.to_owned()), format!("{value:#}"));
        Self::of_source(&source, overrides, true)
    }

    fn of_source(source: &Arc<Source>, overrides: &[Override], is_record: bool) -> Result<Self, ConfigError> {
        let mut files = load::Files::default();
        let tree = load::load_source(source, overrides, &mut files)?;
        Ok(Self { tree, files: files.into_paths(), is_record })
    }

    /// The files that were read so far; [`Resolved::files`] has those as well that are read later.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The libraries that it names, whatever else is in it.
    pub fn plugins(&self) -> Result<Vec<PluginRef>, ConfigError> {
        let sink = reader::Sink::default();
        let plugins = plugins::read(self.tree.get("plugins"), &sink);
        sink.finish().map(|_| plugins)
    }

    /// Checks everything and fills in the defaults.
    pub fn resolve(&self) -> Result<Resolved, ConfigError> {
        let mut resolved = Resolved::read(&self.tree)?;
        resolved.files.splice(..0, self.files.iter().cloned());
        resolved.is_record = self.is_record;
        if self.is_record {
            // A record writes out every option, those without effect, too.
            resolved.warnings.clear();
        }
        Ok(resolved)
    }
}

#[cfg(test)]
mod tests;
