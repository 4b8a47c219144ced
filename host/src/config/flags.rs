//! The short flags: each is another name for one value of a configuration.

/// How the argument of a flag is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagKind {
    /// As YAML, like the value in a file.
    Yaml,
    /// As it is: a name or a path, even one that looks like a number.
    Text,
}

/// A short flag and the value that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// As typed, with its dashes.
    pub name: &'static str,
    /// What its argument is called in the help.
    pub value_name: &'static str,
    /// The dotted path of the value that it sets.
    pub path: &'static str,
    /// How its argument is read.
    pub kind: FlagKind,
    /// One sentence for the help.
    pub help: &'static str,
}

const fn flag(
    name: &'static str,
    value_name: &'static str,
    path: &'static str,
    kind: FlagKind,
    help: &'static str,
) -> Flag {
    Flag { name, value_name, path, kind, help }
}

/// All short flags, in the order in which the help shows them.
pub const FLAGS: &[Flag] = &[
    flag(
        "--routing",
        "SCORERS",
        "policy.routing",
        FlagKind::Yaml,
        "Scorers with weights, or a picker: `pa:3,qd:2`, `round-robin`",
    ),
    flag("--scheduler", "NAME", "policy.scheduler", FlagKind::Text, "Order of the waiting queue"),
    flag("--priority", "NAME", "policy.priority", FlagKind::Text, "Priority of a request"),
    flag("--admission", "NAME", "policy.admission", FlagKind::Text, "Who is let in"),
    flag("--seed", "N", "seed", FlagKind::Yaml, "Root of all randomness"),
    flag(
        "--engine",
        "NAME",
        "engine",
        FlagKind::Text,
        "How to simulate, with the same results: fast or plain",
    ),
    flag("--horizon", "US", "horizon_us", FlagKind::Yaml, "Last tick of the simulation [us]"),
    flag("--instances", "N", "cluster.instances", FlagKind::Yaml, "Number of instances"),
    flag("--profile", "NAME", "cluster.profile", FlagKind::Text, "Model and GPU: latency and blocks"),
    flag("--trace", "FILE", TRACE_PATH, FlagKind::Text, "Replay this trace instead of the workload"),
    flag("--rate", "PER_S", "workload.rate", FlagKind::Yaml, "Mean arrival rate [requests/s]"),
    flag("--speedup", "FACTOR", "workload.speedup", FlagKind::Yaml, "Divide a trace's times by this"),
    flag("--limit", "N", "workload.limit", FlagKind::Yaml, "At most this many requests"),
    flag("--kv-blocks", "N", "cluster.kv.blocks", FlagKind::Yaml, "GPU blocks of an instance"),
    flag(
        "--kv-cpu-blocks",
        "N",
        "cluster.kv.cpu_blocks",
        FlagKind::Yaml,
        "CPU blocks of an instance; 0: no CPU tier",
    ),
    flag(
        "--kv-offload-threshold",
        "SHARE",
        "cluster.kv.offload_threshold",
        FlagKind::Yaml,
        "Offload above this share of used blocks, 0 to 1",
    ),
    flag(
        "--kv-transfer-bandwidth",
        "TOKENS",
        "cluster.kv.transfer_bandwidth",
        FlagKind::Yaml,
        "Tokens moved per tick [tokens/us]",
    ),
    flag(
        "--kv-transfer-base-latency",
        "US",
        "cluster.kv.transfer_base_latency_us",
        FlagKind::Yaml,
        "Fixed cost of moving a block [us]",
    ),
];

/// What `--trace` sets. It replaces the whole workload, so it takes effect before other flags.
pub(super) const TRACE_PATH: &str = "workload.trace";

/// Flags that contradict each other, with the reason.
pub const CONFLICTS: &[(&str, &str, &str)] =
    &[("--rate", "--speedup", "both stretch the arrival times of the workload")];

/// The flag of this name, dashes included.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_unique() {
        for (index, flag) in FLAGS.iter().enumerate() {
            assert!(flag.name.starts_with("--"));
            assert!(
                FLAGS[index + 1..].iter().all(|other| other.name != flag.name && other.path != flag.path)
            );
        }
        assert!(CONFLICTS.iter().all(|(a, b, _)| by_name(a).is_some() && by_name(b).is_some()));
    }
}
