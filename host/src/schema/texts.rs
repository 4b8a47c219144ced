//! What every key with a fixed name means: what an editor shows beside it.

/// Path and text.
pub(super) const ALL: &[(&str, &str)] = &[
    (
        "base",
        "Another configuration file that this one builds on; maps merge, everything else replaces what is there.",
    ),
    ("seed", "Root of all randomness: the same configuration and seed give the same results."),
    (
        "engine",
        "How the run is simulated. `fast` and `plain` give the same results; `plain` is the reference that `fast` is compared with.",
    ),
    ("horizon_us", "Last tick of the simulation; null: until all is done. [us]"),
    ("cluster", "What is simulated."),
    ("cluster.instances", "Number of instances, each a model server of its own."),
    (
        "cluster.profile",
        "A model on a GPU: `profiles/NAME.yaml`, looked for from this file's folder upwards. It gives the latency model and the KV blocks.",
    ),
    ("cluster.latency", "The latency model and its parameters, instead of the profile's."),
    ("cluster.kv", "KV cache of an instance: blocks in GPU memory, and a CPU tier beside them."),
    ("cluster.kv.blocks", "GPU blocks of an instance; `auto`: as many as fit; default: the profile's."),
    (
        "cluster.kv.gpu_memory_utilization",
        "With `blocks: auto`: the share of GPU memory that the server takes; default: the profile's, else 0.9.",
    ),
    ("cluster.kv.block_size", "Tokens of a block. [tokens]"),
    (
        "cluster.kv.cpu_blocks",
        "CPU blocks of an instance; 0: no CPU tier, and the options of transfers have no effect.",
    ),
    (
        "cluster.kv.offload_threshold",
        "Blocks are offloaded while more than this share of the GPU blocks is used, 0 to 1.",
    ),
    ("cluster.kv.transfer_bandwidth", "Speed of transfers between GPU and CPU. [tokens/us]"),
    (
        "cluster.kv.transfer_gb_per_s",
        "The same in bytes, over all GPUs of the instance: blocks have the size that the model gives them. [GB/s]",
    ),
    ("cluster.kv.transfer_base_latency_us", "Fixed cost of moving a block. [us]"),
    (
        "cluster.kv.reload",
        "Whether a step waits for blocks that are reloaded (`blocking`), or their request does (`async`).",
    ),
    ("cluster.kv.thrash_window_us", "A reload this soon after its offload is thrashing. [us]"),
    ("cluster.engine", "Batching of an instance, in vLLM's terms."),
    ("cluster.engine.max_num_seqs", "Most requests that run at once."),
    ("cluster.engine.max_num_batched_tokens", "Most tokens of a step. [tokens]"),
    (
        "cluster.engine.long_prefill_token_threshold",
        "Most tokens of one prompt in a step; 0: no such limit. [tokens]",
    ),
    (
        "cluster.engine.preemption",
        "Who gives way when KV memory runs out: the last that was admitted (`tail`), or the least urgent (`priority`, with a scheduler that uses priorities).",
    ),
    (
        "cluster.engine.async_scheduling",
        "Whether a step is planned while the one before it runs, as current vLLM does: a request that enters the queue meanwhile waits for the step after.",
    ),
    ("cluster.signals", "How old what routers know is."),
    (
        "cluster.signals.refresh_interval_us",
        "Time between two reports of an instance; 0: routers see the present. [us]",
    ),
    (
        "cluster.signals.completion_delay_us",
        "How long after a request's end the policies of the router are told of it. [us]",
    ),
    (
        "cluster.signals.kv_event_delay_us",
        "How long after a change of an instance's KV cache the policies of the router are told of it. [us]",
    ),
    ("cluster.admission_latency_us", "Time that the decision on admission takes. [us]"),
    ("cluster.routing_latency_us", "Time that the decision on the instance takes. [us]"),
    (
        "plugins",
        "Policy libraries beside those that are found by themselves; paths are relative to this file.",
    ),
    ("policy", "Who decides."),
    (
        "policy.routing",
        "Where a request runs: scorers with weights such as `pa:3,qd:2`, a picker alone such as `round-robin`, or a map.",
    ),
    ("policy.scheduler", "The order of each instance's waiting queue."),
    ("policy.priority", "The priority of a request, for schedulers and preemption that use one."),
    ("policy.admission", "Which requests are let in."),
    (
        "policy.on_error",
        "What happens when a policy fails: the run ends (`fail`), the decision is made without it (`skip`), or another takes its place; for all kinds, or by kind.",
    ),
    ("workload", "Who sends requests, and when: a file, made-up requests, or a trace. There is no default."),
    ("slo", "Targets by SLO class, for goodput."),
];

/// The text of a key.
pub(super) fn of(path: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}
