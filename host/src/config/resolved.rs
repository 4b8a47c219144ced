//! A whole run, resolved: every value is there and valid, every default filled in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::engine::{ClusterSettings, Engine, Preemption, Reload};

use super::cluster;
use super::error::{ConfigError, Diagnostic};
use super::keys::Key;
use super::latency;
use super::limits;
use super::plugins::{self, PluginRef};
use super::policy::PolicySpec;
use super::profile::Profile;
use super::reader::{MapReader, Sink};
use super::slo::{self, SloTargets};
use super::source::Span;
use super::tree::Node;
use super::workload::WorkloadNode;

/// All that a run needs to know.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Root of all randomness.
    pub seed: u64,
    /// How it is simulated; the results are the same.
    pub engine: Engine,
    /// The cluster, with the figures of its profile; the horizon, too.
    pub settings: ClusterSettings,
    /// The name of the profile.
    pub profile_name: String,
    /// The profile, unless both its latency and its blocks were given otherwise. A run that is
    /// read back from a record has none: whatever goes into a record must not depend on it.
    pub profile: Option<Profile>,
    /// Libraries that the configuration names.
    pub plugins: Vec<PluginRef>,
    /// The policies.
    pub policy: PolicySpec,
    /// The workload.
    pub workload: WorkloadNode,
    /// Targets by class.
    pub slo: SloTargets,
    /// The files that all this was read from: the configuration, its bases, a workload, a profile.
    pub files: Vec<PathBuf>,
    /// What has no effect although it was written. Print each once.
    pub warnings: Vec<Diagnostic>,
    /// Whether this is the record of a run, which writes out every option, those without effect, too.
    pub is_record: bool,
    /// Of a record: the options that somebody wrote (see [`Self::written`]), if that is known.
    pub written: BTreeSet<String>,
    preemption_span: Span,
    /// As it was written, for places.
    tree: Node,
}

/// What the single keys of the root say; nothing where an error was noted.
struct Parts {
    seed: u64,
    engine: Engine,
    cluster: Option<cluster::Cluster>,
    plugins: Vec<PluginRef>,
    policy: Option<PolicySpec>,
    workload: Option<WorkloadNode>,
    slo: SloTargets,
}

impl Parts {
    fn read(tree: &Node, sink: &Sink) -> Self {
        let mut map = MapReader::new(Some(tree), "", sink);
        // It has been read and taken out; asking for it makes it a key that is known.
        map.take("base");
        let seed = map.whole("seed", 42, 0..=u64::MAX);
        let engine = map.choice("engine", Engine::default(), &Engine::NAMES);
        let horizon_us = map.whole_or_null("horizon_us", 0..=limits::HORIZON_US);
        let cluster = cluster::read(map.map("cluster"), horizon_us, sink);
        let plugins = plugins::read(map.take("plugins"), sink);
        let policy = PolicySpec::read(map.map("policy"), sink);
        let workload = match map.take_written("workload") {
            Some(node) => sink.ok(WorkloadNode::read(node)),
            None => {
                let help = "write `workload: FILE` or a map, or give `--trace FILE`".to_owned();
                sink.error(Diagnostic::new("there is no workload").help(help));
                None
            }
        };
        let slo = slo::read(map.take("slo"), sink);
        map.finish();
        Self { seed, engine, cluster, plugins, policy, workload, slo }
    }
}

impl Resolved {
    /// Reads the whole tree.
    pub(super) fn read(tree: &Node) -> Result<Self, ConfigError> {
        let sink = Sink::default();
        let Parts { seed, engine, cluster, plugins, policy, workload, slo } = Parts::read(tree, &sink);
        let mut warnings = sink.finish()?;
        let (Some(cluster), Some(policy), Some(workload)) = (cluster, policy, workload) else {
            // Whatever is missing has been noted, and ended this function above.
            return Err(Diagnostic::new("this configuration cannot be used").into());
        };
        warnings.extend(needless_tie_break(tree, &cluster.settings, &policy));
        let workload_file = workload.file().map(Path::to_owned);
        let profile_file = cluster.profile.as_ref().and_then(|profile| profile.file.clone());
        Ok(Self {
            seed,
            engine,
            settings: cluster.settings,
            profile_name: cluster.profile_name,
            profile: cluster.profile,
            plugins,
            policy,
            workload,
            slo,
            files: workload_file.into_iter().chain(profile_file).collect(),
            warnings,
            is_record: false,
            written: BTreeSet::new(),
            preemption_span: cluster.preemption_span,
            tree: tree.clone(),
        })
    }

    /// The keys that are asked for in a tree without any.
    pub(super) fn keys() -> Vec<Key> {
        let sink = Sink::listening();
        Parts::read(&Node::blank(), &sink);
        sink.into_keys()
    }

    /// The place of the value under a dotted path such as `cluster.kv.block_size`, if it was written.
    #[must_use]
    pub fn span(&self, path: &str) -> Option<&Span> {
        path.split('.').try_fold(&self.tree, |node, key| node.get(key)).map(|node| &node.span)
    }

    /// To be called once the scheduler is known: preemption by priority needs one that uses it.
    pub fn check_preemption(&self, scheduler_uses_priority: bool) -> Result<(), ConfigError> {
        if self.settings.engine.preemption == Preemption::Tail || scheduler_uses_priority {
            return Ok(());
        }
        let scheduler = &self.policy.scheduler;
        let message = format!(
            "`preemption: priority` needs a scheduler that uses priorities, and `{scheduler}` does not"
        );
        let help = "choose one such as `priority-fcfs`, or `preemption: tail`".to_owned();
        let diagnostic = Diagnostic::at(&self.preemption_span, message).help(help);
        let span = &scheduler.name.span;
        let diagnostic = if span.is_written() { diagnostic.other(span, "the scheduler") } else { diagnostic };
        Err(diagnostic.into())
    }

    /// The complete configuration: what `Config::from_value` reads back as the same run.
    ///
    /// Defaults are written out, the profile's figures are in it, and paths are as seen from the
    /// working directory of this run.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "seed": self.seed,
            "engine": self.engine.name(),
            "horizon_us": self.settings.horizon_us,
            "cluster": self.cluster_value(),
            "plugins": plugins::to_value(&self.plugins),
            "policy": self.policy.to_value(),
            "workload": self.workload.to_value(),
            "slo": slo::to_value(&self.slo),
        })
    }

    fn cluster_value(&self) -> Value {
        let ClusterSettings { kv, engine, latency, .. } = &self.settings;
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
        put("instances", json!(self.settings.instances));
        put("profile", json!(self.profile_name));
        put("latency", latency::to_value(latency));
        put(
            "kv",
            json!({
                "blocks": kv.blocks,
                "block_size": kv.block_size,
                "cpu_blocks": kv.cpu_blocks,
                "offload_threshold": kv.offload_threshold,
                "transfer_bandwidth": kv.transfer_bandwidth,
                "transfer_base_latency_us": kv.transfer_base_latency_us,
                "reload": match kv.reload {
                    Reload::Blocking => "blocking",
                    Reload::Async => "async",
                },
                "thrash_window_us": kv.thrash_window_us,
            }),
        );
        let mut batching = json!({
                "max_num_seqs": engine.max_num_seqs,
                "max_num_batched_tokens": engine.max_num_batched_tokens,
                "long_prefill_token_threshold": engine.long_prefill_token_threshold,
                "preemption": match engine.preemption {
                    Preemption::Tail => "tail",
                    Preemption::Priority => "priority",
                },
        });
        // Left out where it is off: records from before it mean that.
        if engine.async_scheduling {
            batching["async_scheduling"] = json!(true);
        }
        put("engine", batching);
        put(
            "signals",
            json!({
                "refresh_interval_us": self.settings.refresh_interval_us,
                "completion_delay_us": self.settings.completion_delay_us,
                "kv_event_delay_us": self.settings.kv_event_delay_us,
            }),
        );
        put("admission_latency_us", json!(self.settings.admission_latency_us));
        put("routing_latency_us", json!(self.settings.routing_latency_us));
        Value::Object(map)
    }
}

/// The warning that a tie-break was written where there is nothing to choose between.
fn needless_tie_break(tree: &Node, settings: &ClusterSettings, policy: &PolicySpec) -> Option<Diagnostic> {
    if settings.instances > 1 || policy.routing.picker.name.value == "round-robin" {
        return None;
    }
    let entry = tree.get("policy")?.get("routing")?.entry("tie_break")?;
    let message = "`policy.routing.tie_break` has no effect";
    Some(Diagnostic::at(&entry.key_span, message).label("there is one instance"))
}

/// Two are equal when they are the same run; places, files and warnings do not count.
impl PartialEq for Resolved {
    fn eq(&self, other: &Self) -> bool {
        self.seed == other.seed
            && self.engine == other.engine
            && self.settings == other.settings
            && self.profile_name == other.profile_name
            && self.plugins == other.plugins
            && self.policy == other.policy
            && self.workload == other.workload
            && self.slo == other.slo
    }
}
