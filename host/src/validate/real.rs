//! The profiles against the servers that they are of, where the measured runs are: beside the repository, or
//! where `POINTSMAN_DATA` says. Elsewhere the tests say that they were skipped.

use std::path::{Path, PathBuf};

use super::*;
use crate::config::{Config, Override};
use crate::measured::{Columns, read, read_content};
use crate::run::builtin_catalogue;

/// The folder of measured runs, if it is there.
#[allow(clippy::print_stderr, reason = "a test says that it was skipped")]
fn data(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let root = std::env::var_os("POINTSMAN_DATA").map_or(beside, PathBuf::from);
    let found = root.join("real").join(folder);
    if !found.is_dir() {
        eprintln!("skipped: there are no measured runs at {}", found.display());
        return None;
    }
    Some(found)
}

/// Replays the first requests of a run on a server of `configs/servers`.
fn replay(server: &str, path: &Path, output_tokens: Option<u64>, client: &Client) -> Validation {
    let mut columns = Columns::default();
    columns.output_tokens = output_tokens;
    let mut run = read(path, &columns).unwrap_or_else(|error| panic!("{error}"));
    run.requests.truncate(2500);
    if let Some(content) =
        path.parent().and_then(Path::parent).map(|root| root.join("workload_llama31_300_blockhash16.jsonl"))
        && path.ends_with("RTX4090_Llama-3.1-8B/requests.jsonl")
    {
        run.content = Some(read_content(&content).unwrap_or_else(|error| panic!("{error}")));
    }
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../configs/servers/{server}.yaml"));
    let overrides = [Override::set("workload={trace: measured}").expect("good")];
    let resolved = Config::load(&config, &overrides).and_then(|config| config.resolve());
    let resolved = resolved.unwrap_or_else(|error| panic!("{error}"));
    let catalogue = builtin_catalogue();
    let server = Server { resolved: &resolved, catalogue: &catalogue };
    validate(&server, &run, client, &Thresholds::default()).expect("it runs")
}

fn errors(validation: &Validation, names: [&str; 3]) -> [f64; 3] {
    names.map(|name| {
        let figure: Figure = name.parse().expect(name);
        let found = validation.figures.iter().find(|compared| compared.figure == figure);
        100.0 * found.expect(name).error().abs()
    })
}

#[test]
fn a_table_of_measured_layers_predicts_a_server_without_a_fit() {
    let Some(folder) = data("vllm-mit") else { return };
    let run = folder.join("RTX4090_Llama-3.1-8B/requests.jsonl");
    let found = replay("llama-3.1-8b-rtx4090-tp1", &run, None, &Client::default());
    let [ttft, tpot, e2e] = errors(&found, ["ttft_mean", "tpot_mean", "e2e_mean"]);
    assert!(tpot < 2.0 && ttft < 2.0 && e2e < 2.0, "{ttft} {tpot} {e2e}");
    assert!(found.course.in_flight_error < 0.02, "{}", found.course.in_flight_error);
}

#[test]
fn profiles_predict_the_servers_that_they_are_of() {
    if let Some(folder) = data("h100-qwen3-14b") {
        for entry in folder.read_dir().expect("a folder").flatten() {
            let found = replay("qwen3-14b-h100-tp1", &entry.path(), None, &Client::default());
            let [ttft, tpot, e2e] = errors(&found, ["ttft_mean", "tpot_mean", "e2e_mean"]);
            assert!(ttft < 8.0 && tpot < 4.0 && e2e < 4.0, "{}: {ttft} {tpot} {e2e}", found.name);
        }
    }
    let Some(folder) = data("h100-four-models") else { return };
    // Which prompt has which beginning was not recorded; nearly all of them was cached.
    let client = Client { shared_prefix_tokens: 4096, ..Client::default() };
    for (part, server) in [
        ("llama-2-7b-tp1", "llama-2-7b-h100-tp1"),
        ("llama-2-70b", "llama-2-70b-h100-tp4"),
        ("codellama-34b", "codellama-34b-h100-tp2"),
        ("mixtral-8x7b", "mixtral-8x7b-h100-tp2"),
    ] {
        for entry in folder.read_dir().expect("a folder").flatten() {
            if !entry.file_name().to_string_lossy().contains(part) {
                continue;
            }
            let found = replay(server, &entry.path(), Some(249), &client);
            let [_, tpot, e2e] = errors(&found, ["ttft_mean", "tpot_mean", "e2e_mean"]);
            assert!(tpot < 6.0 && e2e < 6.0, "{}: {tpot} {e2e}", found.name);
        }
    }
}
