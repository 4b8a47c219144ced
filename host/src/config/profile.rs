//! Cluster profiles: what a model on a GPU needs, as data.

use std::path::{Path, PathBuf};

use crate::engine::LatencyModel;

use super::capacity::Placement;
use super::error::{ConfigError, Diagnostic, quoted};
use super::figures::{self, Figures};
use super::latency;
use super::limits;
use super::load;
use super::parse::parse;
use super::reader::{Count, MapReader, Sink};
use super::source::{Origin, Source, Spanned};
use super::suggest::nearest;
use super::tree::Node;

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
    pub latency: LatencyModel,
    /// GPU blocks that fit beside the weights.
    pub blocks: Blocks,
    /// The share of GPU memory that the server takes, where `blocks` is counted.
    pub gpu_memory_utilization: Option<f64>,
    /// Figures of the model and of its GPUs.
    pub figures: Figures,
    /// What `architecture` and `hardware` name, where they are names.
    pub figure_names: [Option<String>; 2],
    /// Where the figures come from.
    pub source: Option<String>,
    /// What one should know about them.
    pub notes: Option<String>,
}

/// Tokens of the blocks that a profile counts.
const BLOCK_SIZE: u64 = 16;

/// How many blocks a profile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// So many.
    Fixed(u32),
    /// As many as fit beside the weights.
    Auto,
}

/// Finds a profile: `profiles/NAME.yaml` in the nearest directory above the file that names it,
/// else in the program. What has no effect in it is noted in `sink`.
pub(super) fn find(name: &Spanned<String>, sink: &Sink) -> Result<Profile, ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !name.value.chars().all(plain) || name.value.starts_with('.') {
        let message = format!("{} is no name of a profile", quoted(&name.value));
        let help = "a profile is named by the file in a directory `profiles`, without `.yaml`".to_owned();
        return Err(ConfigError::at(&name.span, message, help));
    }
    let directories = directories(name.span.source.directory(), "profiles");
    for directory in &directories {
        let file = directory.join(format!("{}.yaml", name.value));
        if file.is_file() {
            let source = load::read(&file, Some(&name.span))?;
            return read(&name.value, Some(file), &source, sink);
        }
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name.value) {
        let source = Source::new(Origin::File(format!("<profile {}>", name.value).into()), *text);
        return read(&name.value, None, &source, sink);
    }
    let known = known(&directories);
    let mut diagnostic = Diagnostic::at(&name.span, format!("there is no profile {}", quoted(&name.value)));
    if let Some(near) = nearest(&name.value, known.iter().map(String::as_str)) {
        diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
    }
    Err(diagnostic.help(format!("there are: {}", known.join(", "))).into())
}

/// The directories of this name beside and above `start`, nearest first.
pub(super) fn directories(start: &Path, name: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = start.ancestors().map(|above| above.join(name)).collect();
    if start.is_relative()
        && let Ok(here) = std::env::current_dir()
    {
        all.extend(here.ancestors().skip(1).map(|above| above.join(name)));
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

fn read(
    name: &str,
    file: Option<PathBuf>,
    source: &std::sync::Arc<Source>,
    outer: &Sink,
) -> Result<Profile, ConfigError> {
    let tree = parse(source)?;
    let sink = Sink::default();
    let mut map = MapReader::new(Some(&tree), "", &sink);
    let mut text = |key| map.word(key).map(|word| word.value);
    let (model, gpu, origin, notes) = (text("model"), text("gpu"), text("source"), text("notes"));
    let tensor_parallel = map.whole_or_null("tensor_parallel", 1..=limits::INSTANCES);
    let name_of = |key| tree.get(key).and_then(Node::text).map(|text| text.trim().to_owned());
    let figure_names = [name_of("architecture"), name_of("hardware")];
    let figures = Figures {
        architecture: map
            .take_written("architecture")
            .and_then(|node| figures::architecture(node, "architecture", &sink)),
        gpu: map.take_written("hardware").and_then(|node| figures::gpu(node, "hardware", &sink)),
        tensor_parallel,
    };
    let latency = map.take("latency").and_then(|node| latency::read(node, "latency", &figures, &sink));
    let mut kv = map.map("kv");
    let blocks_span = kv.span_of("blocks");
    let blocks = kv.whole_or_word("blocks", 1..=limits::BLOCKS, "auto");
    let gpu_memory_utilization = kv.number_or_null("gpu_memory_utilization", 0.01..=1.0);
    if let Some(Count::Number(_)) = blocks {
        kv.warn_without_effect(&["gpu_memory_utilization"], "`blocks` is a number, not `auto`");
    }
    kv.finish();
    for (key, found) in [("latency", map.is_set("latency")), ("kv.blocks", map.is_set("kv"))] {
        if !found {
            sink.error(Diagnostic::at(&tree.span, format!("`{key}` is missing in this profile")));
        }
    }
    map.finish();
    let blocks = match blocks {
        Some(Count::Number(blocks)) => u32::try_from(blocks).ok().map(Blocks::Fixed),
        Some(Count::Word) => Some(Blocks::Auto),
        None => None,
    };
    if let (Some(Blocks::Fixed(blocks)), Some(placement)) = (blocks, Placement::of(&figures)) {
        let most = placement.most_blocks(BLOCK_SIZE);
        if f64::from(blocks) > most {
            let message = format!("{blocks} KV blocks cannot fit the GPUs of this profile");
            let label = format!("at most {:.0} of {BLOCK_SIZE} tokens fit beside the weights", most.max(0.0));
            sink.warn(Diagnostic::at(&blocks_span, message).label(label));
        }
    }
    for warning in sink.finish()? {
        outer.warn(warning);
    }
    match (latency, blocks) {
        (Some(latency), Some(blocks)) => Ok(Profile {
            name: name.to_owned(),
            file,
            model,
            gpu,
            tensor_parallel,
            latency,
            blocks,
            gpu_memory_utilization,
            figures,
            figure_names,
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
        let sink = Sink::default();
        let profile = find(&Spanned::of_default(DEFAULT.to_owned()), &sink).expect("it is built in");
        assert_eq!(profile.blocks, Blocks::Fixed(132_139));
        let linear = LatencyModel::linear(
            [1601.350510688092, 3.512476196805965, 1805.5430360826988],
            [6910.420479880494, 17.67057489844186, 2.8377471109943855],
            None,
        );
        assert_eq!(profile.latency, linear);
    }
}
