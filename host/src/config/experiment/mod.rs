//! Experiment files: what is run, on which seeds, and what is claimed.
//!
//! - `arms`, `factors`: the compositions that are run;
//! - `seeds`: how often;
//! - `metric`, `lexer`, `expression`, `parser`: what is measured and expected;
//! - `hypotheses`: the claims;
//! - `names`: names that an expression can refer to.
//!
//! `configs/experiments/README.md` is the reference for users.

mod arms;
mod expression;
mod factors;
mod hypotheses;
mod lexer;
mod metric;
mod names;
mod parser;
mod seeds;

use std::path::{Path, PathBuf};

pub use arms::ArmSpec;
pub use expression::{Atom, Expectation, Expr, Op, Relation};
pub use factors::FactorSpec;
pub use hypotheses::{ActiveTerm, HypothesisSpec};
pub use metric::MetricRef;
pub use seeds::SeedSpec;

use super::error::{ConfigError, Diagnostic};
use super::load;
use super::overrides::Override;
use super::reader::{MapReader, Sink};
use super::source::Spanned;

/// An experiment, read and checked as far as that goes without running anything.
#[derive(Debug, Clone)]
pub struct ExperimentSpec {
    /// Its name; that of its file where none is given.
    pub name: String,
    /// What it is about, in words.
    pub about: Option<String>,
    /// Factors of a grid.
    pub factors: Vec<FactorSpec>,
    /// The arms; never empty.
    pub arms: Vec<ArmSpec>,
    /// The seeds.
    pub seeds: SeedSpec,
    /// The metrics that tables and plots show.
    pub metrics: Vec<Spanned<MetricRef>>,
    /// The claims.
    pub hypotheses: Vec<HypothesisSpec>,
    /// The files that it was read from.
    pub files: Vec<PathBuf>,
}

/// Shown where an experiment names no metrics.
const DEFAULT_METRICS: [&str; 4] = ["ttft_mean", "ttft_p99", "e2e_mean", "hit_rate"];

impl ExperimentSpec {
    /// Reads an experiment; overrides are laid over the configuration of every arm.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, with places.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<Self, ConfigError> {
        let source = load::read(path, None)?;
        let tree = load::map(&source, None)?;
        let sink = Sink::default();
        let mut map = MapReader::new(Some(&tree), "", &sink);
        let name = map.word("name").map(|name| name.value);
        let about = map.word("about").map(|about| about.value);
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let parts = arms::Parts {
            base: map.take_written("base"),
            config: map.take_written("config"),
            arms: map.take_written("arms"),
            factors: map.take_written("factors"),
        };
        let built = arms::build(&parts, &map, overrides, &sink);
        let seeds = seeds::read(map.take_written("seeds"), &sink);
        let metrics = metric::read_list(map.take_written("metrics"), &sink);
        let names: Vec<&str> = built.arms.iter().map(|arm| arm.name.value.as_str()).collect();
        let hypotheses = hypotheses::read(map.take_written("hypotheses"), &names, &sink);
        map.finish();
        let metrics = match metrics {
            Some(metrics) => metrics,
            None => DEFAULT_METRICS.iter().filter_map(|name| metric::of_default(name)).collect(),
        };
        if built.arms.is_empty() {
            sink.error_if_none(|| Diagnostic::new("this experiment has no arms"));
        }
        sink.finish()?;
        let mut files = built.files;
        files.insert(0, path.to_owned());
        Ok(Self {
            name: name.or(stem).unwrap_or_default(),
            about,
            factors: built.factors,
            arms: built.arms,
            seeds,
            metrics,
            hypotheses,
            files,
        })
    }
}
