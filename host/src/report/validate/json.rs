//! The same for programs.

use serde_json::{Map, Value, json};

use crate::validate::{Metric, Thresholds, Validation};

/// All that was found, and the thresholds that it was held against.
#[must_use]
pub fn json(all: &[Validation], thresholds: &Thresholds) -> Value {
    let allowed: Map<String, Value> =
        thresholds.0.iter().map(|one| (one.figure.to_string(), json!(one.most))).collect();
    json!({
        "holds": all.iter().all(Validation::holds),
        "thresholds": allowed,
        "runs": all.iter().map(one).collect::<Vec<_>>(),
    })
}

fn one(validation: &Validation) -> Value {
    let figures: Map<String, Value> = validation
        .figures
        .iter()
        .map(|compared| {
            let unit = if compared.figure.metric == Metric::Throughput { "tokens/s" } else { "ms" };
            let value = json!({
                "unit": unit,
                "measured": compared.measured,
                "simulated": compared.simulated,
                "error": compared.error(),
            });
            (compared.figure.to_string(), value)
        })
        .collect();
    let bins = validation.course.bins.iter().map(|bin| {
        json!({
            "from_s": bin.from_s,
            "in_flight": { "measured": bin.in_flight[0], "simulated": bin.in_flight[1] },
            "ttft_ms": bin.ttft_ms.map(|[measured, simulated]| json!({ "measured": measured, "simulated": simulated })),
        })
    });
    json!({
        "name": validation.name,
        "holds": validation.holds(),
        "failing": validation.failing.iter().map(|one| one.compared.figure.to_string()).collect::<Vec<_>>(),
        "requests": { "compared": validation.compared, "warming": validation.warming, "failed": validation.failed, "uncompleted": validation.uncompleted },
        "hit_rate": validation.replayed.hit_rate,
        "preemptions": validation.replayed.preemptions,
        "figures": figures,
        "course": {
            "in_flight_error": validation.course.in_flight_error,
            "growth": { "measured": validation.course.growth[0], "simulated": validation.course.growth[1] },
            "bins": bins.collect::<Vec<_>>(),
        },
    })
}
