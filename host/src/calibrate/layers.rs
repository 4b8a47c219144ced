//! Measured layers of a model, as profilers of kernels write them, put together to a table.
//!
//! A folder with three files, times in microseconds: `dense.csv` (`layer,tokens,time_us`), `per_sequence.csv`
//! (`layer,sequences,time_us`) and `attention.csv` (`prefill_chunk,kv_prefill,n_decode,kv_decode,time_us`),
//! each time that of one layer on one GPU.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engine::{Grid, Table};

/// What is run once per step rather than once per layer.
const ONCE: [&str; 2] = ["embedding", "final_layernorm"];
/// What a layer runs twice: before attention and before the feed-forward.
const TWICE: [&str; 1] = ["layernorm"];

/// A table of a model's layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// The whole model.
    pub table: Table,
    /// Combinations of the attention's grid that were not measured, and are extrapolated.
    pub filled: usize,
}

/// What is wrong with a folder of layers.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct LayerError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with its line.
    pub message: String,
}

/// Reads a folder of the measured layers of a model that has so many.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn read_layers(directory: &Path, layers: u64) -> Result<Layers, LayerError> {
    let dense = named(&directory.join("dense.csv"), "tokens")?;
    let sequences = named(&directory.join("per_sequence.csv"), "sequences")?;
    let tokens = sum(&directory.join("dense.csv"), &dense, |layer| {
        let times = if TWICE.contains(&layer) { 2.0 } else { 1.0 };
        if ONCE.contains(&layer) { 1.0 } else { times * layers as f64 }
    })?;
    let requests = sum(&directory.join("per_sequence.csv"), &sequences, |_| 1.0)?;
    let (attention, filled) = attention(&directory.join("attention.csv"), layers as f64)?;
    Ok(Layers { table: Table { overhead_us: 0.0, tokens, requests, attention }, filled })
}

/// Rows of numbers under these names, with their lines.
fn rows<const N: usize>(path: &Path, names: [&str; N]) -> Result<Vec<([String; N], u64)>, LayerError> {
    let error = |message: String| LayerError { path: path.to_owned(), message };
    let mut reader = csv::Reader::from_path(path).map_err(|why| error(why.to_string()))?;
    let heads = reader.headers().map_err(|why| error(why.to_string()))?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = heads
            .iter()
            .position(|head| head == name)
            .ok_or_else(|| error(format!("line 1: there is no column `{name}`")))?;
    }
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|why| error(why.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        all.push((places.map(|place| record.get(place).unwrap_or_default().to_owned()), line));
    }
    Ok(all)
}

fn number(path: &Path, text: &str, line: u64) -> Result<f64, LayerError> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err(LayerError {
            path: path.to_owned(),
            message: format!("line {line}: `{text}` is no number, 0 or more"),
        }),
    }
}

/// Times by layer and point.
type Named = BTreeMap<String, Vec<(f64, f64)>>;

fn named(path: &Path, axis: &str) -> Result<Named, LayerError> {
    let mut all = Named::new();
    for ([layer, at, us], line) in rows(path, ["layer", axis, "time_us"])? {
        let point = (number(path, &at, line)?, number(path, &us, line)?);
        all.entry(layer).or_default().push(point);
    }
    all.values_mut().for_each(|points| points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0)));
    Ok(all)
}

/// All layers together, each as often as `times` says; they must have been measured at the same points.
fn sum(path: &Path, layers: &Named, times: impl Fn(&str) -> f64) -> Result<Grid<1>, LayerError> {
    let error = |message: String| LayerError { path: path.to_owned(), message };
    let Some(first) = layers.values().next() else { return Err(error("there is no layer in it".to_owned())) };
    let axis: Vec<f64> = first.iter().map(|point| point.0).collect();
    let mut us = vec![0.0; axis.len()];
    for (layer, points) in layers {
        if points.iter().map(|point| point.0).ne(axis.iter().copied()) {
            return Err(error(format!("`{layer}` was measured at other points than the first layer")));
        }
        for (sum, point) in us.iter_mut().zip(points) {
            *sum += times(layer) * point.1;
        }
    }
    Grid::new([axis], us).map_err(error)
}

/// Attention of all layers, and how many of its points are extrapolated.
fn attention(path: &Path, layers: f64) -> Result<(Grid<4>, usize), LayerError> {
    let names = ["prefill_chunk", "kv_prefill", "n_decode", "kv_decode", "time_us"];
    let mut known: BTreeMap<[u64; 4], f64> = BTreeMap::new();
    for (cells, line) in rows(path, names)? {
        let mut numbers = [0.0; 5];
        for (number_of, cell) in numbers.iter_mut().zip(&cells) {
            *number_of = number(path, cell, line)?;
        }
        let [chunk, before, decodes, context, us] = numbers;
        known.insert([chunk as u64, before as u64, decodes as u64, context as u64], us * layers);
    }
    let axis = |at: usize| -> Vec<u64> {
        let all: BTreeSet<u64> = known.keys().map(|point| point[at]).collect();
        // Powers of two are measured with everything else; points between them only in part.
        all.into_iter().filter(|point| *point == 0 || point.is_power_of_two()).collect()
    };
    let axes = [axis(0), axis(1), axis(2), axis(3)];
    let contexts: Vec<u64> = axes[3].iter().copied().filter(|&context| context > 0).collect();
    let mut us = Vec::new();
    let mut filled = 0;
    for &chunk in &axes[0] {
        for &before in &axes[1] {
            for &decodes in &axes[2] {
                let mut line: Vec<f64> = Vec::new();
                for &context in &contexts {
                    // Of nothing, the context does not matter.
                    let before = if chunk == 0 { 0 } else { before };
                    let context_of = if decodes == 0 { 0 } else { context };
                    let found = match (chunk, decodes) {
                        (0, 0) => Some(0.0),
                        _ => known.get(&[chunk, before, decodes, context_of]).copied(),
                    };
                    line.push(found.unwrap_or_else(|| {
                        filled += 1;
                        extrapolate(&line, &contexts)
                    }));
                }
                us.extend(line);
            }
        }
    }
    let points = |axis: &[u64]| axis.iter().map(|&point| point as f64).collect();
    let axes = [points(&axes[0]), points(&axes[1]), points(&axes[2]), points(&contexts)];
    let grid = Grid::new(axes, us).map_err(|message| LayerError { path: path.to_owned(), message })?;
    Ok((grid, filled))
}

/// The next time along a line of contexts: as it went between the last two.
fn extrapolate(line: &[f64], contexts: &[u64]) -> f64 {
    let next = line.len();
    match line {
        [] => 0.0,
        [only] => *only,
        [.., before, last] => {
            let width = (contexts[next - 1] - contexts[next - 2]) as f64;
            let further = (contexts[next] - contexts[next - 1]) as f64;
            last + (last - before).max(0.0) * further / width
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{StepLoad, StepModel};

    fn write(directory: &Path, attention: &str) {
        let dense = "layer,tokens,time_us\nlayernorm,1,1\nlayernorm,8,2\nqkv_proj,1,10\nqkv_proj,8,20\nembedding,1,5\nembedding,8,5\n";
        std::fs::write(directory.join("dense.csv"), dense).expect("written");
        let heads = "layer,sequences,time_us\nlm_head,1,100\nlm_head,8,120\nsampler,1,3\nsampler,8,4\n";
        std::fs::write(directory.join("per_sequence.csv"), heads).expect("written");
        let head = "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n";
        std::fs::write(directory.join("attention.csv"), format!("{head}{attention}")).expect("written");
    }

    #[test]
    fn layers_are_put_together() {
        let directory = tempfile::tempdir().expect("a directory");
        write(
            directory.path(),
            "0,0,1,16,7\n0,0,1,32,9\n8,0,0,0,50\n8,16,0,0,60\n8,0,1,16,51\n8,16,1,16,61\n",
        );
        let layers = read_layers(directory.path(), 4).expect("good");
        // Two points were not measured: a chunk beside a decode with a context of 32.
        assert_eq!(layers.filled, 2);
        let step = StepModel::Table(layers.table.into());
        let mut decode = StepLoad::default();
        decode.add(1, 15, 10);
        // 4 * (2 * 1 + 10) + 5, 100 + 3, 4 * 7.
        assert_eq!(step.step_us(&decode), 53.0 + 103.0 + 28.0);
        let mut prefill = StepLoad::default();
        prefill.add(8, 16, 24);
        assert_eq!(step.step_us(&prefill), 4.0 * (2.0 * 2.0 + 20.0) + 5.0 + 103.0 + 4.0 * 60.0);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let directory = tempfile::tempdir().expect("a directory");
        let message = |attention: &str| {
            write(directory.path(), attention);
            read_layers(directory.path(), 4).expect_err(attention).to_string()
        };
        assert!(message("0,0,1,16,-7\n").contains("line 2: `-7` is no number"));
        std::fs::write(directory.path().join("dense.csv"), "layer,time_us\n").expect("written");
        let error = read_layers(directory.path(), 4).expect_err("bad").to_string();
        assert!(error.contains("there is no column `tokens`"), "{error}");
    }
}
