//! Figures of models and GPUs: in a configuration, in data files, and in the program.
//!
//! A word names a data file, as a profile is named: `models/NAME.json`, a Hugging Face `config.json` as it
//! is, or `gpus/NAME.yaml`, in the nearest directory above the file that names it, else in the program. A
//! word with a `/` or with the file's ending is a path.

mod architecture;
mod gpu;

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::{Architecture, Gpu};

use super::error::{ConfigError, Diagnostic, quoted};
use super::load;
use super::parse::parse;
use super::profile::directories;
use super::reader::{Sink, wrong};
use super::source::{Origin, Source, Spanned};
use super::suggest::nearest;
use super::tree::Node;

pub(super) use architecture::to_value as architecture_value;
pub(super) use gpu::to_value as gpu_value;

/// What a profile says about its model and GPUs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// The model.
    pub architecture: Option<Architecture>,
    /// Each GPU.
    pub gpu: Option<Gpu>,
    /// GPUs that an instance spans.
    pub tensor_parallel: Option<u64>,
}

/// A kind of data file.
struct Library {
    /// What one of them describes.
    what: &'static str,
    directory: &'static str,
    ending: &'static str,
    built_in: &'static [(&'static str, &'static str)],
}

const MODELS: Library = Library {
    what: "model",
    directory: "models",
    ending: ".json",
    built_in: &[
        ("CodeLlama-34b", include_str!("../../../../configs/models/CodeLlama-34b.json")),
        ("Llama-2-70b", include_str!("../../../../configs/models/Llama-2-70b.json")),
        ("Llama-2-7b", include_str!("../../../../configs/models/Llama-2-7b.json")),
        ("Llama-3.1-8B", include_str!("../../../../configs/models/Llama-3.1-8B.json")),
        ("Mixtral-8x7B", include_str!("../../../../configs/models/Mixtral-8x7B.json")),
        ("Qwen3-14B", include_str!("../../../../configs/models/Qwen3-14B.json")),
        ("Qwen3-32B", include_str!("../../../../configs/models/Qwen3-32B.json")),
    ],
};

const GPUS: Library = Library {
    what: "GPU",
    directory: "gpus",
    ending: ".yaml",
    built_in: &[
        ("A100-SXM-80GB", include_str!("../../../../configs/gpus/A100-SXM-80GB.yaml")),
        ("H100-SXM-80GB", include_str!("../../../../configs/gpus/H100-SXM-80GB.yaml")),
        ("H200-SXM-141GB", include_str!("../../../../configs/gpus/H200-SXM-141GB.yaml")),
        ("RTX-4090", include_str!("../../../../configs/gpus/RTX-4090.yaml")),
        ("RTX-PRO-6000", include_str!("../../../../configs/gpus/RTX-PRO-6000.yaml")),
    ],
};

/// The figures of a model: its name, the path of its `config.json`, or a map of them.
pub(super) fn architecture(node: &Node, path: &str, sink: &Sink) -> Option<Architecture> {
    read(node, path, &MODELS, sink, architecture::read)
}

/// The figures of a GPU: its name, the path of a file, or a map of them.
pub(super) fn gpu(node: &Node, path: &str, sink: &Sink) -> Option<Gpu> {
    read(node, path, &GPUS, sink, gpu::read)
}

/// `reader` is told whether the map is in the configuration itself, and the name that it goes by.
fn read<T>(
    node: &Node,
    path: &str,
    library: &Library,
    sink: &Sink,
    reader: fn(&Node, &str, bool, &Sink) -> Option<T>,
) -> Option<T> {
    if node.entries().is_some() {
        return reader(node, path, true, sink);
    }
    let Some(name) = node.text().filter(|text| !text.trim().is_empty()) else {
        sink.error(wrong(node, path, &format!("the name of a {} or a map of its figures", library.what)));
        return None;
    };
    let name = Spanned::new(name.trim().to_owned(), node.span.clone());
    let source = sink.ok(library.find(&name))?;
    let tree = sink.ok(parse(&source))?;
    reader(&tree, "", false, sink)
}

impl Library {
    fn find(&self, name: &Spanned<String>) -> Result<Arc<Source>, ConfigError> {
        if name.value.contains('/') || name.value.ends_with(self.ending) {
            return load::read(&name.span.resolve(&name.value), Some(&name.span));
        }
        let directories = directories(name.span.source.directory(), self.directory);
        let file = |directory: &PathBuf| directory.join(format!("{}{}", name.value, self.ending));
        if let Some(file) = directories.iter().map(file).find(|file| file.is_file()) {
            return load::read(&file, Some(&name.span));
        }
        if let Some((_, text)) = self.built_in.iter().find(|(known, _)| *known == name.value) {
            let origin = Origin::File(format!("<{} {}>", self.what, name.value).into());
            return Ok(Source::new(origin, *text));
        }
        let known = self.known(&directories);
        let message = format!("there is no {} {}", self.what, quoted(&name.value));
        let mut diagnostic = Diagnostic::at(&name.span, message);
        if let Some(near) = nearest(&name.value, known.iter().map(String::as_str)) {
            diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
        }
        let help = format!("there are: {}; or give the path of a file, or the figures", known.join(", "));
        Err(diagnostic.help(help).into())
    }

    fn known(&self, directories: &[PathBuf]) -> Vec<String> {
        let mut names: Vec<String> = self.built_in.iter().map(|(name, _)| (*name).to_owned()).collect();
        let files = directories.iter().filter_map(|directory| directory.read_dir().ok()).flatten().flatten();
        names.extend(files.filter_map(|file| {
            file.file_name().to_str().and_then(|name| name.strip_suffix(self.ending)).map(str::to_owned)
        }));
        names.sort();
        names.dedup();
        names
    }
}
