//! One reference case: its configuration, and a run of it.

use std::path::{Path, PathBuf};

use pointsman::config::Config;
use pointsman::engine::Unwatched;
use pointsman::registry::Sources;
use pointsman::run::{self, Outcome};
use serde_json::{Value, json};

use crate::support;

/// A case in its folder.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    config: Value,
}

impl Case {
    pub(crate) fn at(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("config.json")).unwrap();
        Self { folder: folder.to_owned(), config: serde_json::from_str(&text).unwrap() }
    }

    /// The case in our own configuration's words.
    fn translated(&self) -> Value {
        let c = &self.config;
        let stream = self.folder.join(c["stream"].as_str().unwrap());
        json!({
            "horizon_us": c["horizon_us"],
            "cluster": {
                "instances": c["instances"],
                "latency": {"model": "linear", "alpha": c["alpha"], "beta": c["beta"]},
                "kv": {
                    "blocks": c["total_blocks"],
                    "block_size": c["block_size"],
                    "cpu_blocks": c["cpu_blocks"],
                    "offload_threshold": c["offload_threshold"],
                    "transfer_bandwidth": c["transfer_bandwidth"],
                    "transfer_base_latency_us": c["transfer_base_latency"],
                    "reload": c["reload_mode"],
                    "thrash_window_us": c["thrash_window"],
                },
                "engine": {
                    "max_num_seqs": c["max_num_seqs"],
                    "max_num_batched_tokens": c["max_num_batched_tokens"],
                    "long_prefill_token_threshold": c["long_prefill_token_threshold"],
                    "preemption": c["preemption"],
                },
                "signals": {"refresh_interval_us": c["refresh_interval"]},
                "admission_latency_us": c["admission_latency"],
                "routing_latency_us": c["routing_latency"],
            },
            "policy": {
                "routing": self.routing(),
                "scheduler": c["scheduler"],
                "priority": self.priority(),
            },
            "workload": {"trace": stream, "format": "native"},
        })
    }

    fn routing(&self) -> Value {
        let routing = &self.config["routing"];
        if routing["picker"] == "round-robin" {
            return json!("round-robin");
        }
        let scorer = |entry: &Value| {
            let name = entry[0].as_str().unwrap();
            let mut scorer = json!({"name": name, "weight": entry[1]});
            if ["pa", "prefix-affinity"].contains(&name) {
                scorer["params"] = json!({"capacity_blocks": self.config["prefix_index_capacity"]});
            }
            scorer
        };
        let mut translated = json!({"picker": routing["picker"], "tie_break": routing["tie_break"]});
        if let Some(scorers) = routing["scorers"].as_array() {
            translated["scorers"] = scorers.iter().map(scorer).collect();
        }
        translated
    }

    fn priority(&self) -> Value {
        let name = &self.config["priority"];
        if name != "slo-class" {
            return name.clone();
        }
        json!({"name": name, "params": {"age_weight": self.config["age_weight"]}})
    }

    /// Runs it on the engine of this name.
    pub(crate) fn run(&self, engine: &str) -> Outcome {
        let mut translated = self.translated();
        translated["engine"] = json!(engine);
        let config = Config::from_value(&translated, "case", &[]).unwrap();
        let resolved = config.resolve().unwrap_or_else(|error| panic!("{}: {error}", self.folder.display()));
        let mut catalogue = run::builtin_catalogue();
        let directories = vec![support::plugin_dir().to_owned()];
        catalogue.discover(&Sources { directories, ..Sources::default() }).unwrap();
        let prepared = run::prepare(resolved, &catalogue, None)
            .unwrap_or_else(|error| panic!("{}: {error}", self.folder.display()));
        prepared.execute(&mut Unwatched).unwrap_or_else(|error| panic!("{}: {error}", self.folder.display()))
    }
}
