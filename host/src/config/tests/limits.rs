//! Every bound: what lies on it is taken, what lies beyond is refused where it was written.

use super::{message_with, resolve_with};

/// Taken, then refused.
const BOUNDS: &[(&str, &[&str], &[&str])] = &[
    ("seed", &["0", "18446744073709551615"], &["-1", "18446744073709551616", "1.5", "abc", "null"]),
    ("horizon_us", &["null", "0", "60e6", "4611686018427387904"], &["4611686018427387905", "-1", ".inf"]),
    ("cluster.instances", &["1", "65536"], &["0", "65537", "-1", "1e30", ".nan", "null", "true"]),
    ("cluster.kv.blocks", &["1", "4294967294"], &["0", "4294967295", "9223372036854775808"]),
    ("cluster.kv.block_size", &["1", "1048576"], &["0", "1048577"]),
    ("cluster.kv.cpu_blocks", &["0", "4294967294"], &["-1", "4294967295"]),
    ("cluster.kv.offload_threshold", &["0", "1", "-0.0"], &["-0.1", "1.0000001", ".nan", ".inf", "x"]),
    ("cluster.kv.transfer_bandwidth", &["1"], &["0", "-1", "0.5", "18446744073709551615"]),
    ("cluster.kv.transfer_base_latency_us", &["0", "1000000000"], &["-1", "1000000001"]),
    ("cluster.kv.thrash_window_us", &["0"], &["-1", "9223372036854775808"]),
    ("cluster.kv.reload", &["async", "blocking"], &["Async", "1", "null"]),
    ("cluster.engine.max_num_seqs", &["1"], &["0", "18446744073709551615"]),
    ("cluster.engine.max_num_batched_tokens", &["1"], &["0", "18446744073709551615"]),
    ("cluster.engine.long_prefill_token_threshold", &["0"], &["-1", "18446744073709551615"]),
    ("cluster.engine.preemption", &["tail", "priority"], &["head"]),
    ("cluster.signals.refresh_interval_us", &["0", "1000000000000"], &["-1", "1000000000001"]),
    ("cluster.admission_latency_us", &["0"], &["-1", "18446744073709551615"]),
    ("cluster.routing_latency_us", &["0"], &["-1", "18446744073709551615"]),
    (
        "cluster.latency",
        &["null", "{alpha: [0, 0, 0], beta: [0, 0, 0]}", "{model: linear, alpha: [1,2,3], beta: [1,2,3,4]}"],
        &[
            "{}",
            "{alpha: [1, 2, 3]}",
            "{alpha: [1, 2], beta: [1, 2, 3]}",
            "{alpha: [1, 2, 3, 4], beta: [1, 2, 3]}",
            "{alpha: [1, 2, 3], beta: [1, 2]}",
            "{alpha: [1, 2, 3], beta: [1, 2, 3, 4, 5]}",
            "{alpha: [1, 2, 3], beta: [1, 2, -3]}",
            "{alpha: [1, 2, 3], beta: [1, 2, .nan]}",
            "{alpha: [.inf, 2, 3], beta: [1, 2, 3]}",
            "{alpha: [1e300, 2, 3], beta: [1, 2, 3]}",
            "{alpha: 1, beta: [1, 2, 3]}",
            "{model: quadratic, alpha: [1, 2, 3], beta: [1, 2, 3]}",
        ],
    ),
    ("slo", &["null", "{}", "{a: {ttft_ms: 0.1, itl_ms: 3}}"], &["{a: {}}", "{a: {e2e_ms: .inf}}", "[a]"]),
    (
        "policy.routing",
        &["'pa:1e9'", "' pa : 0.5 , qd:1 '", "least-loaded"],
        &[
            "pa:0",
            "pa:0.0",
            "pa:1e-999",
            "pa:-1",
            "pa:nan",
            "pa:NaN",
            "pa:inf",
            "pa:infinity",
            "pa:1e10",
            "'p a'",
            "'pa:'",
            "'pa: '",
            "':1'",
            "'pa:1,'",
            "',pa:1'",
            "'pa:1,,qd:1'",
            "pa:1,pa:2",
            "pa:1:2",
            "pa:0x1",
            "pa:1_0",
            "'p a:1'",
            "pa@:1",
            "'@x:1'",
            "'{pa: 1}'",
            "[]",
            "3",
            "''",
        ],
    ),
    ("policy.scheduler", &["fcfs", "a@b"], &["''", "3", "[fcfs]", "null", "{}"]),
    ("policy.admission", &["reject-all"], &["{name: token-bucket, params: 3}", "[x]", "{}"]),
    ("policy.on_error", &["skip", "{fallback: fcfs}", "{scorer: skip}"], &["{}", "3", "{scorer: 3}", "null"]),
    ("plugins", &["[]", "null", "[a.so]"], &["a.so", "[1]", "[{}]", "[{file: a, label: 'x y'}]", "['']"]),
];

#[test]
fn bounds() {
    for (path, good, bad) in BOUNDS {
        for value in *good {
            let set = format!("{path}={value}");
            if let Err(error) = resolve_with("", &[&set]) {
                panic!("{set} should be taken:\n{error}");
            }
        }
        for value in *bad {
            let set = format!("{path}={value}");
            assert!(resolve_with("", &[&set]).is_err(), "{set} should be refused");
            let message = message_with("", &[&set]);
            assert!(message.contains(&format!("--set {set}")), "{set} is not shown in:\n{message}");
        }
    }
}
