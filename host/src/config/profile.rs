//! Cluster profiles: what a model on a GPU needs, as data.

use std::path::{Path, PathBuf};

use crate::engine::LinearLatency;

use super::error::{ConfigError, Diagnostic, quoted};
use super::latency;
use super::limits;
use super::load;
use super::parse::parse;
use super::reader::{MapReader, Sink};
use super::source::{Origin, Source, Spanned};
use super::suggest::nearest;

/// The profile that is used when none is named.
pub const DEFAULT: &str = "llama-3.1-8b-h100-tp2";

/// Profiles that are part of the program, so that a configuration anywhere can use them.
const BUILT_IN: &[(&str, &str)] =
    &[(DEFAULT, include_str!("../../../configs/profiles/llama-3.1-8b-h100-tp2.yaml"))];

/// A model on a GPU.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name, which is its file's.
    pub name: String,
    /// Where it was found; `None`: in the program.
    pub file: Option<PathBuf>,
    /// The model.
    pub model: Option<String>,
    /// The GPU.
    pub gpu: Option<String>,
    /// GPUs that one instance spans.
    pub tensor_parallel: Option<u64>,
    /// How long its steps take.
    pub latency: LinearLatency,
    /// GPU blocks that fit beside the weights.
    pub blocks: u32,
    /// Where the figures come from.
    pub source: Option<String>,
    /// What one should know about them.
    pub notes: Option<String>,
}

/// Finds a profile: `profiles/NAME.yaml` in the nearest directory above the file that names it,
/// else in the program.
pub(super) fn find(name: &Spanned<String>) -> Result<Profile, ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !name.value.chars().all(plain) || name.value.starts_with('.') {
        let message = format!("{} is no name of a profile", quoted(&name.value));
        let help = "a profile is named by the file in a directory `profiles`, without `.yaml`".to_owned();
        return Err(ConfigError::at(&name.span, message, help));
    }
    let directories = directories(name.span.source.directory());
    for directory in &directories {
        let file = directory.join(format!("{}.yaml", name.value));
        if file.is_file() {
            let source = load::read(&file, Some(&name.span))?;
            return read(&name.value, Some(file), &source);
        }
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name.value) {
        let source = Source::new(Origin::File(format!("<profile {}>", name.value).into()), *text);
        return read(&name.value, None, &source);
    }
    let known = known(&directories);
    let mut diagnostic = Diagnostic::at(&name.span, format!("there is no profile {}", quoted(&name.value)));
    if let Some(near) = nearest(&name.value, known.iter().map(String::as_str)) {
        diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
    }
    Err(diagnostic.help(format!("there are: {}", known.join(", "))).into())
}

/// The directories `profiles` beside and above `start`, nearest first.
fn directories(start: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = start.ancestors().map(|above| above.join("profiles")).collect();
    if start.is_relative()
        && let Ok(here) = std::env::current_dir()
    {
        all.extend(here.ancestors().skip(1).map(|above| above.join("profiles")));
    }
    all.retain(|directory| directory.is_dir());
    all
}

fn known(directories: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let files = directories.iter().filter_map(|directory| directory.read_dir().ok()).flatten().flatten();
    names.extend(files.filter_map(|file| {
        file.file_name().to_str().and_then(|name| name.strip_suffix(".yaml")).map(str::to_owned)
    }));
    names.sort();
    names.dedup();
    names
}

fn read(name: &str, file: Option<PathBuf>, source: &std::sync::Arc<Source>) -> Result<Profile, ConfigError> {
    let tree = parse(source)?;
    let sink = Sink::default();
    let mut map = MapReader::new(Some(&tree), "", &sink);
    let mut text = |key| map.word(key).map(|word| word.value);
    let (model, gpu, origin, notes) = (text("model"), text("gpu"), text("source"), text("notes"));
    let tensor_parallel = map.whole_or_null("tensor_parallel", 1..=limits::INSTANCES);
    let latency = map.take("latency").and_then(|node| latency::read(node, "latency", &sink));
    let mut kv = map.map("kv");
    let blocks = kv.whole_or_null("blocks", 1..=limits::BLOCKS);
    kv.finish();
    for (key, found) in [("latency", map.is_set("latency")), ("kv.blocks", map.is_set("kv"))] {
        if !found {
            sink.error(Diagnostic::at(&tree.span, format!("`{key}` is missing in this profile")));
        }
    }
    map.finish();
    sink.finish()?;
    match (latency, blocks.and_then(|blocks| u32::try_from(blocks).ok())) {
        (Some(latency), Some(blocks)) => Ok(Profile {
            name: name.to_owned(),
            file,
            model,
            gpu,
            tensor_parallel,
            latency,
            blocks,
            source: origin,
            notes,
        }),
        _ => Err(ConfigError::at(&tree.span, "a profile needs `latency` and `kv: {blocks: ...}`", None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_is_the_models() {
        let profile = find(&Spanned::of_default(DEFAULT.to_owned())).expect("it is built in");
        assert_eq!(profile.blocks, 132_139);
        assert_eq!(profile.latency.alpha, [1601.350510688092, 3.512476196805965, 1805.5430360826988]);
        assert_eq!(profile.latency.beta, [6910.420479880494, 17.67057489844186, 2.8377471109943855]);
        assert_eq!(profile.latency.beta3, None);
    }
}
