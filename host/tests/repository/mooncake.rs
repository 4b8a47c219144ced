//! A real trace, where it is at hand.

use crate::{repository, run, support};

/// What one unbounded cache, shared by all instances, would hit over the whole trace.
const SHARED_CACHE_HIT_RATE: f64 = 0.374;

#[test]
fn prefix_aware_routing_hits_more_than_round_robin_on_the_mooncake_trace() {
    let Some(trace) = support::shared("data/mooncake/conversation_trace.jsonl") else { return };
    let hit_rate = |routing: &str| {
        let overrides = [
            format!("workload={{trace: '{}', limit: 1500}}", trace.display()),
            format!("policy.routing={routing}"),
            "cluster.instances=8".to_owned(),
            "cluster.kv.blocks=132139".to_owned(),
        ];
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let outcome = run(&repository("configs/full-compound.yaml"), &overrides, &[]);
        assert_eq!(outcome.summary.overall.completed(), 1500);
        outcome.summary.hit_rate
    };
    let (round_robin, prefix_aware) = (hit_rate("round-robin"), hit_rate("pa:3,qd:2,kv-pressure-slo:3"));
    assert!(prefix_aware > round_robin, "{prefix_aware} against {round_robin}");
    assert!(prefix_aware <= SHARED_CACHE_HIT_RATE, "{prefix_aware}");
}
