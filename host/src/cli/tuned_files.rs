//! The configurations that a search leaves: a file for each point of the front.

use std::path::Path;

use super::CliError;
use crate::config::Override;
use crate::config::space::{SpaceSpec, as_file};
use crate::experiment::tune::{Answer, Points};

/// The files of the front, by name; their paths are put into the answer.
pub(super) fn configs(
    config: &Path,
    spec: &SpaceSpec,
    points: &Points,
    overrides: &[Override],
    answer: &mut Answer,
    directory: &Path,
) -> Result<Vec<(String, String)>, CliError> {
    let mut files = Vec::new();
    for (index, point) in answer.front.iter_mut().enumerate() {
        let name = format!("front-{}.yaml", index + 1);
        let place = directory.join(&name);
        let Some(levels) = points.points.iter().find(|levels| spec.label(levels) == point.point) else {
            continue;
        };
        let all: Vec<Override> = overrides.iter().cloned().chain(spec.point(levels)).collect();
        match as_file(config, &all, &place)? {
            Some(text) => {
                point.file = Some(place.display().to_string());
                files.push((name, text));
            }
            None => {
                answer.notes.push(format!(
                    "no file can say what `{}` is over {}: run it with its options, and those of this search",
                    point.point, answer.config
                ));
            }
        }
    }
    Ok(files)
}
