use proptest::prelude::*;

use crate::workload::{End, WorkloadSpec, open};

/// Numbers at which something could overflow or divide by zero.
fn edge() -> impl Strategy<Value = &'static str> {
    let edges = [
        "0",
        "1",
        "2",
        "-1",
        "0.5",
        "1.0e-300",
        "1.0e-9",
        "100",
        "1.0e9",
        "1099511627776",
        "1099511627777",
        "4294967296",
        "9223372036854775808",
        "18446744073709551615",
        "1.0e308",
        ".nan",
        ".inf",
    ];
    // Often enough a usual number, so that the others are met beside it.
    prop_oneof![1 => prop::sample::select(edges.to_vec()), 1 => prop::sample::select(vec!["1", "3", "512"])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Whatever a description says, it is refused or requests come out: nothing overflows or panics.
    #[test]
    fn extreme_numbers_are_refused_or_used(
        a in edge(), b in edge(), c in edge(), d in edge(), e in edge(), mode: bool, process in 0_usize..4, dist in 0_usize..5,
        block_size in prop::sample::select(vec![0, 1, 16, 1 << 40, u64::MAX]),
    ) {
        let arrivals = [
            format!("{{process: constant, rate_per_s: {a}}}"),
            format!("{{process: gamma, rate_per_s: {a}, cv: {b}}}"),
            format!("{{process: poisson, rate_per_s: {a}, swing: {{period_s: {b}, amplitude: {c}}}}}"),
            format!("{{process: constant, repeat: true, phases: [{{until_s: {a}, rate_per_s: {b}}}]}}"),
        ];
        let dists = [
            c.to_owned(),
            format!("{{dist: uniform, min: {c}, max: {d}}}"),
            format!("{{dist: normal, mean: {c}, stddev: {d}}}"),
            format!("{{dist: lognormal, mean: {c}, sigma: {d}}}"),
            format!("{{dist: empirical, values: [[{c}, {d}], [{d}, {c}]]}}"),
        ];
        let text = format!(
            "{{requests: 40, arrivals: {}, prompt_tokens: {}, output_tokens: {d}, sessions: {{rounds: {}, think_time_s: {e}, loop: {}}}, \
             shared_prefixes: {{groups: {}, tokens: {}, popularity: zipf, exponent: {}}}}}",
            arrivals[process],
            dists[dist],
            if mode { "3" } else { "65536" },
            if mode { "open" } else { "closed" },
            if c.contains(['.', '-']) { "7" } else { c },
            if d.contains(['.', '-']) { "9" } else { d },
            if e.contains(['-', 'n', 'i']) { "1" } else { e },
        );
        let spec: WorkloadSpec = serde_yaml::from_str(&text).unwrap();
        let Ok(mut source) = open(&spec, 1, block_size) else { return Ok(()) };
        let mut last_us = 0;
        for _ in 0..20 {
            let Ok(Some(arrival)) = source.take() else { break };
            prop_assert!(arrival.arrival_us >= last_us);
            last_us = arrival.arrival_us;
            prop_assert!(arrival.prompt_tokens >= 1 && arrival.output_tokens >= 1);
            prop_assert_eq!(arrival.content.blocks(), (arrival.prompt_tokens + arrival.output_tokens - 1) / block_size);
            if let Some(ticket) = arrival.ticket {
                let _ = source.on_end(ticket, End::Completed { seen_us: last_us });
            }
        }
    }
}
